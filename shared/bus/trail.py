"""What went before a message in its stream: told by its maker, and understood by each reader in its own way.

A reader hears some contracts of a stream and not its private facts, so a gap between two versions says nothing. The
extension `follows` therefore names, for each contract promised earlier in the stream, the version of its last promise:
`route_opened.v1=1 plan_agreed.v1=7`. The highest one among the contracts that a reader hears is what it must have
settled before; that this one waited for its own predecessor in turn is enough.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from shared.bus.envelope import Envelope, contract_of
from shared.store.types import Recorded, Store

STREAMS = 30_000  # at hand, a region's routes of a year; of another one the earlier facts are read once
DIGITS = 9  # of a version: whatever is longer is none


def predecessor(message: Envelope, heard: Container[str]) -> int:
    """The version of the last message before *message* in its stream that a reader of the contracts *heard* is given;
    0 when there is none, or when the maker does not tell."""
    service = message.type.partition(".")[0]
    last = 0
    for part in message.follows.split():
        contract, _, version = part.rpartition("=")
        if f"{service}.{contract}" in heard and version.isdecimal() and len(version) <= DIGITS:
            last = max(last, int(version) if int(version) < message.streamversion else 0)
    return last


@dataclass(slots=True)
class Past:
    """A stream up to *version*: the last promise of each contract, which is named without its service."""

    version: int = 0
    promised: dict[str, int] = field(default_factory=dict)

    def add(self, version: int, promise: BaseModel | None) -> None:
        self.version = version
        if promise is not None:
            self.promised[contract_of(promise).partition(".")[2]] = version

    def __str__(self) -> str:
        return " ".join([f"{contract}={version}" for contract, version in self.promised.items()])


class Trail:
    """Goes through a log, or through parts of it, and tells of each promise what it follows."""

    def __init__(
        self, store: Store, publish: Callable[[Recorded[Any]], BaseModel | None], *, streams: int = STREAMS
    ) -> None:
        self._store = store
        self._publish = publish
        self._size = streams
        self._pasts: OrderedDict[str, Past] = OrderedDict()

    async def meet(self, facts: Sequence[Recorded[Any]]) -> None:
        """Read in one go what `follows` would have to read, stream by stream, to tell of *facts*, which stand in the
        log's order. Raises the store's errors."""
        first: dict[str, int] = {}
        for fact in facts:
            first.setdefault(fact.stream, fact.version)
        unknown = {stream for stream, version in first.items() if version > 1 and not self._reaches(stream, version)}
        asked = {fact.stream for fact in facts if fact.stream in unknown and self._publish(fact) is not None}
        if asked:
            pasts = {stream: Past() for stream in asked}
            for earlier in await self._store.read_many({stream: first[stream] - 1 for stream in asked}):
                pasts[earlier.stream].add(earlier.version, self._publish(earlier))
            for stream, past in pasts.items():
                self._keep(stream, past)

    async def follows(self, fact: Recorded[Any], promise: BaseModel | None) -> str:
        """What *promise*, made of *fact*, follows. Private facts pass by here too, or the trail of their stream is lost
        and must be read again. Raises the store's errors."""
        if self._reaches(fact.stream, fact.version):
            past = self._pasts[fact.stream]
        elif promise is None and fact.version > 1:
            return ""  # nobody asks; the next promise will
        else:
            past = await self._read(fact)
        follows = str(past)
        past.add(fact.version, promise)
        self._keep(fact.stream, past)
        return follows

    def _reaches(self, stream: str, version: int) -> bool:
        """Whether all that stands in *stream* before *version* is at hand, and nothing else."""
        past = self._pasts.get(stream)
        return past is not None and past.version == version - 1

    async def _read(self, fact: Recorded[Any]) -> Past:
        """What stands in the stream before *fact*."""
        past = Past()
        if fact.version > 1:
            for earlier in await self._store.read(fact.stream, limit=fact.version - 1):
                past.add(earlier.version, self._publish(earlier))
        return past

    def _keep(self, stream: str, past: Past) -> None:
        self._pasts[stream] = past
        self._pasts.move_to_end(stream)
        if len(self._pasts) > self._size:
            self._pasts.popitem(last=False)
