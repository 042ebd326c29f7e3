"""One message of a stream at a time, the lowest version first, none before its predecessor; streams side by side."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from bisect import insort
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field

LOOK = 0.25  # seconds between looks at whether a missing message has come
LOOKS = 20  # and then it is not waited for any longer
HASTY = 60.0  # seconds after a wait in vain in which a single look must do
STREAMS = 20_000  # of which it is known at hand what was settled

Aside = Callable[[], AbstractAsyncContextManager[None]]

log = logging.getLogger(__name__)


class Abandoned(Exception):
    """The service is going away in the middle of a wait: the message stays with the broker."""


@dataclass(slots=True)
class Waiter:
    """A message in hand; it must not go before *follows*, a version of its stream, is settled; 0 is none."""

    version: int
    arrival: int
    follows: int
    call: asyncio.Future[None] | None = None
    abandoned: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.version, self.arrival

    async def called(self, within: float | None) -> bool:
        """Wait for a sign that things may have changed; False when there was none in time. Raises Abandoned."""
        self.call = asyncio.get_running_loop().create_future()
        try:
            done, _ = await asyncio.wait({self.call}, timeout=within)
        finally:
            self.call = None
        self.raise_if_abandoned()
        return bool(done)

    def raise_if_abandoned(self) -> None:
        if self.abandoned:
            raise Abandoned

    def wake(self) -> None:
        if self.call is not None and not self.call.done():
            self.call.set_result(None)


@dataclass(slots=True)
class Line:
    """The messages of one stream that are in hand."""

    waiters: list[Waiter] = field(default_factory=list)  # the one that goes is among them
    goes: Waiter | None = None

    def is_free_for(self, one: Waiter) -> bool:
        return self.goes is None and self.waiters[0] is one

    def leave(self, one: Waiter) -> None:
        self.waiters.remove(one)
        if self.goes is one:
            self.goes = None
        if self.goes is None and self.waiters:
            self.waiters[0].wake()

    def abandon(self, before: int) -> None:
        """All that wait and arrived before; the one that goes has its own way to end."""
        for one in self.waiters:
            if one is not self.goes and one.arrival < before:
                one.abandoned = True
                one.wake()


class Turns:
    """Lets the messages of each stream go in the order of their versions, in whatever order they come.

    *heard_up_to* tells from the database the highest version of a stream that was settled, in this life or before. It
    is asked only for a message that has a predecessor, where memory cannot say that this one is settled. A message
    whose predecessor does not come goes on in the end: it is counted in `gaps`. The waiting is counted in looks, so
    that a process that was stopped for a while has not waited meanwhile.

    After a wait in vain only one look is taken for a minute. What is turned around in the queue is in hand by then;
    but an inbox that was bound anew, or a database that does not know what was settled without an effect before such
    messages were written down, would wait for each of its streams.
    """

    def __init__(
        self,
        heard_up_to: Callable[[str], Awaitable[int]],
        *,
        look: float = LOOK,
        looks: int = LOOKS,
        streams: int = STREAMS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gaps = 0
        self._heard_up_to = heard_up_to
        self._look, self._looks, self._size, self._clock = look, looks, streams, clock
        self._settled: OrderedDict[str, int] = OrderedDict()  # may be behind the database, never before it
        self._lines: dict[str, Line] = {}
        self._arrivals = itertools.count()
        self._hasty_until = float("-inf")
        self._left = 0  # what arrived before is no longer waited for

    @property
    def hasty(self) -> bool:
        """Whether a message was waited for in vain a short while ago."""
        return self._clock() < self._hasty_until

    @asynccontextmanager
    async def turn(self, stream: str, version: int, follows: int, aside: Aside = nullcontext) -> AsyncIterator[None]:
        """For the handling of one message, which is settled at the end of the block; it waits for others in *aside*.

        Raises Abandoned when the service leaves before its turn; what comes behind a message that was left with the
        broker is left there too.
        """
        line = self._lines.setdefault(stream, Line())
        one = Waiter(version, next(self._arrivals), follows)
        insort(line.waiters, one, key=lambda waiter: waiter.place)
        try:
            await self._until_free(stream, line, one, aside)
            line.goes = one
            yield
            self._note(stream, version)
        except BaseException:
            line.abandon(self._left)
            raise
        finally:
            line.leave(one)
            if not line.waiters:
                del self._lines[stream]

    def leave(self) -> None:
        """None that is in hand now waits for a missing one any more; behind one that goes it still has its turn."""
        self._left = next(self._arrivals)
        for line in self._lines.values():
            if line.goes is None:
                line.abandon(self._left)

    async def _until_free(self, stream: str, line: Line, one: Waiter, aside: Aside) -> None:
        looks = 0
        while True:
            one.raise_if_abandoned()
            if not line.is_free_for(one):
                async with aside():
                    await one.called(within=None)
                continue
            if self._may_go(stream, one):
                return
            self._note(stream, await self._heard_up_to(stream))
            if not line.is_free_for(one) or self._may_go(stream, one):
                continue
            if one.arrival < self._left:
                raise Abandoned
            if looks >= (1 if self.hasty else self._looks):
                self._give_up_waiting(stream, one)
                return
            async with aside():
                looks += not await one.called(within=self._look)

    def _may_go(self, stream: str, one: Waiter) -> bool:
        """Also where it is a copy, or comes after those that waited for it in vain."""
        return self._settled.get(stream, 0) >= one.follows

    def _give_up_waiting(self, stream: str, one: Waiter) -> None:
        self.gaps += 1
        self._hasty_until = self._clock() + HASTY
        log.warning("%s: version %d goes on without version %d, which did not come", stream, one.version, one.follows)

    def _note(self, stream: str, version: int) -> None:
        self._settled[stream] = max(version, self._settled.get(stream, 0))
        self._settled.move_to_end(stream)
        if len(self._settled) > self._size:
            self._settled.popitem(last=False)
