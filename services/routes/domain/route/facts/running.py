"""How the plan is carried out: facts of stage 4.

Stored for ever: read what the package says before changing one.
"""

from datetime import date, datetime
from uuid import UUID

from services.routes.domain.route.records import Term, Whose
from shared.domain import Personal, message


@message
class RouteStarted:
    """`counted_from` is the day the year of p. 1.9 is counted from, where it is not the first day of the term."""

    whose: Whose
    term: Term
    at: datetime
    counted_from: date | None = None


@message
class ActivityDone:
    activity: UUID
    on: date
    result: Personal
    order: Personal
    at: datetime


@message
class ActivityReflected:
    activity: UUID
    text: Personal
    at: datetime


Running = RouteStarted | ActivityDone | ActivityReflected
