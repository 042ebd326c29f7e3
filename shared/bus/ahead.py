"""The log read page by page, the next one while the last is being sent."""

from __future__ import annotations

import asyncio
from typing import Any

from shared.store.types import LogBroken, Recorded, Store

PAGE = 250  # facts


class Ahead:
    """Pages of the log behind position *after*; to be closed, for it may be reading."""

    def __init__(self, store: Store, after: int) -> None:
        self.read = after
        self._store = store
        self._next: asyncio.Task[list[Recorded[Any]]] | None = None

    async def page(self) -> list[Recorded[Any]]:
        """The next facts, none at the log's end; raises LogBroken where a position is missing."""
        reading, self._next = self._next, None
        facts = await (reading or self._store.read_log(self.read, PAGE))
        for fact in facts:
            if fact.position != self.read + 1:
                raise LogBroken(f"the log has a hole after position {self.read}")
            self.read = fact.position
        if len(facts) == PAGE:
            self._next = asyncio.create_task(self._store.read_log(self.read, PAGE), name="page ahead")
        return facts

    async def close(self) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait({self._next})
            if not self._next.cancelled():
                self._next.exception()  # nobody wants to know any more
