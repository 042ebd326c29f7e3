"""One at a time for each stream, in order of arrival; different streams side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.store.types import StoreUnavailable

PATIENCE = 2.0  # seconds: where the database hangs, those behind must not wait for all before them


class StreamTurns:
    """A first-come-first-served lock for each stream that is being written to; nothing is kept of the others."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, stream: str) -> AsyncIterator[None]:
        """Raises StoreUnavailable when the turn does not come."""
        lock = self._locks.setdefault(stream, asyncio.Lock())
        self._waiting[stream] = self._waiting.get(stream, 0) + 1
        try:
            await (lock.acquire() if self._waiting[stream] == 1 else _acquired(lock))  # the first needs no clock
            try:
                yield
            finally:
                lock.release()
        finally:
            self._waiting[stream] -= 1
            if not self._waiting[stream]:
                del self._waiting[stream], self._locks[stream]


async def _acquired(lock: asyncio.Lock) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await lock.acquire()
    except TimeoutError:
        raise StoreUnavailable("another command on this stream is still being written") from None
