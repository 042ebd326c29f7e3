"""The people, dates and grounds that the tests of certificates speak of."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.certificates.domain.certificate import Document, Grant, Granted, Grounds, Issue, Issued, Revoke, Revoked
from shared.domain import Personal

ROUTE, ANNA, BORIS = UUID(int=1), UUID(int=2), UUID(int=3)
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 5, tzinfo=UTC)
CODE = "0123456789abcdefghjkmnpqrs"
NAME = "Ёлкина Анна Петровна"
REASON = "Ошибка в сроках маршрута"
GROUNDS = Grounds(
    route=ROUTE,
    holder=ANNA,
    municipality="m-ust",
    school="s-011",
    started_on=date(2026, 1, 12),
    completed_on=date(2026, 11, 20),
    hours=72,
    tasks_total=4,
    tasks_achieved=3,
)
DOCUMENT = Document(number="2026-000001-17", sha256="ab" * 32, template="certificate-1", issued_on=date(2026, 11, 20))

grant = Grant(grounds=GROUNDS, code=CODE, at=NOON)
granted = Granted(grounds=GROUNDS, code=CODE, at=NOON)
issue = Issue(document=DOCUMENT, name=NAME, at=LATER)
issued = Issued(grounds=GROUNDS, document=DOCUMENT, name=Personal(subject=ANNA, text=NAME), at=LATER)
revoke = Revoke(reason=REASON, at=LATER)
revoked = Revoked(grounds=GROUNDS, document=DOCUMENT, reason=Personal(subject=ANNA, text=REASON), at=LATER)


def completed(**changes: Any) -> dict[str, Any]:
    """What the bus brings when a route is completed, with fields that certificates does not read."""
    return {
        "route_id": str(ROUTE),
        "tutee_id": str(ANNA),
        "municipality": "m-ust",
        "school": "s-011",
        "medium": "ais",
        "started_on": "2026-01-12",
        "completed_on": "2026-11-20",
        "hours": 72,
        "tasks_total": 4,
        "tasks_achieved": 3,
        "certificate_due": True,
        "tutor_id": str(UUID(int=9)),
        "policy": "1",
        "completed_at": "2026-11-20T05:00:00Z",
    } | changes


def completion(id: str, **changes: Any) -> bytes:
    """The message that brings it."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": id,
            "source": "/services/routes",
            "type": "routes.route_completed.v1",
            "subject": f"route-{ROUTE}",
            "time": "2026-11-20T05:00:00Z",
            "datacontenttype": "application/json",
            "streamversion": 40,
            "correlation": "walk-1",
            "data": completed(**changes),
        }
    ).encode()
