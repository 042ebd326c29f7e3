"""Addressed support of one teacher by one methodist (p. 3.1.4), named by the centre under an accepted application.

The methodist is then assigned to every route the teacher has, or opens, by the end of the application's year; each
route is reached once, so that a methodist who was released from it afterwards is not brought back.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from services.routes.domain.policy import Policies, Policy
from services.routes.domain.route.accompanying import MethodistIsTutee
from services.routes.domain.rule import Command, Rule, only, ruled
from shared.domain import Decider, Gone, Row, changed, message

NAMES = UUID("5f0c9b7a-7d3e-5e6f-8b21-4d9a1c6e0f72")


@message
class Heading:
    """Who supports whom, because of which application."""

    application: UUID
    municipality: str
    year: int
    person: UUID
    methodist: UUID


@message
class NameMethodist(Command):
    heading: Heading


@message
class RecallMethodist(Command):
    """No further route is reached; from those that were, the methodist is released one by one."""


@message
class NoteReached(Command):
    """The methodist was assigned to this route."""

    route: UUID


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class MethodistNamed:
    heading: Heading
    at: datetime


@message
class MethodistRecalled:
    at: datetime


@message
class RouteReached:
    route: UUID
    at: datetime


@message
class Unnamed: ...


@message
class Named:
    heading: Heading
    recalled: bool = False
    reached: frozenset[UUID] = frozenset()


Fact = MethodistNamed | MethodistRecalled | RouteReached
State = Unnamed | Named


def support_id(heading: Heading) -> UUID:
    return uuid5(NAMES, f"{heading.application}:{heading.person}:{heading.methodist}")


def name(command: NameMethodist, state: State, _: Policy) -> list[Fact]:
    if command.heading.person == command.heading.methodist:
        raise MethodistIsTutee
    if isinstance(state, Named) and not state.recalled:
        return []
    return [MethodistNamed(heading=command.heading, at=command.at)]


def recall(command: RecallMethodist, state: State, _: Policy) -> list[Fact]:
    named = isinstance(state, Named) and not state.recalled
    return [MethodistRecalled(at=command.at)] if named else []


def note_reached(command: NoteReached, state: State, _: Policy) -> list[Fact]:
    if not isinstance(state, Named) or command.route in state.reached:
        return []
    return [RouteReached(route=command.route, at=command.at)]


def evolve(state: State, fact: Fact) -> State:
    match fact, state:
        case MethodistNamed(), Unnamed():
            return Named(heading=fact.heading)
        case MethodistNamed(), Named():
            return changed(state, recalled=False)
        case MethodistRecalled(), Named():
            return changed(state, recalled=True)
        case RouteReached(), Named():
            return changed(state, reached=state.reached | {fact.route})
        case _:
            return state


CENTRE: Final = only("regional_centre")
RULES: Final[Mapping[type, Rule[State, Fact]]] = MappingProxyType(
    {
        NameMethodist: Rule("3.1.4", name, CENTRE, functions=("2.8.1.1",)),
        RecallMethodist: Rule("3.1.4", recall, CENTRE, functions=("2.8.1.1",)),
        NoteReached: Rule("3.1.4", note_reached, only("service")),
    }
)


def support(policies: Policies) -> Decider[Command, State, Fact]:
    return ruled(RULES, policies, Unnamed(), evolve)


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    if isinstance(state, Unnamed):
        return
    heading = state.heading
    yield Row(
        table="supports",
        values={
            "id": id,
            "version": version,
            "application_id": heading.application,
            "municipality": heading.municipality,
            "year": heading.year,
            "person_id": heading.person,
            "methodist_id": heading.methodist,
            "recalled": state.recalled,
        },
    )
    for route in sorted(state.reached):
        yield Row(table="support_routes", values={"support_id": id, "route_id": route})
