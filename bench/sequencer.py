"""The sequencer: how fast it places what waits, and whether it keeps up with the fastest append."""

import asyncio
import time
from collections.abc import AsyncIterator

from bench.append import opened, rate
from bench.bus import SIGNER
from bench.report import Measurement, compared
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer

WRITERS, FACTS = 32, 3
BEHIND_SQL = "SELECT count(*) AS facts FROM pending"


def sequencer(store: PostgresStore) -> Sequencer:
    return Sequencer(store, SIGNER, origin="bench/sequencer")


async def measure(url: str, rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    async with opened(url) as store:
        placed, written = [], []
        for _ in range(rounds):
            written.append(FACTS * await rate(store, WRITERS, FACTS, seconds))
            placed.append(await _placed(store))
        yield compared("sequencer, a backlog placed", "facts/s", "the fastest append before it", placed, written)
        beside, behind = await _beside(store, rounds * seconds)
        yield Measurement(name="append, 32 writers, 3 facts, beside a sequencer", value=FACTS * beside, unit="facts/s")
        yield Measurement(name="most facts without a position meanwhile", value=behind, unit="facts")


async def _placed(store: PostgresStore) -> float:
    """Facts a second over all that waits."""
    ours, count = sequencer(store), 0
    started = time.perf_counter()
    while placed := await ours.step():
        count += placed
    seconds = time.perf_counter() - started
    await ours.stop()
    return count / seconds


async def _beside(store: PostgresStore, seconds: float) -> tuple[float, int]:
    """Commands a second, and the longest queue that was seen, ten looks a second."""
    task = asyncio.create_task(sequencer(store).run())
    lengths = [0]

    async def look() -> None:
        while True:
            lengths.append((await store.fetch(BEHIND_SQL))[0]["facts"])
            await asyncio.sleep(0.1)

    looking = asyncio.create_task(look())
    try:
        return await rate(store, WRITERS, FACTS, seconds), max(lengths)
    finally:
        looking.cancel()
        task.cancel()
        await asyncio.gather(task, looking, return_exceptions=True)
