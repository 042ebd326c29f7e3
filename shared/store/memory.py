"""The store that ends with its process: the same promises as PostgreSQL's, for tests of everything above."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.domain import Gone, Row
from shared.store.codec import Codec
from shared.store.group import encode_changes
from shared.store.ids import new_id
from shared.store.keys import KeyRing
from shared.store.leaf import Stored, fact_leaf
from shared.store.tip import Tip
from shared.store.types import Append, Appended, Category, Receipt, Recorded, Repeated, StaleVersion


class MemoryStore(Tip):
    """Facts are encoded and decoded as on disk; every append has its positions at once.

    `rows` are the read-model changes of the appends, oldest first.
    """

    def __init__(self, categories: Iterable[Category[Any, Any, Any]], keys: KeyRing | None = None) -> None:
        super().__init__()
        self.keys = keys or KeyRing(os.urandom(32))
        self.listeners: list[Callable[[], None]] = []
        self.rows: list[Row | Gone] = []
        self.leaves: list[bytes] = []
        self._codec = Codec(categories, self.keys)
        self._log: list[Stored] = []
        self._streams: defaultdict[str, list[int]] = defaultdict(list)  # stream -> positions
        self._receipts: dict[UUID, Receipt] = {}
        self._inbox: set[tuple[str, str]] = set()
        self._heard: dict[str, int] = {}
        self._checkpoints: dict[str, int] = {}

    async def open(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to leave."""

    async def append(self, append: Append) -> Appended | Repeated:
        ids = [new_id() for _ in append.facts]
        encoded = await self._codec.encode(append.stream, ids, append.facts)
        meta = self._codec.encode_context(append.context)
        encode_changes(append.rows)  # what cannot be sent fails here too
        # From here on nothing waits: the append is whole.
        if append.receipt and (known := self._receipts.get(append.receipt.id)):
            return Repeated(result=known.result)
        if append.heard and (append.heard.message, append.stream) in self._inbox:
            return Repeated(result=b"")
        version = len(self._streams.get(append.stream, ()))
        if append.expected is not None and append.expected != version:
            raise StaleVersion
        now = datetime.now(UTC)
        facts = [
            Stored(
                id=id, stream=append.stream, version=version + step, kind=kind, data=data, meta=meta, recorded_at=now
            )
            for step, (id, (kind, data)) in enumerate(zip(ids, encoded, strict=True), 1)
        ]
        self._keep(append, facts)
        recorded: list[Recorded[Any]] = [
            Recorded(
                id=fact.id,
                stream=fact.stream,
                version=fact.version,
                kind=fact.kind,
                event=event,
                context=append.context,
                recorded_at=now,
            )
            for fact, event in zip(facts, append.facts, strict=True)
        ]
        return Appended(version=version + len(facts), facts=recorded)

    def _keep(self, append: Append, facts: list[Stored]) -> None:
        if append.receipt:
            self._receipts[append.receipt.id] = append.receipt
        if append.heard:
            self._inbox.add((append.heard.message, append.stream))
            self._heard[append.heard.stream] = max(append.heard.version, self._heard.get(append.heard.stream, 0))
        self.rows.extend(append.rows)
        for fact in facts:
            self._log.append(fact)
            self.leaves.append(fact_leaf(fact))
            self._streams[append.stream].append(len(self._log))
        if facts:
            self._move(len(self._log))
            for listener in self.listeners:
                listener()

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded[Any]]:
        positions = self._streams.get(stream, [])[after:]
        return await self._decoded(positions[:limit])

    async def read_many(self, versions: Mapping[str, int]) -> list[Recorded[Any]]:
        return [fact for stream, last in versions.items() for fact in await self.read(stream, limit=last)]

    async def read_log(
        self, after: int, limit: int = 1000, kinds: Collection[str] | None = None
    ) -> list[Recorded[Any]]:
        positions = range(after + 1, len(self._log) + 1)
        wanted = [p for p in positions if kinds is None or self._log[p - 1].kind in kinds]
        return await self._decoded(wanted[:limit])

    async def receipt(self, id: UUID) -> Receipt | None:
        return self._receipts.get(id)

    async def heard_up_to(self, stream: str) -> int:
        return self._heard.get(stream, 0)

    async def checkpoint(self, reader: str) -> int:
        return self._checkpoints.get(reader, 0)

    async def move_checkpoint(self, reader: str, position: int) -> None:
        self._checkpoints[reader] = position

    async def fetch(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        raise TypeError("a memory store has no tables to query")

    async def _decoded(self, positions: Iterable[int]) -> list[Recorded[Any]]:
        return await self._codec.decode([(self._log[position - 1], position) for position in positions])
