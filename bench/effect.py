"""From a fact's write to its effect's write in another service: sequencer, relay, broker, inbox; two processes.

Both moments are stamped by the database server in the transaction that writes the fact, so the difference holds one
whole commit, whichever of the two it is. `python -m bench.effect DATABASE BROKER` is the hearing service.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict

from bench.append import TABLE
from bench.report import Measurement, percentile
from bench.sample import Note, Noted, context, note, notes
from deploy.servers.admin import drop_database, make_database
from shared.bus.consumer import Consumers
from shared.bus.hearing import Hearing, Wish
from shared.bus.relay import Relay
from shared.store.execute import Executor
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from shared.store.types import Append, Heard, Recorded

SPEEDS = (50, 500)
EFFECTS = """
SELECT extract(epoch FROM recorded_at) * 1000 AS at, convert_from(meta, 'UTF8')::jsonb ->> 'causation' AS cause
FROM facts
"""
CAUSES = "SELECT id::text, extract(epoch FROM recorded_at) * 1000 AS at FROM facts"


class NoteTaken(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    contract: ClassVar[str] = "writing.note_taken.v1"

    note_id: UUID
    number: int


def publish(fact: Recorded[Any]) -> BaseModel | None:
    return NoteTaken(note_id=fact.stream_id, number=fact.event.number) if isinstance(fact.event, Noted) else None


def hear(promise: NoteTaken, _: Heard) -> Iterable[Wish]:
    yield Wish(category=notes, id=promise.note_id, command=Note(number=promise.number, text="heard"))


async def listen(database: str, broker: str) -> None:
    """The hearing service, until it is ended."""
    store = PostgresStore(database, [notes], KeyRing(os.urandom(32)))
    await store.open()
    consumers = Consumers(broker, "hearing", Executor(store), [Hearing(reads=NoteTaken, react=hear)])
    sequencer = Sequencer(store, Signer("bench", os.urandom(32)), origin="bench/hearing")
    await asyncio.gather(consumers.run(), sequencer.run(), _tell_when(consumers))


async def _tell_when(consumers: Consumers) -> None:
    while not consumers.attached:  # noqa: ASYNC110 - the broker decides
        await asyncio.sleep(0.01)
    print("attached", flush=True)


@asynccontextmanager
async def hearing(database: str, broker: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.effect", database, broker, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        await asyncio.wait_for(process.stdout.readline(), 30)
        yield
    finally:
        process.terminate()
        await process.wait()


async def write(store: PostgresStore, speed: int, seconds: float) -> int:
    """*speed* facts a second at even distances, each a command of its own."""
    started, sent = time.perf_counter(), 0
    async with asyncio.TaskGroup() as going:
        while sent < speed * seconds:
            wait = started + sent / speed - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            stream = notes.stream(uuid4())
            going.create_task(store.append(Append(stream=stream, expected=0, facts=[note(sent)], context=context())))
            sent += 1
    return sent


async def _arrived(database: str, count: int) -> None:
    connection = await asyncpg.connect(database)
    try:
        async with asyncio.timeout(60):
            while await connection.fetchval("SELECT count(*) FROM facts") < count:  # noqa: ASYNC110 - another process's
                await asyncio.sleep(0.1)
    finally:
        await connection.close()


async def latencies(cause: str, effect: str) -> list[float]:
    """Milliseconds from each fact to its effect, in the order of the facts."""
    causes, effects = await asyncpg.connect(cause), await asyncpg.connect(effect)
    try:
        written = {row["id"]: float(row["at"]) for row in await causes.fetch(CAUSES + " ORDER BY recorded_at")}
        had = {row["cause"]: float(row["at"]) for row in await effects.fetch(EFFECTS)}
    finally:
        await causes.close()
        await effects.close()
    return [had[id] - at for id, at in written.items()]


@asynccontextmanager
async def databases(admin: str, name: str) -> AsyncIterator[str]:
    base = admin.rpartition("/")[0]
    await drop_database(admin, name)
    await make_database(admin, name)
    try:
        await migrate(f"{base}/{name}", None, TABLE)
        yield f"{base}/{name}"
    finally:
        await drop_database(admin, name)


async def measure(admin: str, broker: str, seconds: float) -> AsyncIterator[Measurement]:
    """p50 and p99 at each speed, after a second of warming up."""
    for speed in SPEEDS:
        async with databases(admin, "iom_bench_a") as ours, databases(admin, "iom_bench_b") as theirs:
            found = await _run(ours, theirs, broker, speed, seconds)
        for share, name in ((0.5, "p50"), (0.99, "p99")):
            value = percentile(found[speed:], share)
            yield Measurement(name=f"fact to effect at {speed}/s, {name}", value=value, unit="ms")


async def _run(ours: str, theirs: str, broker: str, speed: int, seconds: float) -> list[float]:
    store = PostgresStore(ours, [notes], KeyRing(os.urandom(32)))
    await store.open()
    sequencer = Sequencer(store, Signer("bench", os.urandom(32)), origin="bench/writing")
    relay = Relay(store, sequencer, publish, broker, "writing")
    async with hearing(theirs, broker):
        working = [asyncio.create_task(sequencer.run()), asyncio.create_task(relay.run())]
        try:
            sent = await write(store, speed, seconds + 1)
            await _arrived(theirs, sent)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            await store.close()
    return await latencies(ours, theirs)


if __name__ == "__main__":
    asyncio.run(listen(sys.argv[1], sys.argv[2]))
