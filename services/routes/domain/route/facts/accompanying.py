"""Reviews, reporting events, who takes part, and next steps: facts of every stage.

Stored for ever: read what the package says before changing one.
"""

from datetime import datetime
from uuid import UUID

from services.routes.domain.route.records import Term, Whose
from shared.domain import Personal, message


@message
class InterimReviewed:
    review: UUID
    text: Personal
    at: datetime


@message
class ReportProposed:
    report: UUID
    planned: Term
    by_tutee: bool
    title: Personal
    at: datetime


@message
class ReportAgreed:
    report: UUID
    at: datetime


@message
class MethodistAssigned:
    whose: Whose
    methodist: UUID
    at: datetime


@message
class MethodistReleased:
    whose: Whose
    methodist: UUID
    at: datetime


@message
class CosignatureAsked:
    whose: Whose
    at: datetime


@message
class NextStepsPlanned:
    text: Personal
    at: datetime


Accompanying = (
    InterimReviewed
    | ReportProposed
    | ReportAgreed
    | MethodistAssigned
    | MethodistReleased
    | CosignatureAsked
    | NextStepsPlanned
)
