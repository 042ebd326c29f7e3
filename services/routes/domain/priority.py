"""The priority directions of a municipality for a year, drawn from its plan and the schools' applications (p. 1.7)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from shared.domain import Decider, Gone, Refusal, Right, Row, message

NAMES = UUID("7a0f0f3c-51c5-5d0e-9a5c-1f6a2f0b4d32")


@message
class Direction:
    code: str
    title: str


@message
class SetPriorities:
    """All directions of the year at once; `basis` names the plan they follow."""

    municipality: str
    year: int
    directions: tuple[Direction, ...]
    basis: str
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class PrioritiesSet:
    municipality: str
    year: int
    directions: tuple[Direction, ...]
    basis: str
    at: datetime


@message
class Unset: ...


@message
class Priorities:
    municipality: str
    year: int
    directions: tuple[Direction, ...]
    basis: str


Command = SetPriorities
Event = PrioritiesSet
State = Unset | Priorities


class DirectionTwice(Refusal):
    """Two directions of one year have the same code."""

    clause = "1.7"


class DirectionUnknown(Refusal):
    """The municipality has no such priority direction this year."""

    clause = "1.7"


def priorities_id(municipality: str, year: int) -> UUID:
    return uuid5(NAMES, f"{municipality}:{year}")


def decide(command: Command, state: State) -> list[Event]:
    codes = [direction.code for direction in command.directions]
    if len(set(codes)) < len(codes):
        raise DirectionTwice
    wanted = PrioritiesSet(
        municipality=command.municipality,
        year=command.year,
        directions=command.directions,
        basis=command.basis,
        at=command.at,
    )
    return [] if state == evolve(state, wanted) else [wanted]


def evolve(_: State, event: Event) -> State:
    return Priorities(municipality=event.municipality, year=event.year, directions=event.directions, basis=event.basis)


priority: Decider[Command, State, Event] = Decider(initial=Unset(), decide=decide, evolve=evolve)
RULES: Final[Mapping[type, Right]] = MappingProxyType(
    {SetPriorities: Right("1.7", frozenset({"municipal_coordinator"}), ("2.8.2.5",))}
)


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    match state:
        case Priorities():
            place = {"municipality": state.municipality, "year": state.year}
            yield Gone(table="priorities", key=place)
            for direction in state.directions:
                told = {"code": direction.code, "title": direction.title, "basis": state.basis}
                yield Row(table="priorities", values=place | told)
