"""The conclusion and the completion: facts of stage 5.

Stored for ever: read what the package says before changing one.
"""

from datetime import date, datetime
from uuid import UUID

from services.routes.domain.route.records import Conclusion, Medium, Whose
from shared.domain import Personal, message


@message
class ConclusionDrafted:
    whose: Whose
    tutor: UUID
    conclusion: Conclusion
    text: Personal
    weighing: Personal | None
    at: datetime


@message
class ConclusionCosigned:
    """The municipal coordinator takes part in the conclusion (p. 2.8.2)."""

    coordinator: UUID
    at: datetime


@message
class ConclusionReturned:
    whose: Whose
    reason: Personal
    at: datetime


@message
class ConclusionAgreed:
    whose: Whose
    at: datetime


@message
class RouteCompleted:
    whose: Whose
    tutor: UUID
    medium: Medium
    started_on: date
    completed_on: date
    hours: int
    tasks_total: int
    tasks_achieved: int
    certificate_due: bool
    policy: str
    at: datetime
    kept_until: date | None = None


Concluding = ConclusionDrafted | ConclusionCosigned | ConclusionReturned | ConclusionAgreed | RouteCompleted
