"""A school's local act (pp. 2.8.3, 4.1): number, date, title, kind and file; replaced or cancelled, never deleted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import UUID, uuid5

from services.people.domain.rules import KEEPERS, Rule
from shared.domain import Decider, Gone, Personal, Refusal, Row, message

NAMES = UUID("0f3d8b1e-6f53-5b8e-9d52-1c7d5f0a4e29")

Kind = Literal["order", "regulation", "plan", "agreement", "other"]
Media = Literal["pdf", "docx", "odt", "jpeg", "png"]


@message
class File:
    """What identifies the bytes, which are kept apart from the facts."""

    sha256: str
    size: int
    media: Media


@message
class RegisterAct:
    """The number is unique within the school and the day."""

    act: UUID
    municipality: str
    school: str
    number: str
    day: date
    title: str
    kind: Kind
    file: File
    today: date
    at: datetime


@message
class EndAct:
    """By a later act of the same school, which stands in the place of this one or only ends it."""

    how: Literal["replaced", "cancelled"]
    by: UUID
    by_school: str
    by_day: date
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class ActRegistered:
    """The title may name people, so it is sealed under a key of the act's own."""

    municipality: str
    school: str
    number: str
    day: date
    title: Personal
    kind: Kind
    file: File
    at: datetime


@message
class ActReplaced:
    by: UUID
    at: datetime


@message
class ActCancelled:
    by: UUID
    at: datetime


@message
class Unregistered: ...


@message
class Act:
    registered: ActRegistered
    status: Literal["valid", "replaced", "cancelled"] = "valid"
    ended_by: UUID | None = None


Command = RegisterAct | EndAct
Event = ActRegistered | ActReplaced | ActCancelled
State = Unregistered | Act


class ActRegisteredOtherwise(Refusal):
    """The school has another act with this number and date."""

    clause = "2.8.3"


class ActInFuture(Refusal):
    """An act is registered on its day or later."""

    clause = "2.8.3"


class ActUnknown(Refusal):
    """The school has no such local act."""

    clause = "2.8.3"


class ActNotValid(Refusal):
    """The act has been replaced or cancelled by a later one."""

    clause = "2.8.3"


class ActNotLater(Refusal):
    """An act is replaced or cancelled by a later one, not by an earlier one or itself."""

    clause = "2.8.3"


def act_id(school: str, number: str, day: date) -> UUID:
    return uuid5(NAMES, f"{school}:{day.isoformat()}:{number.casefold()}")


def register(command: RegisterAct, state: State) -> list[Event]:
    if command.day > command.today:
        raise ActInFuture
    registered = ActRegistered(
        municipality=command.municipality,
        school=command.school,
        number=command.number,
        day=command.day,
        title=Personal(subject=command.act, text=command.title),
        kind=command.kind,
        file=command.file,
        at=command.at,
    )
    if isinstance(state, Unregistered):
        return [registered]
    if replace(state.registered, at=command.at) != registered:
        raise ActRegisteredOtherwise
    return []


def end(command: EndAct, state: State) -> list[Event]:
    if not isinstance(state, Act) or command.by_school != state.registered.school:
        raise ActUnknown
    if state.status == command.how and state.ended_by == command.by:
        return []
    if state.status != "valid":
        raise ActNotValid
    own = act_id(state.registered.school, state.registered.number, state.registered.day)
    if command.by == own or command.by_day < state.registered.day:
        raise ActNotLater
    if command.how == "replaced":
        return [ActReplaced(by=command.by, at=command.at)]
    return [ActCancelled(by=command.by, at=command.at)]


def basis(state: State, school: str | None) -> None:
    """Refuses an act that nothing can rest on at this school."""
    if not isinstance(state, Act) or state.registered.school != school:
        raise ActUnknown
    if state.status != "valid":
        raise ActNotValid


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {RegisterAct: Rule("2.8.3", KEEPERS, ("2.8.3.3",)), EndAct: Rule("2.8.3", KEEPERS, ("2.8.3.3",))}
)
DECISIONS: Final[Mapping[type, Callable[[Any, State], list[Event]]]] = MappingProxyType(
    {RegisterAct: register, EndAct: end}
)


def decide(command: Command, state: State) -> list[Event]:
    return DECISIONS[type(command)](command, state)


def evolve(state: State, event: Event) -> State:
    match event, state:
        case ActRegistered(), _:
            return Act(registered=event)
        case ActReplaced(by=by), Act():
            return replace(state, status="replaced", ended_by=by)
        case ActCancelled(by=by), Act():
            return replace(state, status="cancelled", ended_by=by)
        case _:
            return state


act: Decider[Command, State, Event] = Decider(initial=Unregistered(), decide=decide, evolve=evolve)


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    if not isinstance(state, Act):
        return
    registered = state.registered
    values = {
        "id": id,
        "version": version,
        "municipality": registered.municipality,
        "school": registered.school,
        "number": registered.number,
        "day": registered.day,
        "kind": registered.kind,
        "status": state.status,
    }
    yield Row(table="local_acts", values=values)
