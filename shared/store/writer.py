"""Writes appends: those that wait together go in one call, each is judged alone, and none is done twice or lost."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from shared.store.connect import BY_INDEX, Connection, connect, is_lost
from shared.store.group import SQL, Waiting, arguments, take
from shared.store.types import Appended, Recorded, Repeated, StaleVersion, StoreUnavailable

APPENDED, REPEATED, STALE = 0, 1, 2

RETRIED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
BUSY = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)

FIND_SQL = "SELECT version, recorded_at FROM facts WHERE id = $1"

log = logging.getLogger(__name__)


class Writer:
    """A queue of appends and the connections that empty it.

    After a lost connection an append is sent again until its deadline: a fact's id tells whether an earlier try of the
    same append was committed after all. `appended` is called after every commit that wrote a fact.
    """

    def __init__(self, url: str, connections: int, appended: Callable[[], None]) -> None:
        self._url = url
        self._connections = connections
        self._appended = appended
        self._queue: deque[Waiting] = deque()
        self._busy: set[object] = set()  # streams and keys on their way: two connections would only wait for each other
        self._more = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._work(), name=f"append-{n}") for n in range(self._connections)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for one in self._queue:
            fail(one, StoreUnavailable("the store is closed"))
        self._queue.clear()

    async def write(self, one: Waiting) -> Appended | Repeated:
        if not self._tasks:
            raise StoreUnavailable("the store is not open")
        self._queue.append(one)
        self._more.set()
        return await one.answer

    async def _work(self) -> None:
        connection: Connection | None = None
        try:
            while True:
                if self._queue and (connection is None or connection.is_closed()):
                    connection = await self._connected()
                    continue
                if connection is None or not (group := take(self._queue, self._busy)):
                    self._more.clear()
                    await self._more.wait()
                    continue
                names = {name for one in group for name in one.names()}
                self._busy |= names
                try:
                    if not await self._send(connection, group):
                        connection.terminate()
                finally:
                    self._busy -= names
                    self._more.set()
        finally:
            if connection is not None:
                connection.terminate()

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
            fail(one, unavailable(fault))

    async def _send(self, connection: Connection, group: Sequence[Waiting]) -> bool:
        """Write *group* and answer its callers; False when the connection is of no more use."""
        try:
            judged = await connection.fetchrow(SQL, *arguments(group))
        except asyncio.CancelledError:
            for one in group:
                fail(one, StoreUnavailable("the store was closed during the append"))
            raise
        except RETRIED as fault:
            self._again(group, fault)
        except Exception as fault:
            if not is_lost(fault, connection):
                return await self._one_by_one(connection, group, fault)
            log.warning("the connection was lost during an append: %r", fault)
            for one in group:
                one.sent = True
            self._again(group, fault)
            return False
        else:
            await self._answer(connection, group, judged)
        return True

    async def _one_by_one(self, connection: Connection, group: Sequence[Waiting], fault: Exception) -> bool:
        """One of *group* cannot be written: find it, and write the others."""
        if len(group) == 1:
            fail(group[0], unavailable(fault) if isinstance(fault, BUSY) else fault)
            return True
        for place, one in enumerate(group):
            if not await self._send(connection, [one]):
                self._again(group[place + 1 :], fault)
                return False
        return True

    def _again(self, group: Sequence[Waiting], fault: BaseException) -> None:
        now = asyncio.get_running_loop().time()
        for one in reversed(group):
            if one.deadline <= now:
                fail(one, unavailable(fault))
            else:
                self._queue.appendleft(one)
        self._more.set()

    async def _answer(self, connection: Connection, group: Sequence[Waiting], judged: Any) -> None:
        wrote = False
        outcomes, bases, answers, written_at = judged
        for one, outcome, base, result in zip(group, outcomes, bases, answers or [None] * len(group), strict=True):
            if outcome == APPENDED:
                wrote = wrote or bool(one.ids)
                answer(one, appended(one, base + len(one.ids), written_at))
            elif one.sent and one.ids:
                await self._answer_from_facts(connection, one, outcome, result)
            else:
                self._answer_unwritten(one, outcome, result)
        if wrote:
            self._appended()

    async def _answer_from_facts(
        self, connection: Connection, one: Waiting, outcome: int, result: bytes | None
    ) -> None:
        """An earlier try, whose answer was lost, may have written this append: its facts' ids tell."""
        try:
            found = await connection.fetchrow(FIND_SQL, one.ids[-1])
        except Exception as fault:  # still not known: ask again
            self._again([one], fault)
            return
        if found is None:
            self._answer_unwritten(one, outcome, result)
        else:
            answer(one, appended(one, found["version"], found["recorded_at"]))
            self._appended()

    def _answer_unwritten(self, one: Waiting, outcome: int, result: bytes | None) -> None:
        if outcome == REPEATED:
            answer(one, Repeated(result=result or b""))
        elif one.append.expected is None:  # any version will do: only a race with another process was lost
            self._again([one], StaleVersion())
        else:
            fail(one, StaleVersion())


def appended(one: Waiting, version: int, recorded_at: Any) -> Appended:
    append = one.append
    first = version - len(one.ids) + 1
    facts: list[Recorded[Any]] = [
        Recorded(
            id=id,
            stream=append.stream,
            version=first + n,
            kind=kind,
            event=event,
            context=append.context,
            recorded_at=recorded_at,
        )
        for n, (id, (kind, _), event) in enumerate(zip(one.ids, one.encoded, append.facts, strict=True))
    ]
    return Appended(version=version, facts=facts)


def unavailable(fault: BaseException) -> StoreUnavailable:
    error = StoreUnavailable(f"the store did not answer in time: {fault!r}")
    error.__cause__ = fault
    return error


def answer(one: Waiting, result: Appended | Repeated) -> None:
    if not one.answer.done():
        one.answer.set_result(result)


def fail(one: Waiting, error: BaseException) -> None:
    if not one.answer.done():
        one.answer.set_exception(error)
