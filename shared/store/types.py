"""What a store is asked and what it answers: the words every service uses to keep and read its facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol
from uuid import UUID

import msgspec

from shared.domain import C, Decider, E, Gone, Row, S


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it, by what right, why and when; kept beside every fact."""

    actor: UUID | None
    role: str
    scope: str  # "school:s-011", "municipality:m-ust", "region", "own", "service:routes"
    command: UUID
    command_name: str
    causation: str | None  # id of the message or fact that caused the command
    correlation: str
    trace: str = ""
    occurred_at: datetime
    policy: str = "1"


class Recorded(msgspec.Struct, Generic[E], frozen=True, kw_only=True):
    """A fact as it is kept; `position` is None until the sequencer has given it one."""

    id: UUID
    stream: str
    version: int
    kind: str
    event: E
    context: Context
    recorded_at: datetime
    position: int | None = None

    @property
    def stream_id(self) -> UUID:
        return UUID(self.stream.partition("-")[2])


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The first answer to a command, kept under the command's key; *fingerprint* tells whether a repeat is the same."""

    id: UUID
    fingerprint: bytes
    result: bytes


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A message that caused an append: it has one effect on each stream, however often it arrives.

    With the append it is settled, and *stream* with it up to *version*; 0 where the message has more effects to come.
    """

    message: str
    contract: str
    stream: str
    version: int


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that must be written together or not at all.

    `expected` is the stream's version: None for any, 0 for a new stream, n for exactly n.
    """

    stream: str
    expected: int | None
    facts: Sequence[object]
    context: Context
    rows: Sequence[Row | Gone] = ()
    receipt: Receipt | None = None
    heard: Heard | None = None


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """It is written; `version` is the stream's version now."""

    version: int
    facts: list[Recorded[Any]]


class Repeated(msgspec.Struct, frozen=True, kw_only=True):
    """The same command or message came before: nothing was written now. `result` is b"" for a message."""

    result: bytes


class StaleVersion(Exception):
    """The stream is no longer at the version you expected."""


class KeyReused(Exception):
    """This idempotency key was already used for another request."""


class StoreUnavailable(Exception):
    """The store did not answer in time, or is not open; a write may have been done all the same."""


class LogBroken(Exception):
    """The log has a hole or a fact that cannot be read: nobody may go on past it."""


@dataclass(frozen=True)
class Category(Generic[C, S, E]):
    """One kind of stream: its name, its decider, its facts and the rows people read of it.

    The kind of a fact is its class name in snake_case behind the category's name: "route.invited". An old fact class
    stays among `facts`; `upcasters` turns it into its successor when it is read.
    """

    name: str
    decider: Decider[C, S, E]
    facts: tuple[type, ...]
    view: Callable[[UUID, int, S], Iterable[Row | Gone]]
    upcasters: Mapping[type, Callable[[Any], object]] = field(default_factory=dict)

    def stream(self, id: UUID) -> str:
        return f"{self.name}-{id}"


class Store(Protocol):
    """Facts by stream and in one order; PostgreSQL and memory keep the same promises.

    `append` raises StaleVersion when the expected version is not met and StoreUnavailable when the outcome is unknown.
    `read_many` gives the facts of several streams, each up to the version named; those of one stream in their order.
    `heard_up_to` is the highest version of another's stream of which a message was settled here, 0 when there is none.
    """

    async def append(self, append: Append) -> Appended | Repeated: ...

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded[Any]]: ...

    async def read_many(self, versions: Mapping[str, int]) -> list[Recorded[Any]]: ...

    async def read_log(
        self, after: int, limit: int = 1000, kinds: Collection[str] | None = None
    ) -> list[Recorded[Any]]: ...

    async def receipt(self, id: UUID) -> Receipt | None: ...

    async def heard_up_to(self, stream: str) -> int: ...

    async def checkpoint(self, reader: str) -> int: ...

    async def move_checkpoint(self, reader: str, position: int) -> None: ...

    async def fetch(self, sql: str, *args: object) -> list[Mapping[str, Any]]: ...


class Moving(Protocol):
    """Something that knows how far the log reaches: the sequencer, or a memory store."""

    @property
    def position(self) -> int: ...

    async def wait_beyond(self, position: int, within: float | None = None) -> int:
        """The log's last position once it is beyond *position*, or after *within* seconds whatever it is."""
        ...
