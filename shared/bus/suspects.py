"""Messages that were given before and never settled: one of them may be what killed their readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Protocol

from shared.bus import topology

SUSPECT = 3  # deliveries in vain
TRIED = 2  # and then so often alone, before one is given up


def most() -> int:
    """Deliveries after which a killer is given up; the other half is left to those who were in hand with it."""
    return max(SUSPECT + TRIED, topology.DELIVERY_LIMIT // 2)


class Given(Protocol):
    @property
    def headers(self) -> Any: ...


class Company:
    """How a message is handled that may go beside others, and with hope."""

    def aside(self) -> AbstractAsyncContextManager[None]:
        """While the message waits for others of its stream."""
        return nullcontext()

    def is_hopeless(self) -> bool:
        """Asked when it has its turn; True when it must not even be tried."""
        return False


class Alone(Company):
    """How a suspect is handled: no other one meanwhile, except while it stands aside."""

    def __init__(self, suspects: Suspects, message: Given) -> None:
        self._suspects = suspects
        self._message = message
        self._held = False

    async def take(self) -> None:
        await self._suspects.alone.acquire()
        self._held = True

    def leave(self) -> None:
        if self._held:
            self._held = False
            self._suspects.alone.release()

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        self.leave()
        yield
        await self.take()

    def is_hopeless(self) -> bool:
        first, self._suspects.met = not self._suspects.met, True
        return first and deliveries(self._message) >= most()


class Suspects:
    """Takes suspects one at a time, so that a process that dies of one has settled all that it took before.

    The broker counts deliveries, and a death counts against everything that was in hand. In the next life the first
    suspect that is taken is the one that the process died of; when it has been given too often it is given up untried,
    and those behind it are taken as ever. Without this the broker would bury the innocent with it, all at the same
    limit. For this they are taken in the order in which they are given; only one that waits for others of its stream
    stands aside, or it would keep from their turn the very ones that it waits for.
    """

    def __init__(self) -> None:
        self.alone = asyncio.Lock()
        self.met = False

    @asynccontextmanager
    async def turn(self, message: Given) -> AsyncIterator[Company]:
        """For the handling of one suspect, to the end of it."""
        place = Alone(self, message)
        await place.take()
        try:
            yield place
        finally:
            place.leave()


def deliveries(message: Given) -> int:
    """How often the broker gave it before this time."""
    return int(message.headers.get("x-delivery-count") or 0)
