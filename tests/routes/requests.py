"""A well-formed body for every command's address: what is wanted of a caller before their role is asked."""

from typing import Any, Final

from tests.routes import path as p
from tests.routes.walk import ACTIVITY, DESCRIPTION

DAYS = {"start": "2026-09-14", "end": "2027-05-31"}
TEXT = {"text": "слова"}
REASON = {"reason": "причина"}

BODIES: Final[dict[str, Any]] = {
    "tutor": {"tutor_id": str(p.OTHER)},
    "model-proposal": {"model": "school"},
    "model": {"model": "school"},
    "deficits": {"competency": "assessment", "source": "own_work"} | TEXT,
    "difficulties": TEXT,
    "request": TEXT,
    "tasks": TEXT | {"bases": [str(p.DEFICIT)]},
    "description": DESCRIPTION,
    "term": DAYS,
    "activities": ACTIVITY | {"tasks": [str(p.TASK)]},
    "activities/{item}/completion": {"done_on": "2026-09-14", "result": "доклад"},
    "activities/{item}/reflection": TEXT,
    "product-choice": {"kind": "lesson", "title": "Урок"},
    "presentation-choice": {"form": "master_class", "title": "Мастер-класс", "level": "school"} | DAYS,
    "return": REASON,
    "adjustment": {"reason": "request", "end": "2027-06-30"},
    "adjustment-return": REASON,
    "extension": {"end": "2027-12-31"},
    "offer": TEXT,
    "offer-answer": {"accepted": True},
    "products": {"title": "Урок", "summary": "конспект"},
    "presentation": {"presented_on": "2026-09-14"},
    "assessments": TEXT | {"developed": True, "dynamics": True},
    "reflection": TEXT,
    "conclusion": TEXT | {"verdicts": [], "achieved": True, "bases": ["activities"]},
    "conclusion-return": REASON,
    "suggestions": TEXT | {"subject": "pace"},
    "suggestions/{item}/answer": {"accepted": True},
    "supports": TEXT | {"kind": "task"},
    "helps": TEXT | {"of": "school"},
    "helps/{item}/answer": TEXT,
    "reviews": TEXT,
    "reports": {"title": "Отчёт"} | DAYS,
    "methodists": {"methodist_id": str(p.OTHER)},
    "next-steps": TEXT,
}
