"""From a fact's write to its effect's write in another service: sequencer, relay, broker, inbox; two processes.

Both moments are stamped by the database server in the transaction that writes the fact, so the difference holds one
whole commit, whichever of the two it is. `python -m bench.effect DATABASE BROKER` is the hearing service.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
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
WARMING = 1.0  # seconds
THIRDS = ("first", "second", "last")
SHARES = (("p50", 0.5), ("p99", 0.99))
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


@dataclass(frozen=True, slots=True)
class Passage:
    """One fact's way: when it and its effect were written, in the databases' milliseconds."""

    caused: float
    effected: float

    @property
    def took(self) -> float:
        return self.effected - self.caused


def pace(moments: Sequence[float]) -> float:
    """How many a second there really were: of what was asked for, a writer that falls behind does less."""
    return 1000 * (len(moments) - 1) / (max(moments) - min(moments))


async def passages(cause: str, effect: str) -> list[Passage]:
    """Of all facts, in their order."""
    causes, effects = await asyncpg.connect(cause), await asyncpg.connect(effect)
    try:
        written = {row["id"]: float(row["at"]) for row in await causes.fetch(CAUSES + " ORDER BY recorded_at")}
        had = {row["cause"]: float(row["at"]) for row in await effects.fetch(EFFECTS)}
    finally:
        await causes.close()
        await effects.close()
    return [Passage(at, had[id]) for id, at in written.items()]


async def measure(
    admin: str,
    broker: str,
    seconds: float,
    speeds: Sequence[int] = SPEEDS,
    sustained: tuple[int, float] = (SUSTAINED, SUSTAINED_SECONDS),
    warming: float = WARMING,
) -> AsyncIterator[Measurement]:
    """p50 and p99 at each speed, after some warming up; then whether the lag grows at a high one.

    A latency begins with the fact, which a writer that falls behind writes late: so the paces are told with it.
    """
    for speed in speeds:
        found = await _between_two(admin, broker, speed, seconds, warming)
        for measurement in (*_latencies(f"fact to effect at {speed}/s", found), *_paces(speed, found)):
            yield measurement
    speed, seconds = sustained
    found = await _between_two(admin, broker, speed, seconds, warming)
    for n, name in enumerate(THIRDS):
        part = found[n * len(found) // 3 : (n + 1) * len(found) // 3]
        for measurement in _latencies(f"fact to effect at {speed}/s for {seconds:g} s, {name} third", part):
            yield measurement
    for measurement in _paces(speed, found):
        yield measurement


def _latencies(name: str, found: Sequence[Passage]) -> Iterator[Measurement]:
    took = [each.took for each in found]
    for share_name, share in SHARES:
        yield Measurement(name=f"{name}, {share_name}", value=percentile(took, share), unit="ms")


def _paces(speed: int, found: Sequence[Passage]) -> Iterator[Measurement]:
    """By the databases' own moments, from the first to the last."""
    asked = f"while {speed}/s are asked for"
    yield Measurement(name=f"facts written {asked}", value=pace([each.caused for each in found]), unit="facts/s")
    yield Measurement(name=f"effects had {asked}", value=pace([each.effected for each in found]), unit="effects/s")


async def _between_two(admin: str, broker: str, speed: int, seconds: float, warming: float) -> list[Passage]:
    """What went from one service to the other, without the facts of the warming up."""
    async with databases(admin, "iom_bench_a") as ours, databases(admin, "iom_bench_b") as theirs:
        return (await _run(ours, theirs, broker, speed, warming + seconds))[round(warming * speed) :]


async def _run(ours: str, theirs: str, broker: str, speed: int, seconds: float) -> list[Passage]:
    store = PostgresStore(ours, [notes], KeyRing(os.urandom(32)))
    await store.open()
    sequencer = Sequencer(store, Signer("bench", os.urandom(32)), origin="bench/writing")
    relay = Relay(store, sequencer, publish, broker, WRITING)
    async with hearing(theirs, broker):
        working = [asyncio.create_task(sequencer.run()), asyncio.create_task(relay.run())]
        try:
            sent = await write(store, speed, seconds)
            await _arrived(theirs, sent)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            await store.close()
    return await passages(ours, theirs)


if __name__ == "__main__":
    look_seldom()
    asyncio.run(listen(sys.argv[1], sys.argv[2]))
