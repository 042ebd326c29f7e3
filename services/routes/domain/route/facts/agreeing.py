"""The plan before the school: facts of stage 3.

Stored for ever: read what the package says before changing one.
"""

from datetime import date, datetime
from uuid import UUID

from services.routes.domain.route.records import Whose
from shared.domain import Personal, message


@message
class RouteSubmitted:
    whose: Whose
    tutor: UUID
    at: datetime


@message
class RouteReturned:
    whose: Whose
    reason: Personal
    at: datetime


@message
class RouteAgreed:
    whose: Whose
    at: datetime
    on: date | None = None


Agreeing = RouteSubmitted | RouteReturned | RouteAgreed
