"""A procedure that experts rate: a lesson observed, pupils' results or own work analysed, an interview held.

Organisers name the experts; each fills in the rubric alone, without seeing the others; the procedure is concluded when
enough have. All ratings are kept, the earlier ones of a changed mind too.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, assert_never
from uuid import UUID

from services.diagnostics.domain.appraisal_facts import (
    Appraisal,
    AppraisalAssigned,
    AppraisalConcluded,
    AppraisalWithdrawn,
    Concluded,
    Event,
    Open,
    RaterNamed,
    RatingGiven,
    State,
    Unassigned,
    Withdrawn,
)
from services.diagnostics.domain.conduct import Conduct
from services.diagnostics.domain.rating import Rating, judged
from services.diagnostics.domain.rules import ORGANISERS, Rule, only
from services.diagnostics.domain.scoring import Sheet
from services.diagnostics.domain.session_facts import Assignment, WithdrawalReason
from shared.domain import Decider, Personal, Refusal, changed, message

MOST_RATERS = 10


@message
class Arrange:
    appraisal: Appraisal
    raters: tuple[UUID, ...]
    due: date | None
    by: UUID
    at: datetime


@message
class NameRater:
    rater: UUID
    by: UUID
    at: datetime


@message
class Rate:
    rater: UUID
    grades: dict[str, str]  # criterion -> option
    comment: str
    at: datetime


@message
class Conclude:
    form: Sheet
    conduct: Conduct
    by: UUID
    at: datetime


@message
class CallOff:
    by: UUID
    reason: WithdrawalReason
    at: datetime


Command = Arrange | NameRater | Rate | Conclude | CallOff


class NotArranged(Refusal):
    """Nobody arranged this procedure."""

    clause = "2.8.4"


class ArrangedOtherwise(Refusal):
    """This procedure was already arranged, and not like this."""

    clause = "2.8.4"


class OwnAppraisal(Refusal):
    """Nobody is an expert on themselves: what one thinks of oneself is self-diagnosis."""

    clause = "1.3"


class TooManyRaters(Refusal):
    """So many experts do not make a level surer."""

    clause = "1.3"


class NotARater(Refusal):
    """Only the experts who were named rate."""

    clause = "1.3"


class UnknownGrade(Refusal):
    """The rubric has no such criterion, or the criterion no such grade."""

    clause = "1.3"


class CriteriaUnrated(Refusal):
    """An expert rates every criterion of the rubric."""

    clause = "1.3"


class TooFewRatings(Refusal):
    """Fewer experts have rated than the region's policy asks for this kind of procedure."""

    clause = "1.3"


class AlreadyConcluded(Refusal):
    """The procedure is concluded, and its ratings no longer change."""

    clause = "1.3"


class AppraisalCalledOff(Refusal):
    """The procedure was withdrawn by who organised it."""

    clause = "2.8.4"


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Arrange():
            return arrange(command, state)
        case NameRater():
            return name_rater(command, state)
        case Rate():
            return rate(command, state)
        case Conclude():
            return conclude(command, state)
        case CallOff():
            return call_off(command, state)
        case _:
            assert_never(command)


def arrange(command: Arrange, state: State) -> list[Event]:
    if not isinstance(state, Unassigned):
        if state.appraisal == command.appraisal:
            return []
        raise ArrangedOtherwise
    if command.appraisal.person in command.raters:
        raise OwnAppraisal
    raters = tuple(dict.fromkeys(command.raters))
    if len(raters) > MOST_RATERS:
        raise TooManyRaters
    arranged = AppraisalAssigned(
        appraisal=command.appraisal, raters=raters, due=command.due, by=command.by, at=command.at
    )
    return [arranged]


def going_on(state: State) -> Open:
    match state:
        case Unassigned():
            raise NotArranged
        case Concluded():
            raise AlreadyConcluded
        case Withdrawn():
            raise AppraisalCalledOff
        case Open():
            return state


def name_rater(command: NameRater, state: State) -> list[Event]:
    going = going_on(state)
    if command.rater in going.raters:
        return []
    if command.rater == going.appraisal.person:
        raise OwnAppraisal
    if len(going.raters) >= MOST_RATERS:
        raise TooManyRaters
    return [RaterNamed(rater=command.rater, by=command.by, at=command.at)]


def rate(command: Rate, state: State) -> list[Event]:
    going = going_on(state)
    if command.rater not in going.raters:
        raise NotARater
    grades = {each.item: each.options for each in going.appraisal.criteria}
    if any(option not in grades.get(criterion, ()) for criterion, option in command.grades.items()):
        raise UnknownGrade
    if missing := sorted(grades.keys() - command.grades.keys()):
        raise CriteriaUnrated(", ".join(missing))
    comment = Personal(subject=going.appraisal.person, text=command.comment) if command.comment else None
    known = going.ratings.get(command.rater)
    if known is not None and (known.grades, known.comment) == (command.grades, comment):
        return []
    return [RatingGiven(rater=command.rater, grades=command.grades, comment=comment, at=command.at)]


def conclude(command: Conclude, state: State) -> list[Event]:
    if isinstance(state, Concluded):
        return []
    going = going_on(state)
    ratings = tuple(Rating(rater=each.rater, grades=each.grades) for each in going.ratings.values())
    if len(ratings) < max(1, command.conduct.least_raters.get(going.appraisal.kind, 1)):
        raise TooFewRatings
    concluded = AppraisalConcluded(
        appraisal=going.appraisal,
        ratings=ratings,
        verdict=judged(command.form, ratings, command.conduct),
        policy=command.conduct.version,
        by=command.by,
        at=command.at,
    )
    return [concluded]


def call_off(command: CallOff, state: State) -> list[Event]:
    if isinstance(state, Withdrawn):
        return []
    going_on(state)
    return [AppraisalWithdrawn(by=command.by, reason=command.reason, at=command.at)]


def evolve(state: State, event: Event) -> State:
    match event, state:
        case AppraisalAssigned(), Unassigned():
            assignment = Assignment(at=event.at, due=event.due, by=event.by)
            return Open(appraisal=event.appraisal, raters=event.raters, assignment=assignment)
        case RaterNamed(rater=rater), Open():
            return changed(state, raters=(*state.raters, rater))
        case RatingGiven(rater=rater), Open():
            return changed(state, ratings=MappingProxyType({**state.ratings, rater: event}))
        case AppraisalConcluded(), Open():
            return Concluded(
                appraisal=state.appraisal,
                raters=state.raters,
                assignment=state.assignment,
                ratings=state.ratings,
                outcome=event,
            )
        case AppraisalWithdrawn(reason=reason, at=at), Open():
            return Withdrawn(
                appraisal=state.appraisal,
                raters=state.raters,
                assignment=state.assignment,
                ratings=state.ratings,
                reason=reason,
                at=at,
            )
        case _:
            return state


appraisal: Decider[Command, State, Event] = Decider(initial=Unassigned(), decide=decide, evolve=evolve)

RATERS = ORGANISERS | only("school_coordinator", "school_curator", "teacher")  # it is the naming that makes an expert

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Arrange: Rule("2.8.4", ORGANISERS),
        NameRater: Rule("2.8.4", ORGANISERS),
        Rate: Rule("1.3", RATERS),
        Conclude: Rule("2.8.4", ORGANISERS),
        CallOff: Rule("2.8.4", ORGANISERS),
    }
)
