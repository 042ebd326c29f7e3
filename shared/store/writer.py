"""Writes appends: those that wait together go in one call, each gets its own answer, and none is done twice or lost."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

import asyncpg

from shared.store.connect import OVERBURDENED
from shared.store.group import MOST_APPENDS, Waiting, take
from shared.store.lane import Lane
from shared.store.statements import judge, write
from shared.store.types import Appended, Repeated, StaleVersion, StoreUnavailable

# So many are worth a call of their own while another is under way; fewer wait for its end, and go with those who are
# answered then.
ENOUGH = 4
HELD_UP_SECONDS = 0.05

RETRIED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)

# Others were faster to use the same version, command or message; read models may have keys of their own to break.
RACED = {"facts", "commands", "inbox"}

log = logging.getLogger(__name__)


class Writer:
    """A queue of appends and the connections that empty it.

    An append that finds nothing under way is sent by its own caller: that spares two switches of tasks. All others wait
    and go together, and as long as they are few, on one connection: that is faster than several that wait for each
    other's flush to the disk. Many go in two halves, so that one is made ready while the database is at the other.

    A group is written wholly or not at all. Where something stands in the way of one, the database is asked about each,
    and those who are in nobody's way go again. So does, until its deadline, an append whose connection was lost: a
    fact's id tells whether an earlier try was committed after all. `appended` is called after every commit that wrote a
    fact.
    """

    def __init__(self, url: str, connections: int, appended: Callable[[], None]) -> None:
        self._appended = appended
        self._queue: deque[Waiting] = deque()
        self._busy: set[object] = set()  # streams and keys on their way: two connections would only wait for each other
        self._sent = 0  # appends on their way
        self._lanes = [Lane(url) for _ in range(connections)]
        self._free: list[Lane] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._next_look: asyncio.TimerHandle | None = None  # at those that wait
        self._open = False

    def start(self) -> None:
        self._free, self._open = list(self._lanes), True

    async def stop(self) -> None:
        self._open, self._free = False, []
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for lane in self._lanes:
            lane.drop()
        for one in self._queue:
            one.fail(StoreUnavailable("the store is closed"))
        self._queue.clear()

    async def write(self, one: Waiting) -> Appended | Repeated:
        if not self._open:
            raise StoreUnavailable("the store is not open")
        if not self._queue and len(self._free) == len(self._lanes) and self._free[-1].usable:
            await self._send_at_once(one)
        else:
            self._queue.append(one)
            self._dispatch()
        return await one.answer

    async def _send_at_once(self, one: Waiting) -> None:
        lane = self._free.pop()
        try:
            await self._send_on(lane, [one])
        finally:
            self._release(lane)
            self._dispatch()

    def _dispatch(self) -> None:
        """See to it that what waits is sent: by a lane at rest, or else by those under way, if they are not held up."""
        if not self._queue:
            return
        if self._free and ((len(self._queue) >= ENOUGH and self._half) or self._held_up):
            lane = self._free.pop()
            lane.began_at = asyncio.get_running_loop().time()
            task = asyncio.create_task(self._work(lane), name="append")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._next_look is None:
            self._next_look = asyncio.get_running_loop().call_later(HELD_UP_SECONDS, self._look)

    @property
    def _held_up(self) -> bool:
        """Whether none of the lanes, if any is at work, will soon have its answer."""
        since = asyncio.get_running_loop().time() - HELD_UP_SECONDS
        return all([lane.began_at < since for lane in self._lanes if lane not in self._free])

    @property
    def _half(self) -> int:
        """How many go in each of two calls; 0 where all go in one."""
        total = len(self._queue) + self._sent
        return (total + 1) // 2 if total >= 2 * ENOUGH else 0

    def _look(self) -> None:
        self._next_look = None
        self._give_up_on_the_late(TimeoutError("no connection was free in time"))
        self._dispatch()

    def _release(self, lane: Lane) -> None:
        if self._open:
            self._free.append(lane)

    async def _work(self, lane: Lane) -> None:
        """Send what waits until nothing does, or only what another connection will take when it has its answer."""
        try:
            while self._queue:
                if not lane.usable:
                    await self._connect(lane)
                elif group := take(self._queue, self._busy, self._half or MOST_APPENDS):
                    await self._send_on(lane, group)
                    if len(group) == 1 and not self._queue:
                        break  # whoever comes next sends for themselves
                    await asyncio.sleep(0)  # who was answered may have more, and all of it goes together
                else:
                    break
        finally:
            self._release(lane)

    async def _send_on(self, lane: Lane, group: Sequence[Waiting]) -> None:
        names = {name for one in group for name in one.names}
        self._busy |= names
        self._sent += len(group)
        good = False
        try:
            good = await self._send(lane, group)
        except asyncio.CancelledError:
            for one in group:
                one.fail(StoreUnavailable("the append was broken off"))
            raise
        finally:
            self._busy -= names
            self._sent -= len(group)
            if not good:
                lane.drop()

    async def _connect(self, lane: Lane) -> None:
        try:
            await lane.connect()
        except Exception as fault:  # whatever it is, those who wait must hear of it in time
            log.warning("no connection to append with: %r", fault)
            self._give_up_on_the_late(fault)
            await asyncio.sleep(0.1)

    def _give_up_on_the_late(self, fault: BaseException) -> None:
        now = asyncio.get_running_loop().time()
        if late := [one for one in self._queue if one.deadline <= now]:
            self._queue = deque(one for one in self._queue if one.deadline > now)
            for one in late:
                one.fail(unavailable(fault))

    async def _send(self, lane: Lane, group: Sequence[Waiting]) -> bool:
        """Write *group* and see to its callers; whether the connection is good."""
        try:
            if said := await _said(lane, group):
                self._answer(group, *said)
            else:
                await self._judge(lane, group)
        except RETRIED as fault:
            self._again(group, fault)
        except Exception as fault:
            if not lane.lost_by(fault):
                return await self._one_by_one(lane, group, fault)
            log.warning("an append goes on by another connection: %r", fault)
            self._again(group, fault)
            return False
        return True

    async def _one_by_one(self, lane: Lane, group: Sequence[Waiting], fault: Exception) -> bool:
        """One of *group* cannot be written, and which is not known: write each by itself."""
        if len(group) == 1:
            group[0].fail(unavailable(fault) if isinstance(fault, OVERBURDENED) else fault)
            return True
        loop = asyncio.get_running_loop()
        for place, one in enumerate(group):
            if one.deadline <= loop.time():
                one.fail(unavailable(fault))
            elif not await self._send(lane, [one]):
                self._again(group[place + 1 :], fault)
                return False
        return True

    def _again(self, group: Sequence[Waiting], fault: BaseException) -> None:
        now = asyncio.get_running_loop().time()
        for one in reversed(group):
            if one.deadline <= now or not self._open:
                one.fail(unavailable(fault))
            else:
                self._queue.appendleft(one)
        self._dispatch()

    def _answer(self, group: Sequence[Waiting], at: datetime, bases: list[int] | None) -> None:
        for place, one in enumerate(group):
            base = bases[place] if bases else one.append.expected or 0
            one.written(base + len(one.ids), at)
        if any([one.ids for one in group]):
            self._appended()

    async def _judge(self, lane: Lane, group: Sequence[Waiting]) -> None:
        """Tell those of *group* who stood in the way what is the matter, and send the others again."""
        sql, values = judge(group)
        free = []
        for one, found in zip(group, await lane.ask(sql, values), strict=True):
            if found["written"] is not None:
                one.written(found["written"], found["recorded_at"])
                self._appended()
            elif found["repeated"]:
                one.settle(Repeated(result=found["result"] or b""))
            elif one.append.expected not in (None, found["base"]):
                one.fail(StaleVersion())
            else:
                free.append(one)
        self._again(free, StaleVersion())


async def _said(lane: Lane, group: Sequence[Waiting]) -> tuple[datetime, list[int] | None] | None:
    """What the database says of *group* when it has written it; None when something stands in the way."""
    try:
        rows = await lane.ask(*write(group))
    except asyncpg.UniqueViolationError as fault:
        if fault.table_name in RACED:
            return None
        raise
    return (rows[0][0], rows[0][1]) if rows else None


def unavailable(fault: BaseException) -> StoreUnavailable:
    error = StoreUnavailable(f"the store did not answer in time: {fault!r}")
    error.__cause__ = fault
    return error
