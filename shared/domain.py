"""The few words every domain module is written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import reduce
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform
from uuid import UUID
from zoneinfo import ZoneInfo

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")
T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def message(cls: type[T]) -> type[T]:
    """Make *cls* a frozen, slotted, keyword-only record: the form of every command, fact and state."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


def changed(record: T, **values: Any) -> T:
    """A copy of *record*, made by `message`, with these fields replaced: `dataclasses.replace`, twice as fast.

    Folding is little else than this. Raises TypeError for a field that the record has not.
    """
    kind = type(record)
    slots = _SLOTS.get(kind) or _SLOTS.setdefault(kind, _slots(kind))
    copy = object.__new__(kind)
    kept = 0
    for name, read, write in slots:
        if name in values:
            write(copy, values[name])
        else:
            write(copy, read(record))
            kept += 1
    if kept + len(values) != len(slots):
        raise TypeError(f"{kind.__name__} has no field {', '.join(values.keys() - {name for name, _, _ in slots})}")
    return copy


# A class's fields, each with the functions that read it and set it past the frozen class's refusal.
_SLOTS: dict[type, tuple[tuple[str, Callable[[Any], Any], Callable[[Any, Any], None]], ...]] = {}


def _slots(kind: type) -> tuple[tuple[str, Callable[[Any], Any], Callable[[Any, Any], None]], ...]:
    slots = [(each.name, getattr(kind, each.name)) for each in fields(kind)]
    return tuple((name, slot.__get__, slot.__set__) for name, slot in slots)


def local_day(at: datetime, zone: str) -> date:
    """The day it is in the time zone *zone* at the moment *at*."""
    return at.astimezone(ZoneInfo(zone)).date()


class Refusal(Exception):
    """A rule said no.

    The class names the rule, its docstring tells an engineer in one sentence, `clause` cites the regulation;
    what the user reads stands in the service's catalogue under the class's name.
    """

    clause: ClassVar[str] = ""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or (self.__doc__ or type(self).__name__).strip())


@dataclass(frozen=True, slots=True)
class Right:
    """By which clause a command is given, and which roles or parts may give it: a domain keeps one for each command.

    `functions` are the numbered duties of a participant that the command carries out.
    """

    clause: str
    who: frozenset[str]
    functions: tuple[str, ...] = ()


@message
class Personal:
    """A text about a living person, sealed under the key of its subject wherever it is stored.

    `text` is None once the subject's key has been destroyed: the person asked to be forgotten.
    """

    subject: UUID
    text: str | None

    @property
    def forgotten(self) -> bool:
        return self.text is None


@message
class Row:
    """A read-model row as it must stand after an append; the table's primary key says which one."""

    table: str
    values: Mapping[str, Any] = field(default_factory=dict)


@message
class Gone:
    """A read-model row that must not stand after an append."""

    table: str
    key: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decider(Generic[C, S, E]):
    """The whole behaviour of one kind of stream, as three pure values.

    `decide` returns the facts a command causes (none when the wish is already true) or raises a `Refusal`;
    `evolve` never fails.
    """

    initial: S
    decide: Callable[[C, S], list[E]]
    evolve: Callable[[S, E], S]

    def fold(self, facts: Iterable[E], state: S | None = None) -> S:
        """The state after *facts*, starting from *state* or from the beginning."""
        return reduce(self.evolve, facts, self.initial if state is None else state)
