"""An entry of the navigator from proposal to withdrawal, command by command; all of it invented."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.routes.domain.resource import decider as d
from services.routes.domain.resource.records import Entry
from services.routes.domain.route import adjusting, designing
from services.routes.domain.route.picking import Offered
from services.routes.domain.route.records import PickedResource, Term
from tests.routes import path as p
from tests.routes.conftest import Somebody

COURSE = Entry(
    title="Критерии оценивания на уроке",
    kind="advanced_training",
    dates=Term(start=date(2026, 10, 5), end=date(2026, 12, 18)),
    forms=("blended", "remote"),
    audience=("учителя математики", "классные руководители"),
    provider="Центр «Вымышленный берег»",
    level="regional",
    hours=36,
    competencies=("assessment",),
    tags=("teacher",),
    link="https://example.org/course",
)
LONGER = p.but(COURSE, dates=Term(start=date(2026, 10, 5), end=date(2027, 3, 31)), hours=72)
NOW: Final[dict[str, Any]] = {"today": p.TODAY, "at": p.NOW}

propose = d.Propose(**NOW, entry=COURSE, municipality="m-ust", proposer=p.OTHER)
publish = d.Publish(**NOW, entry=COURSE)
include = d.Include(**NOW)
decline = d.Decline(reason="такой курс в каталоге уже есть", at=p.NOW)
revise = d.Revise(**NOW, entry=LONGER)
withdraw = d.Withdraw(at=p.NOW)

# An activity planned from it.
RESOURCE = UUID(int=300)
OFFERED = Offered(id=RESOURCE, revision=2, entry=COURSE, listed=True, today=p.TODAY)
PICKED = p.but(
    p.activity, id=UUID(int=301), planned=COURSE.dates, hours=36, resource=PickedResource(id=RESOURCE, revision=2)
)
TEXTS: Final = {"title": COURSE.title, "organiser": COURSE.provider, "form": "очно-заочная, дистанционная"}
plan_picked = designing.PlanActivity(**p.TUTEE, **TEXTS, activity=PICKED, offered=OFFERED)
NEW = adjusting.NewActivity(**TEXTS, activity=PICKED, offered=OFFERED)
GONE = p.but(NEW, offered=p.but(OFFERED, listed=False))

# The same entry as people send it.
SENT: Final[dict[str, Any]] = {
    "title": COURSE.title,
    "kind": "advanced_training",
    "start": "2026-10-05",
    "end": "2026-12-18",
    "forms": ["blended", "remote"],
    "audience": ["учителя математики", "классные руководители"],
    "provider": COURSE.provider,
    "level": "regional",
    "hours": 36,
    "competencies": ["assessment"],
    "tags": ["teacher"],
    "link": "https://example.org/course",
}


async def titles(reader: Somebody, query: str = "") -> list[str]:
    return [item["title"] for item in (await reader.see(f"/resources?{query}"))["items"]]
