"""What a school and its municipality may do with a list, and what the regulation says no to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policies, Policy
from services.routes.domain.rule import Command, Rule, only, ruled
from services.routes.domain.school_list.facts import (
    Fact,
    Heading,
    ListOpened,
    ListReleased,
    ListReturned,
    ListSubmitted,
    ListTaken,
    SubmissionWithdrawn,
    TeacherListed,
    TeacherUnlisted,
)
from services.routes.domain.school_list.state import Drafted, Known, Listed, State, Submitted, Taken, Unopened, evolve
from shared.domain import Decider, Personal, Refusal, message


@message
class OpenList(Command):
    heading: Heading


@message
class ListTeacher(Command):
    """`direction` is a priority direction of p. 1.7 that is wished for, or ""; `ground` says why support is needed."""

    person: UUID
    direction: str
    ground: str


@message
class UnlistTeacher(Command):
    person: UUID


@message
class SubmitList(Command):
    """To the municipality."""


@message
class WithdrawSubmission(Command):
    """The school takes its list back while no application has it."""


@message
class ReturnList(Command):
    reason: str


@message
class TakeList(Command):
    """The municipality takes the list into its consolidated application."""

    application: UUID


@message
class ReleaseList(Command):
    """The application does without the list, which waits for the municipality again."""

    application: UUID


class ListUnknown(Refusal):
    """The school has not begun such a list."""

    clause = "2.8.3"


class ListIsSubmitted(Refusal):
    """A list that is at the municipality does not change; the school may take it back first."""

    clause = "2.8.3"


class ListIsTaken(Refusal):
    """A list that stands in a consolidated application neither changes nor goes back to the school."""

    clause = "2.8.2"


class ListNotSubmitted(Refusal):
    """The municipality takes and returns lists that were submitted to it."""

    clause = "2.8.2"


class ListEmpty(Refusal):
    """A list without a teacher asks for nothing."""

    clause = "2.8.3"


class TeacherListedOtherwise(Refusal):
    """The teacher stands in this list already, with another direction or ground."""

    clause = "2.8.3"


def known(state: State) -> Known:
    if isinstance(state, Unopened):
        raise ListUnknown
    return state


def draft(state: State) -> Drafted:
    """The list while the school may write it."""
    match known(state):
        case Submitted():
            raise ListIsSubmitted
        case Taken():
            raise ListIsTaken
        case Drafted() as drafted:
            return drafted


def open_list(command: OpenList, state: State, _: Policy) -> list[Fact]:
    return [ListOpened(heading=command.heading, at=command.at)] if isinstance(state, Unopened) else []


def list_teacher(command: ListTeacher, state: State, _: Policy) -> list[Fact]:
    ground = Personal(subject=command.person, text=command.ground)
    wanted = Listed(direction=command.direction, ground=ground)
    listed = draft(state).teachers.get(command.person)
    if listed == wanted:
        return []
    if listed is not None:
        raise TeacherListedOtherwise
    return [TeacherListed(person=command.person, direction=command.direction, ground=ground, at=command.at)]


def unlist_teacher(command: UnlistTeacher, state: State, _: Policy) -> list[Fact]:
    stands = command.person in draft(state).teachers
    return [TeacherUnlisted(person=command.person, at=command.at)] if stands else []


def submit(command: SubmitList, state: State, _: Policy) -> list[Fact]:
    match known(state):
        case Drafted(heading=heading, teachers=teachers):
            if not teachers:
                raise ListEmpty
            return [ListSubmitted(heading=heading, teachers=len(teachers), at=command.at)]
        case _:
            return []


def withdraw(command: WithdrawSubmission, state: State, _: Policy) -> list[Fact]:
    match known(state):
        case Drafted():
            return []
        case Submitted(heading=heading):
            return [SubmissionWithdrawn(heading=heading, at=command.at)]
        case Taken():
            raise ListIsTaken


def give_back(command: ReturnList, state: State, _: Policy) -> list[Fact]:
    reason = Personal(subject=command.by.person, text=command.reason)
    match known(state):
        case Drafted(returned=returned):
            if returned != reason:
                raise ListNotSubmitted
            return []
        case Submitted(heading=heading):
            return [ListReturned(heading=heading, reason=reason, at=command.at)]
        case Taken():
            raise ListIsTaken


def take(command: TakeList, state: State, _: Policy) -> list[Fact]:
    match known(state):
        case Drafted():
            raise ListNotSubmitted
        case Submitted(heading=heading):
            return [ListTaken(heading=heading, application=command.application, at=command.at)]
        case Taken(application=application):
            if application != command.application:
                raise ListIsTaken
            return []


def release(command: ReleaseList, state: State, _: Policy) -> list[Fact]:
    match known(state):
        case Taken(heading=heading, application=command.application):
            return [ListReleased(heading=heading, application=command.application, at=command.at)]
        case _:
            return []


COORDINATOR: Final = only("municipal_coordinator")
RULES: Final[Mapping[type, Rule[State, Fact]]] = MappingProxyType(
    {
        OpenList: Rule("2.8.3", open_list, lambda policy: policy.nominating, functions=("2.8.3.1",)),
        ListTeacher: Rule("2.8.3", list_teacher, lambda policy: policy.nominating, functions=("2.8.3.1",)),
        UnlistTeacher: Rule("2.8.3", unlist_teacher, lambda policy: policy.nominating),
        SubmitList: Rule("2.8.3", submit, lambda policy: policy.nominating, functions=("2.8.3.1",)),
        WithdrawSubmission: Rule("2.8.3", withdraw, lambda policy: policy.nominating),
        ReturnList: Rule("2.8.2", give_back, COORDINATOR),
        TakeList: Rule("2.8.2", take, COORDINATOR),
        ReleaseList: Rule("2.8.2", release, COORDINATOR),
    }
)


def school_list(policies: Policies) -> Decider[Command, State, Fact]:
    return ruled(RULES, policies, Unopened(), evolve)
