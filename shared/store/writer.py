"""Writes appends: those that wait together go in one call, each is judged alone, and none is done twice or lost."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from shared.store.connect import BY_INDEX, Connection, connect, is_lost
from shared.store.group import Waiting, statement, take
from shared.store.types import Appended, Repeated, StaleVersion, StoreUnavailable

APPENDED, REPEATED, STALE = 0, 1, 2
LOST_RACE = ((STALE,), (0,), (None,), None)  # what the database would have said of an append, had it looked first

# A call takes a third of a millisecond and hardly more for ten appends: so few wait for those who are just answered, to
# go together; more go at once.
FEW = 10
HELD_UP_SECONDS = 0.05

RETRIED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
BUSY = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)

FIND_SQL = "SELECT version, recorded_at FROM facts WHERE id = $1"

log = logging.getLogger(__name__)


class Lane:
    """One connection's place: the connection comes and goes, the number of lanes stays."""

    def __init__(self) -> None:
        self.connection: Connection | None = None

    @property
    def usable(self) -> bool:
        return self.connection is not None and not self.connection.is_closed()

    def drop(self) -> None:
        if self.connection is not None:
            self.connection.terminate()
            self.connection = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the database said of a group."""

    group: Sequence[Waiting]
    said: Any  # outcomes, versions before, first answers, moment


class Writer:
    """A queue of appends and the connections that empty it.

    An append that finds nothing under way is sent by its own caller: that spares two switches of tasks. All others wait
    and go together: one connection that never rests is faster than several that wait for each other's flush to the
    disk. Another joins in only when the first is held up.

    After a lost connection an append is sent again until its deadline: a fact's id tells whether an earlier try of the
    same append was committed after all. `appended` is called after every commit that wrote a fact.
    """

    def __init__(self, url: str, connections: int, appended: Callable[[], None]) -> None:
        self._url = url
        self._appended = appended
        self._queue: deque[Waiting] = deque()
        self._busy: set[object] = set()  # streams and keys on their way: two connections would only wait for each other
        self._lanes = [Lane() for _ in range(connections)]
        self._free: list[Lane] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._look: asyncio.TimerHandle | None = None  # at whether those under way are held up
        self._heard_at = 0.0
        self._open = False

    def start(self) -> None:
        self._free, self._open = list(self._lanes), True

    async def stop(self) -> None:
        self._open, self._free = False, []
        if self._look is not None:
            self._look.cancel()
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
            if judged := await self._send_on(lane, [one]):
                self._answer(judged)
        finally:
            self._release(lane)
            self._dispatch()

    def _dispatch(self) -> None:
        """See to it that what waits is sent: by a lane at rest, or else by those under way, if they are not held up."""
        if not self._queue or not self._free:
            return
        now = asyncio.get_running_loop().time()
        if len(self._free) == len(self._lanes) or now - self._heard_at > HELD_UP_SECONDS:
            task = asyncio.create_task(self._work(self._free.pop()), name="append")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif self._look is None:
            self._look = asyncio.get_running_loop().call_later(HELD_UP_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._look = None
        self._dispatch()

    def _release(self, lane: Lane) -> None:
        if self._open:
            self._free.append(lane)

    async def _work(self, lane: Lane) -> None:
        """Send what waits until nothing does, or only what another connection will take when it has its answer."""
        judged: Judged | None = None
        try:
            while judged or self._queue:
                if judged and len(judged.group) == 1 and not self._queue:
                    break  # whoever comes next sends for themselves
                if judged and (len(self._queue) < FEW or not lane.usable):
                    self._answer(judged)
                    judged = None
                    await asyncio.sleep(0)  # who was answered may have more, and all of it goes together
                elif not lane.usable:
                    lane.connection = await self._connected()
                elif group := take(self._queue, self._busy):
                    if judged:  # the database goes on while those are answered who wait for it
                        asyncio.get_running_loop().call_soon(self._answer, judged)
                        judged = None
                    judged = await self._send_on(lane, group)
                else:
                    break
        finally:
            if judged:
                self._answer(judged)
            self._release(lane)

    async def _send_on(self, lane: Lane, group: Sequence[Waiting]) -> Judged | None:
        """Write *group*; what the database said of it, if its callers are yet to be answered."""
        names = {name for one in group for name in one.names}
        self._busy |= names
        connection, judged, good = lane.connection, None, False
        try:
            if connection is not None:
                judged, good = await self._send(connection, group)
        finally:
            self._heard_at = asyncio.get_running_loop().time()
            self._busy -= names
            if not good:
                lane.drop()
        return judged

    async def _connected(self) -> Connection | None:
        try:
            return await connect(self._url, settings=BY_INDEX)
        except Exception as fault:  # whatever it is, those who wait must hear of it in time
            log.warning("no connection to append with: %r", fault)
            self._give_up_on_the_late(fault)
            await asyncio.sleep(0.1)
            return None

    def _give_up_on_the_late(self, fault: BaseException) -> None:
        now = asyncio.get_running_loop().time()
        for one in [one for one in self._queue if one.deadline <= now]:
            self._queue.remove(one)
            one.fail(unavailable(fault))

    async def _send(self, connection: Connection, group: Sequence[Waiting]) -> tuple[Judged | None, bool]:
        """Write *group*; what was said of it, None when its callers are seen to, and whether the connection is good."""
        try:
            sql, values = statement(group)
            said = await connection.fetchrow(sql, *values)
        except asyncio.CancelledError:
            for one in group:
                one.fail(StoreUnavailable("the store was closed during the append"))
            raise
        except RETRIED as fault:
            self._again(group, fault)
            return None, True
        except Exception as fault:
            if is_lost(fault, connection):
                log.warning("the connection was lost during an append: %r", fault)
                for one in group:
                    one.sent = True
                self._again(group, fault)
                return None, False
            if not (len(group) == 1 and is_lost_race(fault)):
                return None, await self._one_by_one(connection, group, fault)
            said = LOST_RACE
        judged = Judged(group, said)
        if not any(one.sent for one in group):
            return judged, True
        await self._answer_in_doubt(connection, judged)
        return None, True

    async def _one_by_one(self, connection: Connection, group: Sequence[Waiting], fault: Exception) -> bool:
        """One of *group* cannot be written, or lost a race that broke the call for all: write each by itself."""
        if len(group) == 1:
            group[0].fail(unavailable(fault) if isinstance(fault, BUSY) else fault)
            return True
        for place, one in enumerate(group):
            judged, good = await self._send(connection, [one])
            if judged:
                self._answer(judged)
            if not good:
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

    def _answer(self, judged: Judged) -> None:
        wrote = False
        outcomes, bases, answers, written_at = judged.said
        for place, one in enumerate(judged.group):
            if outcomes[place] == APPENDED:
                wrote = wrote or bool(one.ids)
                one.written(bases[place] + len(one.ids), written_at)
            else:
                self._answer_unwritten(one, outcomes[place], answers[place])
        if wrote:
            self._appended()

    async def _answer_in_doubt(self, connection: Connection, judged: Judged) -> None:
        """An earlier try, whose answer was lost, may have written some of these appends: their facts' ids tell."""
        try:
            for one, outcome in zip(judged.group, judged.said[0], strict=True):
                doubtful = outcome != APPENDED and one.sent and one.ids
                if doubtful and (found := await connection.fetchrow(FIND_SQL, one.ids[-1])):
                    one.written(found["version"], found["recorded_at"])
                    self._appended()
        except Exception as fault:  # still not known: ask again
            self._again([one for one in judged.group if not one.answer.done()], fault)
        else:
            self._answer(judged)

    def _answer_unwritten(self, one: Waiting, outcome: int, result: bytes | None) -> None:
        if outcome == REPEATED:
            one.settle(Repeated(result=result or b""))
        elif one.append.expected is None:  # any version will do: only a race with another process was lost
            self._again([one], StaleVersion())
        else:
            one.fail(StaleVersion())


def is_lost_race(fault: Exception) -> bool:
    """Whether another process wrote to the stream first; read models may have keys of their own to break."""
    return isinstance(fault, asyncpg.UniqueViolationError) and fault.table_name == "facts"


def unavailable(fault: BaseException) -> StoreUnavailable:
    error = StoreUnavailable(f"the store did not answer in time: {fault!r}")
    error.__cause__ = fault
    return error
