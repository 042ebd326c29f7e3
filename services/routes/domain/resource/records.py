"""An entry of the navigator of educational resources: a programme, an event or a material that routes pick (p. 1.3).

What was picked keeps its revision, so an entry may change and leave without changing any route.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from services.routes.domain.route.records import Level, Term
from shared.domain import Personal, message

Kind = Literal["advanced_training", "retraining", "internship", "event", "material"]
Form = Literal["full_time", "blended", "extramural", "remote", "network", "workplace"]
Status = Literal["proposed", "declined", "included", "withdrawn"]


@message
class Entry:
    """What the catalogue tells of a resource: facts about an offer, so no text of it is personal.

    Dates, forms, audience and provider are what p. 1.3 demands.
    """

    title: str
    kind: Kind
    dates: Term
    forms: tuple[Form, ...]
    audience: tuple[str, ...]
    provider: str
    level: Level | None = None
    hours: int | None = None
    competencies: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    track: str = ""
    link: str = ""


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class ResourceProposed:
    entry: Entry
    municipality: str
    proposer: UUID
    at: datetime


@message
class ResourceIncluded:
    """`municipality` is whose proposal it was, "" for the centre's own."""

    entry: Entry
    municipality: str
    at: datetime


@message
class ResourceDeclined:
    """The reason is free text between two officials, it may speak of the proposer and of others, so it is sealed under
    the proposer's key: with the proposer it can be forgotten, which no plain text of a fact ever can."""

    municipality: str
    reason: Personal
    at: datetime


@message
class ResourceRevised:
    entry: Entry
    revision: int
    municipality: str
    at: datetime


@message
class ResourceWithdrawn:
    municipality: str
    at: datetime


@message
class Absent: ...


@message
class Proposed:
    entry: Entry
    municipality: str
    proposer: UUID


@message
class Declined:
    entry: Entry
    municipality: str
    reason: Personal


@message
class Included:
    entry: Entry
    municipality: str
    revision: int = 1


@message
class Withdrawn:
    entry: Entry
    municipality: str
    revision: int


Event = ResourceProposed | ResourceIncluded | ResourceDeclined | ResourceRevised | ResourceWithdrawn
Known = Proposed | Declined | Included | Withdrawn
State = Absent | Known

STATUS: Final[Mapping[type, Status]] = MappingProxyType(
    {Proposed: "proposed", Declined: "declined", Included: "included", Withdrawn: "withdrawn"}
)


def evolve(state: State, event: Event) -> State:
    match event, state:
        case ResourceProposed(), _:
            return Proposed(entry=event.entry, municipality=event.municipality, proposer=event.proposer)
        case ResourceIncluded(), _:
            return Included(entry=event.entry, municipality=event.municipality)
        case ResourceDeclined(), Proposed():
            return Declined(entry=state.entry, municipality=state.municipality, reason=event.reason)
        case ResourceRevised(), Included():
            return Included(entry=event.entry, municipality=state.municipality, revision=event.revision)
        case ResourceWithdrawn(), Included():
            return Withdrawn(entry=state.entry, municipality=state.municipality, revision=state.revision)
        case _:
            return state
