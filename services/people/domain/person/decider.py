"""The person's behaviour, joined from its parts."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from services.people.domain.person import cabinet, consents, roles
from services.people.domain.person.facts import (
    Consent,
    ConsentGiven,
    ConsentWithdrawn,
    DetailsChanged,
    EmailAsked,
    EmailChangeAsked,
    EmailChanged,
    Event,
    Nobody,
    Person,
    PersonRegistered,
    PersonTransferred,
    RoleEnded,
    RoleGranted,
    RoleRevoked,
    State,
)
from services.people.domain.rules import Rule
from shared.domain import Decider, changed

Command = (
    cabinet.Register
    | cabinet.RegisterWithRoles
    | cabinet.ChangeDetails
    | cabinet.AskEmailChange
    | cabinet.ConfirmEmail
    | cabinet.ReplaceEmail
    | cabinet.ChangePassword
    | roles.GrantRole
    | roles.RevokeRole
    | roles.Transfer
    | consents.GiveConsent
    | consents.WithdrawConsent
)
RULES: Final[Mapping[type, Rule]] = MappingProxyType({**cabinet.RULES, **roles.RULES, **consents.RULES})
DECISIONS: Final = MappingProxyType({**cabinet.DECISIONS, **roles.DECISIONS, **consents.DECISIONS})


def decide(command: Command, state: State) -> list[Event]:
    return DECISIONS[type(command)](command, state)


def evolve(state: State, event: Event) -> State:
    if isinstance(event, PersonRegistered):
        return Person(about=event)
    return evolve_person(state, event) if isinstance(state, Person) else state


def evolve_person(state: Person, event: Event) -> Person:
    match event:
        case DetailsChanged():
            about = changed(state.about, **{name: getattr(event, name) for name in event.changed})
            return replace(state, about=about)
        case EmailChangeAsked():
            asked = EmailAsked(email=event.email, digest=event.digest, expires_at=event.expires_at)
            return replace(state, asked=asked)
        case EmailChanged():
            return replace(state, about=replace(state.about, email=event.email), asked=None)
        case PersonTransferred():
            about = replace(state.about, municipality=event.municipality, school=event.school)
            return replace(state, about=about)
        case RoleGranted():
            return replace(state, held=roles.granted(state.held, event))
        case RoleEnded():
            return replace(state, held=roles.ended(state.held, event))
        case RoleRevoked():
            return replace(state, held=tuple(each for each in state.held if each.grant != event.grant))
        case ConsentGiven() | ConsentWithdrawn():
            return replace(state, consents=evolve_consents(state.consents, event))
        case _:
            return state


def evolve_consents(given: tuple[Consent, ...], event: ConsentGiven | ConsentWithdrawn) -> tuple[Consent, ...]:
    others = tuple(each for each in given if each.kind != event.kind)
    if isinstance(event, ConsentWithdrawn):
        return others
    return (*others, Consent(kind=event.kind, document=event.document, version=event.version, given_at=event.at))


person: Decider[Command, State, Event] = Decider(initial=Nobody(), decide=decide, evolve=evolve)
