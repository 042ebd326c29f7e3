"""The sequencer: how fast it places what waits, whether it keeps up with the fastest append, and what it costs that."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial

from bench.append import named, opened, rate
from bench.bus import SIGNER
from bench.report import Measurement, compared, interleaved
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer

WRITERS, FACTS = 32, 3
BEHIND_SQL = "SELECT count(*) AS facts FROM pending"


def sequencer(store: PostgresStore) -> Sequencer:
    return Sequencer(store, SIGNER, origin="bench/sequencer")


async def measure(url: str, rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    async with opened(url) as store:
        behind: list[int] = []
        tries = {
            "alone": partial(_alone, store, seconds),
            "placed": partial(_placed, store, seconds),
            "beside": partial(_beside, store, seconds, behind),
        }
        found = await interleaved(rounds, tries)
    alone = named(WRITERS, FACTS)
    yield compared("sequencer, a backlog placed", "facts/s", f"{alone}, alone", found["placed"], found["alone"])
    yield compared(f"{alone}, beside a sequencer", "facts/s", f"{alone}, alone", found["beside"], found["alone"])
    yield Measurement(name="most facts without a position beside a sequencer", value=max(behind), unit="facts")


async def _alone(store: PostgresStore, seconds: float) -> float:
    """Facts a second that are written, while nobody places them."""
    await _drained(store)
    return FACTS * await rate(store, WRITERS, FACTS, seconds)


async def _placed(store: PostgresStore, seconds: float) -> float:
    """Facts a second, over a backlog as long as the fastest append makes it."""
    await rate(store, WRITERS, FACTS, seconds)
    return await _drained(store)


async def _drained(store: PostgresStore) -> float:
    """Facts a second over all that waits."""
    ours, count = sequencer(store), 0
    started = time.perf_counter()
    while placed := await ours.step():
        count += placed
    seconds = time.perf_counter() - started
    await ours.stop()
    return count / seconds


async def _beside(store: PostgresStore, seconds: float, behind: list[int]) -> float:
    """Facts a second that are written while they are placed; *behind* gets the queue's length, ten times a second."""
    await _drained(store)
    task = asyncio.create_task(sequencer(store).run())

    async def look() -> None:
        while True:
            behind.append((await store.fetch(BEHIND_SQL))[0]["facts"])
            await asyncio.sleep(0.1)

    looking = asyncio.create_task(look())
    try:
        return FACTS * await rate(store, WRITERS, FACTS, seconds)
    finally:
        looking.cancel()
        task.cancel()
        await asyncio.gather(task, looking, return_exceptions=True)
