"""Stage 1 of p. 2.3, preparatory: how a route comes to be, by the school's nomination or the teacher's own wish."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.opening import (
    InvitationDeclined,
    RouteInvited,
    RouteNominated,
    RouteOpened,
    StageEntered,
)
from services.routes.domain.route.records import Medium, Whose
from services.routes.domain.route.rules import TUTEE, Command, RouteUnknown, Rule
from services.routes.domain.route.state import Absent, Nominated, Route, State
from shared.domain import Refusal, message


@message
class Nominate(Command):
    """The school puts a teacher on the list of those who need a route."""

    whose: Whose
    medium: Medium


@message
class Open(Command):
    """A teacher opens a route, which may continue an earlier one (p. 4.2) or follow a priority direction (p. 1.7).

    `continued_of` is the tutee of the continued route, if there is such a route.
    """

    whose: Whose
    medium: Medium
    continues: UUID | None = None
    continued_of: UUID | None = None
    priority: str = ""


@message
class Invite(Command): ...


@message
class AcceptInvitation(Command): ...


@message
class DeclineInvitation(Command): ...


class AlreadyOpened(Refusal):
    """Here is a route already; it cannot be nominated or opened again on other terms."""

    clause = "1.6"


class ContinuesAnothers(Refusal):
    """A route continues an earlier route of the same teacher."""

    clause = "4.2"


class NotInvited(Refusal):
    """There is no invitation to answer."""

    clause = "1.6"


def nominate(command: Nominate, state: State, _: Policy) -> list[Fact]:
    match state:
        case Absent():
            return [
                RouteNominated(whose=command.whose, medium=command.medium, at=command.at),
                StageEntered(stage=1, at=command.at),
            ]
        case Nominated(whose=command.whose):
            return []
        case _:
            raise AlreadyOpened


def open_(command: Open, state: State, _: Policy) -> list[Fact]:
    if command.continues is not None and command.continued_of != command.whose.tutee:
        raise ContinuesAnothers
    match state:
        case Absent():
            return [
                RouteOpened(
                    whose=command.whose,
                    medium=command.medium,
                    invited=False,
                    at=command.at,
                    continues=command.continues,
                    priority=command.priority,
                ),
                StageEntered(stage=1, at=command.at),
            ]
        case Route(whose=command.whose):
            return []
        case _:
            raise AlreadyOpened


def invite(command: Invite, state: State, _: Policy) -> list[Fact]:
    match state:
        case Absent():
            raise RouteUnknown
        case Nominated(invited=True, declined=False):
            return []
        case Nominated(whose=whose):
            return [RouteInvited(whose=whose, at=command.at)]
        case Route():
            raise AlreadyOpened


def accept(command: AcceptInvitation, state: State, _: Policy) -> list[Fact]:
    match state:
        case Nominated(invited=True, declined=False):
            return [RouteOpened(whose=state.whose, medium=state.medium, invited=True, at=command.at)]
        case Route():
            return []
        case _:
            raise NotInvited


def decline(command: DeclineInvitation, state: State, _: Policy) -> list[Fact]:
    match state:
        case Nominated(invited=True, declined=False):
            return [InvitationDeclined(at=command.at)]
        case Nominated(declined=True):
            return []
        case _:
            raise NotInvited


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Nominate: Rule("2.8.3", nominate, lambda policy: policy.nominating, ("2.8.3.1",)),
        Open: Rule("1.6", open_, TUTEE),
        Invite: Rule("1.6", invite, lambda policy: policy.nominating, ("2.8.3.1",)),
        AcceptInvitation: Rule("1.6", accept, TUTEE),
        DeclineInvitation: Rule("1.6", decline, TUTEE),
    }
)
