"""An announcement: news for whoever holds a role, turned exactly once into notices to named persons.

Who holds a role is known when somebody answers for people, which may be later; what they answered is a fact, so that a
crash in the middle of planning the notices never adds or loses a recipient.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, assert_never
from uuid import UUID, uuid5

from services.notifications.domain.matter import Matter
from shared.domain import Decider, Refusal, Right, message

_NAMESPACE: Final = UUID("f0a6a3b5-5d0e-5a0f-8c55-3f7f0d5a2c21")

# The school's leaders; whoever accompanies the route now; the municipality's coordinators; the regional centre.
Audience = Literal["school", "tutor", "municipality", "region"]


def announcement_id(message: str, audience: Audience) -> UUID:
    return uuid5(_NAMESPACE, f"{message}/{audience}")


@message
class Announce:
    """`message` is the promise behind it; notices to persons are named after it."""

    audience: Audience
    message: str
    matter: Matter
    at: datetime


@message
class Resolve:
    recipients: tuple[UUID, ...]
    at: datetime


@message
class Finish:
    """Every recipient has a planned notice."""

    at: datetime


# Stored facts: names are for ever. A new optional field with a default is allowed, anything else is a new class
# with an upcaster.
@message
class Announced:
    audience: Audience
    message: str
    matter: Matter
    at: datetime


@message
class Resolved:
    recipients: tuple[UUID, ...]
    at: datetime


@message
class Finished:
    at: datetime


@message
class Silent: ...


@message
class Open:
    audience: Audience
    message: str
    matter: Matter
    at: datetime


@message
class Planning:
    message: str
    matter: Matter
    recipients: tuple[UUID, ...]
    announced_at: datetime


@message
class Closed:
    matter: Matter
    recipients: tuple[UUID, ...]
    announced_at: datetime


Command = Announce | Resolve | Finish
Fact = Announced | Resolved | Finished
State = Silent | Open | Planning | Closed


class NothingAnnounced(Refusal):
    """There is no such announcement."""


class NotResolved(Refusal):
    """An announcement ends only after its recipients are known."""


def decide(command: Command, state: State) -> list[Fact]:
    match command:
        case Announce():
            return _announce(command, state)
        case Resolve():
            return _resolve(command, state)
        case Finish():
            return _finish(command, state)
        case _:
            assert_never(command)


def _announce(command: Announce, state: State) -> list[Fact]:
    if not isinstance(state, Silent):
        return []
    return [
        Announced(audience=command.audience, message=command.message, matter=command.matter, at=command.at),
    ]


def _resolve(command: Resolve, state: State) -> list[Fact]:
    match state:
        case Silent():
            raise NothingAnnounced
        case Open():
            once = tuple(dict.fromkeys(command.recipients))
            return [Resolved(recipients=once, at=command.at)]
        case Planning() | Closed():
            return []  # the first answer stands
        case _:
            assert_never(state)


def _finish(command: Finish, state: State) -> list[Fact]:
    match state:
        case Silent():
            raise NothingAnnounced
        case Open():
            raise NotResolved
        case Planning():
            return [Finished(at=command.at)]
        case Closed():
            return []
        case _:
            assert_never(state)


def evolve(state: State, fact: Fact) -> State:
    match state, fact:
        case Silent(), Announced():
            return Open(audience=fact.audience, message=fact.message, matter=fact.matter, at=fact.at)
        case Open(), Resolved():
            return Planning(
                message=state.message, matter=state.matter, recipients=fact.recipients, announced_at=state.at
            )
        case Planning(), Finished():
            return Closed(matter=state.matter, recipients=state.recipients, announced_at=state.announced_at)
        case _:
            return state


announcement: Decider[Command, State, Fact] = Decider(initial=Silent(), decide=decide, evolve=evolve)
SERVICE: Final = Right("", frozenset({"service"}))
RULES: Final[Mapping[type, Right]] = MappingProxyType(dict.fromkeys((Announce, Resolve, Finish), SERVICE))
