"""The persons, the route and the moments that the stories of notifications speak of."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.notifications.domain.matter import Matter
from services.notifications.domain.notice import (
    Delayed,
    Failed,
    InDoubt,
    Plan,
    Planned,
    SendingStarted,
    Sent,
    Suppressed,
)

ANNA, BORIS, VERA = UUID(int=1), UUID(int=2), UUID(int=3)
ROUTE = UUID(int=100)
MINE, THEIRS = UUID(int=901), UUID(int=902)
NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
MATTER = Matter(
    topic="route_agreed.tutee",
    contract="routes.route_agreed.v1",
    subject=ROUTE,
    route=ROUTE,
    municipality="m-ust",
    school="s-011",
)

plan = Plan(recipient=ANNA, channel="email", matter=MATTER, at=NOON)
planned = Planned(recipient=ANNA, channel="email", matter=MATTER, at=NOON)
started = SendingStarted(attempt=MINE, at=NOON)
sent = Sent(recipient=ANNA, channel="email", matter=MATTER, attempt=MINE, at=LATER)
in_doubt = InDoubt(attempt=MINE, at=LATER)
failed = Failed(reason="smtp_550", at=NOON)
suppressed = Suppressed(reason="consent_withdrawn", at=NOON)


def delayed(minutes: int) -> Delayed:
    return Delayed(reason="smtp_450", until=NOON + timedelta(minutes=minutes), at=NOON)
