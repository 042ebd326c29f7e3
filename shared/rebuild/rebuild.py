"""Makes a service's read models anew from its facts, or compares them with what the facts say, while it goes on.

What the tables show of a stream is view(fold(its facts)). A rebuild folds all streams into shadow tables, folds again
those that were appended to meanwhile, until hardly any are left, and then locks writers out for a moment: in one
transaction the last streams are caught up with and the shadows take the live tables' place.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from shared.rebuild.differences import Difference, differences
from shared.rebuild.refold import Refold, Source
from shared.rebuild.shadow import NotRebuildable, Shadow, drop_shadows, read_models
from shared.rebuild.workers import Workers
from shared.store.connect import Connection, connect
from shared.store.tip import LAST_SQL

LOCK = 0x10_4D_5C_4F  # any number, as long as all who rebuild take the same
SETTINGS = {"jit": "off", "work_mem": "64MB", "maintenance_work_mem": "128MB", "application_name": "rebuild"}
STATEMENT_SECONDS = 3600.0  # nobody waits for these statements

CHUNK_FACTS = 20_000  # what a worker takes at a time
CHUNK_STREAMS = 500
FEW_STREAMS = 20  # as many are caught up with while writers wait
MOST_ROUNDS = 100

# A writer gives up after two seconds. So does a rebuild long before that, sets the writers free and tries again.
LOCK_SECONDS = (0.2, 0.4, 0.8, 1.2)  # the last outlasts a vacuum, which yields to a waiting lock after a second
SWAP_SECONDS = 0.5
TRIES = 60

BOUNDS_SQL = """SELECT DISTINCT stream FROM (
    SELECT stream, row_number() OVER (ORDER BY stream, version) AS n FROM facts) f WHERE n % $1 = 0 ORDER BY stream"""

# Facts without a position are pending: whatever was committed after position $1 was read is in one of the two.
CHANGED_SQL = """SELECT f.stream, max(f.version) AS version FROM facts f WHERE f.id IN (
    SELECT fact FROM log WHERE position > $1 UNION ALL SELECT fact FROM pending) GROUP BY f.stream ORDER BY f.stream"""


class Busy(Exception):
    """Another process rebuilds these tables, or readers never let go of them."""


@dataclass(slots=True)
class Progress:
    """What has been done so far; the callback gets the same object each time."""

    stage: str = "counting"  # counting, folding, indexing, catching up, swapping, comparing
    facts: int = 0
    total: int = 0
    streams: int = 0
    caught_up: int = 0  # streams that were folded again
    seconds: float = 0.0
    locked_seconds: float = 0.0  # for how long a writer may have had to wait
    tables: tuple[str, ...] = ()


Told = Callable[[Progress], None]


@dataclass(slots=True)
class Run:
    """One rebuild or reconciliation on its own connection."""

    source: Source
    connection: Connection
    shadow: Shadow
    refold: Refold
    tell: Told
    progress: Progress
    position: int = 0
    caught: dict[str, int] = field(default_factory=dict)  # stream -> the version it was caught up with
    started: float = field(default_factory=time.monotonic)

    def at(self, stage: str) -> None:
        self.progress.stage = stage
        self.told()

    def told(self) -> None:
        self.progress.seconds = time.monotonic() - self.started
        self.tell(self.progress)

    async def fill(self, workers: int) -> None:
        """Fold every stream into the shadow tables, each at some version it had since `position`."""
        self.position = await self.connection.fetchval(LAST_SQL)
        self.progress.total = await self.connection.fetchval("SELECT count(*) FROM facts")
        bounds = [row["stream"] for row in await self.connection.fetch(BOUNDS_SQL, CHUNK_FACTS)]
        chunks = list(zip(["", *bounds], [*bounds, None], strict=True))
        self.at("folding")
        async with Workers(self.source, self.shadow, min(workers, len(chunks))) as pool:
            async for done in pool.fold(chunks):
                self.progress.facts += done.facts
                self.progress.streams += done.streams
                self.refold.opens_texts = self.refold.opens_texts or done.opened_texts
                self.told()

    async def catch_up(self) -> int:
        """Fold again what was appended to; how many streams. In a transaction that sees one moment: shadow = fold."""
        changed = {row["stream"]: row["version"] for row in await self.connection.fetch(CHANGED_SQL, self.position)}
        self.position = await self.connection.fetchval(LAST_SQL)
        streams = [stream for stream, version in changed.items() if self.caught.get(stream) != version]
        pieces = [streams[n : n + CHUNK_STREAMS] for n in range(0, len(streams), CHUNK_STREAMS)]
        for piece in pieces:  # all before any: a row may have gone from one stream to another
            await self.shadow.forget(self.connection, piece)
        for piece in pieces:
            await self.shadow.write(self.connection, (await self.refold.of(piece)).rows)
        self.caught.update(changed)
        self.progress.caught_up += len(streams)
        self.told()
        return len(streams)

    async def catch_up_alone(self) -> int:
        async with self.connection.transaction(isolation="repeatable_read"):
            return await self.catch_up()

    async def swap(self) -> None:
        for attempt in range(TRIES):
            for _ in range(MOST_ROUNDS):
                if await self.catch_up_alone() <= FEW_STREAMS:
                    break
            known = self.position, dict(self.caught)
            try:
                await self._swap_now(LOCK_SECONDS[min(attempt, len(LOCK_SECONDS) - 1)])
                return
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, TimeoutError):
                self.position, self.caught = known  # what the transaction had caught up with is undone
                await asyncio.sleep(0.05 * (attempt + 1))  # let those through who waited
        raise Busy("somebody holds the read-model tables all the time (a backup?): run it again later")

    async def _swap_now(self, lock_seconds: float) -> None:
        """The tables are locked against writers first, and against readers only for the exchange itself.

        A lock on the tables makes the last catching up exact: an append holds its own lock on the tables it writes
        until it has committed, so its facts are seen here; or it has not got it yet, and will write its rows, on top of
        what stands here, into the tables it finds afterwards.
        """
        names = ", ".join(table.live for table in self.shadow.tables.values())
        asked = time.monotonic()
        try:
            # No snapshot is taken before the lock is held: LOCK needs none.
            async with self.connection.transaction(isolation="repeatable_read"):
                await self.connection.execute(f"SET LOCAL lock_timeout = {int(lock_seconds * 1000)}")
                await self.connection.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
                async with asyncio.timeout(SWAP_SECONDS):
                    await self.catch_up()
                    await self.connection.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
                    await self.shadow.swap(self.connection)
        finally:
            self.progress.locked_seconds = max(self.progress.locked_seconds, time.monotonic() - asked)


async def rebuild(source: Source, *, workers: int = 2, tell: Told = lambda _: None) -> Progress:
    """Make every read-model table of the database anew; *source.url* is its owner's. The service may go on meanwhile.

    Raises NotRebuildable, SchemaChanged, Busy, LogBroken or KeyMissing; the live tables are then as they were.
    """
    async with begun(source, tell) as run:
        await run.fill(workers)
        run.at("catching up")
        await run.catch_up_alone()  # now the shadow shows one moment, and what is unique in it must be
        run.at("indexing")
        try:
            await run.shadow.index(run.connection)
        except asyncpg.UniqueViolationError as fault:
            twice = "" if run.refold.opens_texts else f" ({fault.detail})"
            raise NotRebuildable(f"two streams show what {fault.table_name} can hold only once{twice}") from fault
        run.at("swapping")
        await run.swap()
        run.at("done")
        return run.progress


async def reconcile(
    source: Source, *, workers: int = 2, tell: Told = lambda _: None
) -> AsyncGenerator[Difference, None]:
    """Every difference between the live rows and a fresh fold, at one moment; the live tables are only read.

    No lock is needed: an append's facts and rows are committed together, so one snapshot has both or neither.
    """
    async with begun(source, tell) as run:
        await run.fill(workers)
        run.at("catching up")
        await run.catch_up_alone()
        async with run.connection.transaction(isolation="repeatable_read"):
            await run.catch_up()
            run.at("comparing")
            async for difference in differences(run.connection, run.shadow, texts=not run.refold.opens_texts):
                yield difference
        run.at("done")


@asynccontextmanager
async def begun(source: Source, tell: Told) -> AsyncIterator[Run]:
    """The only run on this database, with empty shadows; they are gone afterwards, however it ends."""
    connection = await connect(source.url, settings=SETTINGS, command_timeout=STATEMENT_SECONDS)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            raise Busy("another rebuild or reconciliation of this database is running")
        tables = await read_models(connection)
        if not tables:
            raise NotRebuildable("no table is marked as a read model: has the service of this version been started?")
        shadow = Shadow(tables)
        run = Run(source, connection, shadow, Refold(source, connection), tell, Progress())
        run.progress.tables = tuple(shadow.tables)
        run.told()
        await shadow.make(connection)
        try:
            yield run
        finally:
            await drop_shadows(connection)
    finally:
        await connection.close(timeout=10)
