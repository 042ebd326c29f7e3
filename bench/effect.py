"""From a fact's write to its effect's write in another service: sequencer, relay, broker, inbox; two processes.

Both moments are stamped by the database server in the transaction that writes the fact, so the difference holds one
whole commit, whichever of the two it is. `python -m bench.effect DATABASE BROKER` is the hearing service.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg

from bench.bus import HEARING, HEARINGS, WRITING, databases, publish
from bench.report import Measurement, percentile
from bench.sample import context, note, notes
from shared.bus.consumer import Consumers
from shared.bus.relay import Relay
from shared.collector import look_seldom
from shared.store.execute import Executor
from shared.store.keys import KeyRing
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from shared.store.types import Append

SPEEDS = (50, 500)
SUSTAINED, SUSTAINED_SECONDS = 1200, 20.0
EFFECTS = """
SELECT extract(epoch FROM recorded_at) * 1000 AS at, convert_from(meta, 'UTF8')::jsonb ->> 'causation' AS cause
FROM facts
"""
CAUSES = "SELECT id::text, extract(epoch FROM recorded_at) * 1000 AS at FROM facts"


async def listen(database: str, broker: str) -> None:
    """The hearing service, until it is ended."""
    store = PostgresStore(database, [notes], KeyRing(os.urandom(32)))
    await store.open()
    consumers = Consumers(broker, HEARING, Executor(store), HEARINGS)
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


async def measure(admin: str, broker: str, seconds: float) -> AsyncIterator[Measurement]:
    """p50 and p99 at each speed, after a second of warming up; then whether the lag grows at a high one."""
    for speed in SPEEDS:
        found = await _between_two(admin, broker, speed, seconds)
        for share, name in ((0.5, "p50"), (0.99, "p99")):
            yield Measurement(name=f"fact to effect at {speed}/s, {name}", value=percentile(found, share), unit="ms")
    found = await _between_two(admin, broker, SUSTAINED, SUSTAINED_SECONDS)
    third = len(found) // 3
    for name, part in (("second", found[third : 2 * third]), ("last", found[2 * third :])):
        name = f"fact to effect at {SUSTAINED}/s for {SUSTAINED_SECONDS:.0f} s, p50 of the {name} third"
        yield Measurement(name=name, value=percentile(part, 0.5), unit="ms")
    drained = (len(found) - 1) / (SUSTAINED_SECONDS + (found[-1] - found[0]) / 1000)
    yield Measurement(name=f"effects while {SUSTAINED}/s are written", value=drained, unit="effects/s")


async def _between_two(admin: str, broker: str, speed: int, seconds: float) -> list[float]:
    """Milliseconds from fact to effect in the order of the facts, without those of the first second."""
    async with databases(admin, "iom_bench_a") as ours, databases(admin, "iom_bench_b") as theirs:
        return (await _run(ours, theirs, broker, speed, seconds))[speed:]


async def _run(ours: str, theirs: str, broker: str, speed: int, seconds: float) -> list[float]:
    store = PostgresStore(ours, [notes], KeyRing(os.urandom(32)))
    await store.open()
    sequencer = Sequencer(store, Signer("bench", os.urandom(32)), origin="bench/writing")
    relay = Relay(store, sequencer, publish, broker, WRITING)
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
    look_seldom()
    asyncio.run(listen(sys.argv[1], sys.argv[2]))
