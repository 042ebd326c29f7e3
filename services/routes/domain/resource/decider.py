"""Who fills the navigator: municipalities propose (p. 2.8.2), the regional centre includes, revises and withdraws
(p. 2.8.1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import UUID

from services.routes.domain.resource.records import (
    Absent,
    Declined,
    Entry,
    Event,
    Included,
    Proposed,
    ResourceDeclined,
    ResourceIncluded,
    ResourceProposed,
    ResourceRevised,
    ResourceWithdrawn,
    State,
    Withdrawn,
    evolve,
)
from services.routes.domain.track import TrackUnavailable
from shared.domain import Decider, Personal, Refusal, message


@message
class Propose:
    entry: Entry
    municipality: str
    proposer: UUID
    today: date
    track_open: bool = True  # whether routes may join the track that the entry names
    at: datetime


@message
class Publish:
    """The regional centre's own entry, without a proposal before it."""

    entry: Entry
    today: date
    track_open: bool = True
    at: datetime


@message
class Include:
    today: date
    track_open: bool = True
    at: datetime


@message
class Decline:
    reason: str
    at: datetime


@message
class Revise:
    entry: Entry
    today: date
    track_open: bool = True
    at: datetime


@message
class Withdraw:
    """It is found no more; routes that picked it keep what they have."""

    at: datetime


Command = Propose | Publish | Include | Decline | Revise | Withdraw


class ResourceUnknown(Refusal):
    """There is no such proposal or entry."""

    clause = "1.3"


class ResourceExists(Refusal):
    """There is an entry under this id already, and it says something else."""

    clause = "1.3"


class ResourceIncomplete(Refusal):
    """An entry tells its forms, its audience and its provider."""

    clause = "1.3"


class ResourceDatesReversed(Refusal):
    """An entry's last day is before its first."""

    clause = "1.3"


class ResourceOver(Refusal):
    """The last day of what is offered has passed."""

    clause = "1.3"


class ProposalDecided(Refusal):
    """The regional centre has decided on this proposal, and otherwise."""

    clause = "2.8.1"


class NotInCatalogue(Refusal):
    """Only what the catalogue holds is revised or withdrawn."""

    clause = "2.8.1"


def propose(command: Propose, state: State) -> list[Event]:
    wanted = ResourceProposed(
        entry=command.entry, municipality=command.municipality, proposer=command.proposer, at=command.at
    )
    return new(wanted, state, command)


def publish(command: Publish, state: State) -> list[Event]:
    wanted = ResourceIncluded(entry=command.entry, municipality="", at=command.at)
    return new(wanted, state, command)


def new(wanted: Event, state: State, command: Propose | Publish) -> list[Event]:
    if not isinstance(state, Absent):
        if state == evolve(Absent(), wanted):
            return []
        raise ResourceExists
    sound(command.entry, command.today, command.track_open)
    return [wanted]


def sound(entry: Entry, today: date, track_open: bool) -> None:
    if not (entry.forms and entry.audience and entry.provider):
        raise ResourceIncomplete
    if entry.dates.end < entry.dates.start:
        raise ResourceDatesReversed
    if entry.dates.end < today:
        raise ResourceOver
    if entry.track and not track_open:
        raise TrackUnavailable


def include(command: Include, state: State) -> list[Event]:
    match state:
        case Absent():
            raise ResourceUnknown
        case Included():
            return []
        case Declined() | Withdrawn():
            raise ProposalDecided
        case Proposed():
            sound(state.entry, command.today, command.track_open)
            return [ResourceIncluded(entry=state.entry, municipality=state.municipality, at=command.at)]


def decline(command: Decline, state: State) -> list[Event]:
    match state:
        case Absent():
            raise ResourceUnknown
        case Proposed():
            reason = Personal(subject=state.proposer, text=command.reason)
            return [ResourceDeclined(municipality=state.municipality, reason=reason, at=command.at)]
        case Declined(reason=Personal(text=command.reason)):
            return []
        case _:
            raise ProposalDecided


def revise(command: Revise, state: State) -> list[Event]:
    listed = in_catalogue(state)
    if listed.entry == command.entry:
        return []
    kept = command.entry.track == listed.entry.track  # a track that was closed since takes nothing out of the catalogue
    sound(command.entry, command.today, command.track_open or kept)
    number, whose = listed.revision + 1, listed.municipality
    return [ResourceRevised(entry=command.entry, revision=number, municipality=whose, at=command.at)]


def withdraw(command: Withdraw, state: State) -> list[Event]:
    if isinstance(state, Withdrawn):
        return []
    return [ResourceWithdrawn(municipality=in_catalogue(state).municipality, at=command.at)]


def in_catalogue(state: State) -> Included:
    match state:
        case Absent():
            raise ResourceUnknown
        case Included():
            return state
        case _:
            raise NotInCatalogue


@dataclass(frozen=True, slots=True)
class Rule:
    """The clause a command follows, how it is decided, which roles give it, and where they must hold them.

    `functions` are the numbered duties of p. 2.8 that it carries out.
    """

    clause: str
    decide: Callable[[Any, State], list[Event]]
    who: frozenset[str]
    scope: Literal["municipality", "region"]
    functions: tuple[str, ...]


COORDINATOR, CENTRE = frozenset({"municipal_coordinator"}), frozenset({"regional_centre"})

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Propose: Rule("2.8.2", propose, COORDINATOR, "municipality", ("2.8.2.10",)),
        Publish: Rule("2.8.1", publish, CENTRE, "region", ("2.8.1.3", "2.8.1.6", "2.8.1.7")),
        Include: Rule("2.8.1", include, CENTRE, "region", ("2.8.1.3",)),
        Decline: Rule("2.8.1", decline, CENTRE, "region", ("2.8.1.3",)),
        Revise: Rule("2.8.1", revise, CENTRE, "region", ("2.8.1.3",)),
        Withdraw: Rule("2.8.1", withdraw, CENTRE, "region", ("2.8.1.3",)),
    }
)


def decide(command: Command, state: State) -> list[Event]:
    return RULES[type(command)].decide(command, state)


resource: Decider[Command, State, Event] = Decider(initial=Absent(), decide=decide, evolve=evolve)
