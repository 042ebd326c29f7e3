"""What the service's clock found: facts of every stage.

Stored for ever: read what the package says before changing one.
"""

from datetime import date, datetime

from services.routes.domain.route.records import Whose
from shared.domain import message


@message
class DeadlineNeared:
    """So many days, or fewer, are left before the last one."""

    whose: Whose
    planned_end: date
    days: int
    at: datetime


@message
class RouteOverdue:
    whose: Whose
    planned_end: date
    at: datetime


Deadlines = DeadlineNeared | RouteOverdue
