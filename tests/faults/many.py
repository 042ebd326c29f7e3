"""Sixteen writers, many facts: appends that roll back, backends that are killed, and a ledger of what was answered."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import asyncpg

from shared.domain import Row
from shared.store import Appended, StoreUnavailable
from shared.store.keys import KeyRing
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.store.parcel import Moved, append, parcel, stream

PROCESSES, WRITERS = 4, 4  # writers of each process, each with a store: in one store they would write together
MOST = 10  # facts of one append
ROLLED_BACK = 0.05
STREAM_LENGTH = 60  # facts, and a writer begins another stream
SCHEMA = "CREATE TABLE IF NOT EXISTS tolls (id uuid PRIMARY KEY, paid integer NOT NULL CHECK (paid > 0))"
VICTIM_SQL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT $1"""
WRITERS_SQL = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%INTO facts%'"""

_processes = get_context("forkserver")


@dataclass
class Told:
    """Ids of facts of appends that were acknowledged; how many appends were so, were refused, or nobody knows of."""

    done: set[bytes] = field(default_factory=set)
    acknowledged: int = 0
    refused: int = 0
    unknown: int = 0

    @classmethod
    def read(cls, path: Path) -> "Told":
        content = path.read_bytes()
        numbers, ids = content[:24], content[24:]
        done = {ids[n : n + 16] for n in range(0, len(ids), 16)}
        assert len(done) * 16 == len(ids), "an id was acknowledged twice"
        return cls(done, *(int.from_bytes(numbers[n : n + 8]) for n in (0, 8, 16)))


@dataclass
class Writers:
    """Processes that write until each has *facts* acknowledged; their ledgers lie in *folder*."""

    url: str
    folder: Path
    facts: int
    seed: int

    async def run(self) -> list[Told]:
        share = self.facts // PROCESSES
        files = [self.folder / f"ledger-{n}" for n in range(PROCESSES)]
        running = [
            _processes.Process(target=_work, args=(self.url, file, share, self.seed + n))
            for n, file in enumerate(files)
        ]
        for one in running:
            one.start()
        for one in running:
            await asyncio.to_thread(one.join)
        assert [one.exitcode for one in running] == [0] * PROCESSES
        return [Told.read(file) for file in files]


def _work(url: str, file: Path, facts: int, seed: int) -> None:
    file.write_bytes(asyncio.run(_write(url, facts, seed)))


async def _write(url: str, facts: int, seed: int) -> bytes:
    done: list[bytes] = []
    acknowledged = refused = unknown = 0

    async def writer(chance: random.Random) -> None:
        nonlocal acknowledged, refused, unknown
        store = PostgresStore(url, [parcel], KeyRing(bytes(32)))
        await insist_on_opening(store)
        name, version = stream(), 0
        try:
            while len(done) < facts:
                events = [Moved(place=str(version + n)) for n in range(chance.randint(1, MOST))]
                bad = chance.random() < ROLLED_BACK
                rows = [Row(table="tolls", values={"id": UUID(int=chance.getrandbits(128)), "paid": 0 if bad else 1})]
                try:
                    answer = await store.append(append(name, *events, expected=version, rows=rows))
                except asyncpg.CheckViolationError:
                    assert bad
                    refused += 1
                    continue
                except StoreUnavailable:
                    unknown += 1
                    name, version = stream(), 0
                    continue
                assert isinstance(answer, Appended)
                assert not bad, "a row that breaks a rule was written"
                acknowledged += 1
                done.extend(fact.id.bytes for fact in answer.facts)
                version = answer.version
                if version > STREAM_LENGTH:
                    name, version = stream(), 0
        finally:
            await store.close()

    chances = [random.Random(seed * 100 + n) for n in range(WRITERS)]  # noqa: S311 - a seed, not a secret
    await asyncio.gather(*map(writer, chances))
    return b"".join([number.to_bytes(8) for number in (acknowledged, refused, unknown)] + done)


async def insist_on_opening(store: PostgresStore) -> None:
    while True:
        try:
            return await store.open()
        except StoreUnavailable:  # its backend was among the killed
            await store.close()


async def follow(store: PostgresStore, sequencer: Sequencer, seen: list[bytes], ended: asyncio.Event) -> None:
    """Read the log as it grows, until nothing more can come; *seen* has the id at each position."""
    while True:
        last_word = ended.is_set()
        try:
            page = await store.read_log(len(seen), 1000)
            waiting = last_word and not page and await store.fetch("SELECT FROM pending LIMIT 1")
        except StoreUnavailable:
            continue
        seen.extend(fact.id.bytes for fact in page)
        if last_word and not page and not waiting:
            return
        if not page:
            await sequencer.wait_beyond(len(seen), 0.2)


@dataclass
class Seen:
    """How many backends were killed, and how many at most were there at one moment whose last word was an append."""

    killed: int = 0
    writers: int = 0


@asynccontextmanager
async def backends_killed(url: str, every: float) -> AsyncIterator[Seen]:
    """One backend of the database dies *every* so many seconds; several at once where this loop was late."""
    seen, began = Seen(), time.monotonic()

    async def kill() -> None:
        connection = await asyncpg.connect(url)
        try:
            while True:
                await asyncio.sleep(every)
                seen.writers = max(seen.writers, await connection.fetchval(WRITERS_SQL))
                due = int((time.monotonic() - began) / every) - seen.killed
                seen.killed += len(await connection.fetch(VICTIM_SQL, due))
        finally:
            await connection.close(timeout=5)

    task = asyncio.create_task(kill())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def idle_transaction(admin: str) -> AsyncIterator[None]:
    """Somebody in another database of the cluster has written something and not committed, all the time."""
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute("BEGIN; CREATE TEMPORARY TABLE idle (n integer); INSERT INTO idle VALUES (1)")
        yield
        assert await connection.fetchval("SELECT count(*) FROM idle") == 1, "the transaction did not last"
    finally:
        await connection.close(timeout=5)
