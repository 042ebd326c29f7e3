"""Stage 1 of p. 2.3, preparatory: the tutor, the model, the consent that goes with it, and the tutee's leaving."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.preparing import (
    ConsentGiven,
    ConsentRequired,
    ConsentWithdrawn,
    ModelChosen,
    ModelProposed,
    RouteWithdrawn,
    TutorAppointed,
)
from services.routes.domain.route.records import EVERY_MODEL, Model
from services.routes.domain.route.rules import TUTEE, Command, Rule, agreers, live, only
from services.routes.domain.route.state import Designing as DesigningPhase
from services.routes.domain.route.state import Opened, Route, State, Withdrawn
from shared.domain import Refusal, message


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
        AppointTutor: Rule("2.8.3", appoint, agreers, ("2.8.3.2",)),
        ProposeModel: Rule("2.8.4", propose_model, only("tutor"), ("2.8.4.7",)),
        ChooseModel: Rule("3.1.2", choose_model, TUTEE),
        GiveConsent: Rule("3.1.2", give_consent, TUTEE),
        WithdrawConsent: Rule("3.1.2", withdraw_consent, TUTEE),
        Withdraw: Rule("1.6", withdraw, TUTEE),
    }
)
