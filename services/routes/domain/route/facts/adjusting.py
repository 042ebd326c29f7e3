"""How a started route is changed and extended: facts of stage 4.

Stored for ever: read what the package says before changing one.
"""

from datetime import date, datetime
from uuid import UUID

from services.routes.domain.route.records import Activity, Change, Reason, Whose
from shared.domain import Personal, message


@message
class TaskProposed:
    task: UUID
    bases: tuple[UUID, ...]
    competencies: tuple[str, ...]
    text: Personal
    at: datetime


@message
class ActivityProposed:
    activity: Activity
    title: Personal
    organiser: Personal
    form: Personal
    expected: Personal
    at: datetime


@message
class AdjustmentSubmitted:
    whose: Whose
    reason: Reason
    change: Change
    at: datetime


@message
class AdjustmentReturned:
    whose: Whose
    reason: Personal
    at: datetime


@message
class RouteAdjusted:
    whose: Whose
    reason: Reason
    change: Change
    end: date
    at: datetime


@message
class RouteExtended:
    whose: Whose
    end: date
    at: datetime


Adjusting = TaskProposed | ActivityProposed | AdjustmentSubmitted | AdjustmentReturned | RouteAdjusted | RouteExtended
