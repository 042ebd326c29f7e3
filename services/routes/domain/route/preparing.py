"""Stage 1 of p. 2.3, preparatory: the invitation, the tutor, the model, and the consent that goes with it."""

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
from services.routes.domain.route.facts.preparing import (
    ConsentGiven,
    ConsentRequired,
    ConsentWithdrawn,
    ModelChosen,
    ModelProposed,
    RouteWithdrawn,
    TutorAppointed,
)
from services.routes.domain.route.records import EVERY_MODEL, Medium, Model, Whose
from services.routes.domain.route.rules import (
    TUTEE,
    Command,
    RouteUnknown,
    Rule,
    agreers,
    live,
    only,
)
from services.routes.domain.route.state import (
    Absent,
    Nominated,
    Opened,
    Route,
    State,
    Withdrawn,
)
from services.routes.domain.route.state import Designing as DesigningPhase
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


@message
class AppointTutor(Command):
    tutor: UUID


@message
class ProposeModel(Command):
    """`allowed` are the models that the coordinator and the school chose together (p. 2.8.2)."""

    model: Model
    allowed: frozenset[Model] = EVERY_MODEL


@message
class ChooseModel(Command):
    """`track` is the code of a thematic track, which a route of the regional model may belong to (p. 3.1.5)."""

    model: Model
    track: str = ""
    allowed: frozenset[Model] = EVERY_MODEL


@message
class GiveConsent(Command): ...


@message
class WithdrawConsent(Command): ...


@message
class Withdraw(Command):
    """The tutee leaves; no reason is asked for."""


class AlreadyOpened(Refusal):
    """Here is a route already; it cannot be nominated or opened again on other terms."""

    clause = "1.6"


class ContinuesAnothers(Refusal):
    """A route continues an earlier route of the same teacher."""

    clause = "4.2"


class NotInvited(Refusal):
    """There is no invitation to answer."""

    clause = "1.6"


class TutorIsTutee(Refusal):
    """Nobody accompanies themselves: the tutor is another person."""

    clause = "3.1.1"


class TutorNotAppointed(Refusal):
    """The school has not appointed the tutor yet."""

    clause = "2.8.3"


class ModelIsFixed(Refusal):
    """The model is chosen before the plan goes to the school."""

    clause = "3.3"


class ModelNotAllowed(Refusal):
    """The municipal coordinator and the school have not chosen this model for the school."""

    clause = "2.8.2"


class ModelNotProposed(Refusal):
    """The tutee confirms the model that the tutor has proposed."""

    clause = "2.8.4"


class ConsentNotAsked(Refusal):
    """Only the regional model with an appointed tutor asks for this consent."""

    clause = "3.1.2"


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


def appoint(command: AppointTutor, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.tutor == route.whose.tutee:
        raise TutorIsTutee
    if command.tutor == route.tutor:
        return []
    appointed = TutorAppointed(whose=route.whose, tutor=command.tutor, replaced=route.tutor, at=command.at)
    if route.model == "regional":
        return [appointed, ConsentRequired(tutor=command.tutor, at=command.at)]
    return [appointed]


def propose_model(command: ProposeModel, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.model == route.proposed_model:
        return []
    tutor = choosing(route, command.model, command.allowed)
    return [ModelProposed(model=command.model, tutor=tutor, at=command.at)]


def choosing(route: Route, model: Model, allowed: frozenset[Model]) -> UUID:
    """The tutor of a route whose model is still open, if it may be this one."""
    if not isinstance(route.phase, Opened | DesigningPhase):
        raise ModelIsFixed
    if route.tutor is None:
        raise TutorNotAppointed
    if model not in allowed:
        raise ModelNotAllowed
    return route.tutor


def choose_model(command: ChooseModel, state: State, policy: Policy) -> list[Fact]:
    """p. 3.1.2: choosing the regional model is the consent to the tutor who is appointed, by name."""
    route = live(state)
    if command.model == route.model and command.track == route.track:
        return []
    tutor = choosing(route, command.model, command.allowed)
    if policy.model_proposal == "required" and command.model != route.proposed_model:
        raise ModelNotProposed
    seen_by = tutor if command.model == "regional" else None
    return [ModelChosen(model=command.model, tutor=seen_by, at=command.at, track=command.track)]


def give_consent(command: GiveConsent, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if route.model != "regional" or route.tutor is None:
        raise ConsentNotAsked
    return [ConsentGiven(tutor=route.tutor, at=command.at)] if route.on_hold else []


def withdraw_consent(command: WithdrawConsent, state: State, _: Policy) -> list[Fact]:
    """It closes the tutor's access from now on; the history stays."""
    route = live(state)
    if route.consented is None:
        return []
    return [
        ConsentWithdrawn(tutor=route.consented, at=command.at),
        ConsentRequired(tutor=route.tutor or route.consented, at=command.at),
    ]


def withdraw(command: Withdraw, state: State, _: Policy) -> list[Fact]:
    match state:
        case Route(phase=Withdrawn()):
            return []
        case _:
            return [RouteWithdrawn(whose=live(state).whose, at=command.at)]


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Nominate: Rule("2.8.3", nominate, lambda policy: policy.nominating, ("2.8.3.1",)),
        Open: Rule("1.6", open_, TUTEE),
        Invite: Rule("1.6", invite, lambda policy: policy.nominating, ("2.8.3.1",)),
        AcceptInvitation: Rule("1.6", accept, TUTEE),
        DeclineInvitation: Rule("1.6", decline, TUTEE),
        AppointTutor: Rule("2.8.3", appoint, agreers, ("2.8.3.2",)),
        ProposeModel: Rule("2.8.4", propose_model, only("tutor"), ("2.8.4.7",)),
        ChooseModel: Rule("3.1.2", choose_model, TUTEE),
        GiveConsent: Rule("3.1.2", give_consent, TUTEE),
        WithdrawConsent: Rule("3.1.2", withdraw_consent, TUTEE),
        Withdraw: Rule("1.6", withdraw, TUTEE),
    }
)
