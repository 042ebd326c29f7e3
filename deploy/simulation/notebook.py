"""A store that keeps facts as they were decided, neither sealed nor encoded: for lives that only time passes over.

It keeps the promises of a store about streams and versions. Everything that makes facts last is left out, so that a
region's year is decided in minutes.
"""

from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from typing import Any, TypeVar
from uuid import UUID

from shared.store.codec import snake_case
from shared.store.types import Append, Appended, Receipt, Recorded, Repeated, StaleVersion

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")
kind_of: Callable[[str], str] = cache(snake_case)


class Notebook:
    """`before` is what was known when this one was begun: it is read and not changed."""

    def __init__(self, before: "Notebook | None" = None) -> None:
        self.streams: dict[str, list[Recorded[Any]]] = {}
        self._before = before.streams if before else {}

    def written(self) -> Iterator[tuple[str, list[Recorded[Any]], int]]:
        """Each stream that was written to, by name: its whole history, and how many facts of it were there before."""
        for stream in sorted(self.streams):
            yield stream, self.streams[stream], len(self._before.get(stream, ()))

    async def append(self, append: Append) -> Appended | Repeated:
        stream = self.streams.get(append.stream) or list(self._before.get(append.stream, ()))
        version, at = len(stream), append.context.occurred_at
        if append.expected is not None and append.expected != version:
            raise StaleVersion
        category = append.stream.partition("-")[0]
        facts: list[Recorded[Any]] = [
            Recorded(
                id=fact_id(at, append.stream, number),
                stream=append.stream,
                version=number,
                kind=f"{category}.{kind_of(type(event).__name__)}",
                event=event,
                context=append.context,
                recorded_at=at,
            )
            for number, event in enumerate(append.facts, version + 1)
        ]
        if facts:
            stream += facts
            self.streams[append.stream] = stream
        return Appended(version=len(stream), facts=facts)

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded[Any]]:
        facts = self.streams.get(stream) or self._before.get(stream, [])
        return facts[after : None if limit is None else after + limit]

    async def read_many(self, versions: Mapping[str, int]) -> list[Recorded[Any]]:
        return [fact for stream, last in versions.items() for fact in await self.read(stream, limit=last)]

    async def receipt(self, id: UUID) -> Receipt | None:
        return None  # every wish has a key of its own here, and nothing is sent twice

    async def heard_up_to(self, stream: str) -> int:
        return 0  # whoever listens is told at once

    async def read_log(
        self, after: int, limit: int = 1000, kinds: Collection[str] | None = None
    ) -> list[Recorded[Any]]:
        raise TypeError("a notebook has no log")

    async def checkpoint(self, reader: str) -> int:
        raise TypeError("a notebook has no log")

    async def move_checkpoint(self, reader: str, position: int) -> None:
        raise TypeError("a notebook has no log")

    async def fetch(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        raise TypeError("a notebook has no tables to query")


def fact_id(at: datetime, stream: str, version: int) -> UUID:
    """A UUID of version 7 whose chance is the fact's name: the same fact has the same id in every run."""
    # Facts of one moment come in the order of their versions, as they do where each append has a moment of its own.
    milliseconds = (at - EPOCH).total_seconds() * 1000
    chance = int.from_bytes(blake2b(f"{stream}/{version}".encode(), digest_size=8).digest()) >> 2
    return UUID(int=(int(milliseconds) << 80) | (0x7 << 76) | (version & 0xFFF) << 64 | (0b10 << 62) | chance)


def now(work: Coroutine[Any, Any, T]) -> T:
    """The result of work that waits for nothing, without an event loop."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("this waits for something, and there is no time to wait in")
