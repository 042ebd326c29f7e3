"""What a municipality and the regional centre may do with a consolidated application."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.application.facts import (
    ApplicationAccepted,
    ApplicationFormed,
    ApplicationReturned,
    ApplicationSubmitted,
    Asked,
    Fact,
    Heading,
    ListExcluded,
    ListIncluded,
)
from services.routes.domain.application.state import (
    Accepted,
    Drafted,
    Known,
    State,
    Submitted,
    Unformed,
    asked,
    evolve,
)
from services.routes.domain.policy import Policies, Policy
from services.routes.domain.rule import Command, Rule, only, ruled
from services.routes.domain.school_list import facts as school_list
from shared.domain import Decider, Personal, Refusal, message


@message
class FormApplication(Command):
    heading: Heading


@message
class IncludeList(Command):
    """`teachers` is what the list held when it was taken; it does not change from then on."""

    list: UUID
    heading: school_list.Heading
    teachers: tuple[Asked, ...]


@message
class ExcludeList(Command):
    list: UUID


@message
class SubmitApplication(Command):
    """To the regional centre."""


@message
class AcceptApplication(Command): ...


@message
class ReturnApplication(Command):
    reason: str


class ApplicationUnknown(Refusal):
    """The municipality has not formed such an application."""

    clause = "2.8.2"


class ApplicationIsSent(Refusal):
    """An application that was sent to the regional centre changes only after the centre has returned it."""

    clause = "2.8.2"


class ApplicationIsAccepted(Refusal):
    """An accepted application is not returned any more."""

    clause = "2.8.2"


class ApplicationNotSent(Refusal):
    """The regional centre decides on applications that were sent to it."""

    clause = "2.8.2"


class ApplicationNotAccepted(Refusal):
    """Methodists are named for the teachers of an accepted application."""

    clause = "2.8.2"


class ApplicationEmpty(Refusal):
    """A consolidated application is made of the schools' lists, and there is none in it."""

    clause = "2.8.2"


class ListOfAnother(Refusal):
    """The list belongs to another municipality or another year."""

    clause = "2.8.2"


class TeacherNotInApplication(Refusal):
    """No list of this application names the teacher."""

    clause = "2.8.2"


def known(state: State) -> Known:
    if isinstance(state, Unformed):
        raise ApplicationUnknown
    return state


def draft(state: State) -> Drafted:
    """The application while the municipality may write it."""
    found = known(state)
    if not isinstance(found, Drafted):
        raise ApplicationIsSent
    return found


def supported(state: State, person: UUID) -> Heading:
    """The heading of an accepted application that names this teacher; raises the refusal that says why not."""
    found = known(state)
    if not isinstance(found, Accepted):
        raise ApplicationNotAccepted
    if person not in asked(found.lists):
        raise TeacherNotInApplication
    return found.heading


def form(command: FormApplication, state: State, _: Policy) -> list[Fact]:
    return [ApplicationFormed(heading=command.heading, at=command.at)] if isinstance(state, Unformed) else []


def include(command: IncludeList, state: State, _: Policy) -> list[Fact]:
    application, listed = known(state), command.heading
    if command.list in application.lists:
        return []
    heading = draft(state).heading
    if (listed.municipality, listed.year) != (heading.municipality, heading.year):
        raise ListOfAnother
    return [
        ListIncluded(
            list=command.list,
            school=listed.school,
            campaign=listed.campaign,
            teachers=command.teachers,
            at=command.at,
        )
    ]


def exclude(command: ExcludeList, state: State, _: Policy) -> list[Fact]:
    if command.list not in known(state).lists:
        return []
    draft(state)
    return [ListExcluded(list=command.list, at=command.at)]


def submit(command: SubmitApplication, state: State, _: Policy) -> list[Fact]:
    match known(state):
        case Drafted(heading=heading, lists=lists):
            if not lists:
                raise ApplicationEmpty
            teachers = len(asked(lists))
            return [ApplicationSubmitted(heading=heading, lists=len(lists), teachers=teachers, at=command.at)]
        case _:
            return []


def accept(command: AcceptApplication, state: State, _: Policy) -> list[Fact]:
    match known(state):
        case Drafted():
            raise ApplicationNotSent
        case Submitted(heading=heading, lists=lists):
            return [ApplicationAccepted(heading=heading, teachers=len(asked(lists)), at=command.at)]
        case Accepted():
            return []


def give_back(command: ReturnApplication, state: State, _: Policy) -> list[Fact]:
    reason = Personal(subject=command.by.person, text=command.reason)
    match known(state):
        case Drafted(returned=returned):
            if returned != reason:
                raise ApplicationNotSent
            return []
        case Submitted(heading=heading):
            return [ApplicationReturned(heading=heading, reason=reason, at=command.at)]
        case Accepted():
            raise ApplicationIsAccepted


COORDINATOR: Final = only("municipal_coordinator")
CENTRE: Final = only("regional_centre")
RULES: Final[Mapping[type, Rule[State, Fact]]] = MappingProxyType(
    {
        FormApplication: Rule("2.8.2", form, COORDINATOR, functions=("2.8.2.4",)),
        IncludeList: Rule("2.8.2", include, COORDINATOR, functions=("2.8.2.4",)),
        ExcludeList: Rule("2.8.2", exclude, COORDINATOR),
        SubmitApplication: Rule("2.8.2", submit, COORDINATOR, functions=("2.8.2.4",)),
        AcceptApplication: Rule("2.8.2", accept, CENTRE),
        ReturnApplication: Rule("2.8.2", give_back, CENTRE),
    }
)


def application(policies: Policies) -> Decider[Command, State, Fact]:
    return ruled(RULES, policies, Unformed(), evolve)
