"""Messages that were given before and never settled: one of them may be what killed their readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


class Suspects:
    """Takes suspects one at a time, so that a process that dies of one has settled all that it took before.

    The broker counts deliveries, and a death counts against everything that was in hand. In the next life the first
    suspect is the one that the process died of; when it has been given too often it is given up untried, and those
    behind it are taken as ever. Without this the broker would bury the innocent with it, all at the same limit.
    """

    def __init__(self) -> None:
        self._alone = asyncio.Lock()
        self._met = False

    @asynccontextmanager
    async def turn(self, message: Given) -> AsyncIterator[bool]:
        """For the handling of one suspect; True when it is to be given up."""
        async with self._alone:
            first, self._met = not self._met, True
            yield first and deliveries(message) >= most()


def deliveries(message: Given) -> int:
    """How often the broker gave it before this time."""
    return int(message.headers.get("x-delivery-count") or 0)
