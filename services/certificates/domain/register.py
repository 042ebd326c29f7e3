"""The register of one year: which certificate stands under which serial number.

A year's register is one stream, and a serial is decided at its exact version; so two processes that number at the
same moment never give one serial twice, and a serial once given is given again to the same certificate.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from shared.domain import Decider, Right, Row, message

_NAMESPACE = UUID("5d0f2a0c-6a44-5f0e-9d3d-5b1c0a4f7f10")


@message
class Enter:
    certificate: UUID
    at: datetime


# Stored facts: names are for ever. A new optional field with a default is allowed, anything else is a new class.
@message
class Entered:
    certificate: UUID
    serial: int
    at: datetime


@message
class Empty: ...


@message
class Entry:
    """The newest entry, linked to those before it: folding a year must not copy the whole year at every fact."""

    certificate: UUID
    serial: int
    earlier: "Entry | Empty"


State = Empty | Entry


def register_id(year: int) -> UUID:
    return uuid5(_NAMESPACE, str(year))


def serial_of(certificate: UUID, state: State) -> int | None:
    return next((entry.serial for entry in _entries(state) if entry.certificate == certificate), None)


def decide(command: Enter, state: State) -> list[Entered]:
    if serial_of(command.certificate, state) is not None:
        return []  # entered before the process that asked was killed
    last = state.serial if isinstance(state, Entry) else 0
    return [Entered(certificate=command.certificate, serial=last + 1, at=command.at)]


def evolve(state: State, fact: Entered) -> State:
    return Entry(certificate=fact.certificate, serial=fact.serial, earlier=state)


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    """Nobody reads the register by rows: the number stands in the row of its certificate."""
    return ()


def _entries(state: State) -> Iterator[Entry]:
    while isinstance(state, Entry):
        yield state
        state = state.earlier


register: Decider[Enter, State, Entered] = Decider(initial=Empty(), decide=decide, evolve=evolve)
RULES: Final[Mapping[type, Right]] = MappingProxyType({Enter: Right("4.3", frozenset({"service"}))})
