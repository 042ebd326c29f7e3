"""What can have happened to a procedure that experts rate, and what it then is."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from services.diagnostics.domain.instrument import Purpose, Rated
from services.diagnostics.domain.rating import Rating, Verdict
from services.diagnostics.domain.session_facts import Assignment, Question, WithdrawalReason
from shared.domain import Personal, message


@message
class Appraisal:
    """What was arranged: everything about a procedure that never changes."""

    person: UUID
    route: UUID | None
    purpose: Purpose
    kind: Rated
    family: str
    instrument: str
    instrument_version: int
    criteria: tuple[Question, ...]
    municipality: str
    school: str


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class AppraisalAssigned:
    appraisal: Appraisal
    raters: tuple[UUID, ...]
    due: date | None
    by: UUID
    at: datetime


@message
class RaterNamed:
    rater: UUID
    by: UUID
    at: datetime


@message
class RatingGiven:
    rater: UUID
    grades: dict[str, str]
    comment: Personal | None
    at: datetime


@message
class AppraisalConcluded:
    """Everything a second opinion needs: who rated what, what was made of it and by which rule."""

    appraisal: Appraisal
    ratings: tuple[Rating, ...]
    verdict: Verdict
    policy: str
    by: UUID
    at: datetime


@message
class AppraisalWithdrawn:
    by: UUID
    reason: WithdrawalReason
    at: datetime


@message
class Unassigned: ...


NOTHING_RATED: Mapping[UUID, RatingGiven] = MappingProxyType({})


@message
class Open:
    appraisal: Appraisal
    raters: tuple[UUID, ...]
    assignment: Assignment
    ratings: Mapping[UUID, RatingGiven] = field(default_factory=lambda: NOTHING_RATED)


@message
class Concluded:
    appraisal: Appraisal
    raters: tuple[UUID, ...]
    assignment: Assignment
    ratings: Mapping[UUID, RatingGiven]
    outcome: AppraisalConcluded


@message
class Withdrawn:
    appraisal: Appraisal
    raters: tuple[UUID, ...]
    assignment: Assignment
    ratings: Mapping[UUID, RatingGiven]
    reason: WithdrawalReason
    at: datetime


Event = AppraisalAssigned | RaterNamed | RatingGiven | AppraisalConcluded | AppraisalWithdrawn
Live = Open | Concluded | Withdrawn
State = Unassigned | Live
