"""Replaying routes: the fold alone, the log read with typed decoding and folded, and the same rows undecoded."""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bench.bus import SIGNER
from bench.report import Measurement, compared, interleaved
from bench.sample import context
from services.routes.categories import routes
from shared.domain import Decider
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from shared.store.types import Append
from tests.routes.path import COMPLETED, POLICIES, facts

ROUTES = 1_000
PAGE = 2_000
SCHEMA = "CREATE TABLE IF NOT EXISTS unused (id uuid PRIMARY KEY)"
RAW = """SELECT l.position, f.stream, f.version, f.kind, f.data, f.meta FROM log l JOIN facts f ON f.id = l.fact
         WHERE l.position > $1 AND l.position <= $1 + $2 ORDER BY l.position"""


async def measure(url: str, rounds: int, count: int = ROUTES) -> AsyncIterator[Measurement]:
    """Of *count* completed routes."""
    category = routes(POLICIES)
    store = PostgresStore(url, [category], KeyRing(os.urandom(32)))
    await migrate(url, None, SCHEMA)
    await store.open()
    try:
        total = await fill(store, category.stream, count)
        tries = {
            "fold": partial(_fold, category.decider.fold, count),
            "undecoded": partial(timed, partial(_undecoded, url), total),
            "ours": partial(timed, partial(replayed, store, category.decider), total),
        }
        found = await interleaved(rounds, tries)
        yield Measurement(name="fold of completed routes", value=median(found["fold"]), unit="facts/s")
        name = "replay: read, decode, unseal, fold"
        yield compared(name, "facts/s", "the same rows undecoded", found["ours"], found["undecoded"])
    finally:
        await store.close()


async def fill(store: PostgresStore, stream: Callable[[UUID], str], count: int) -> int:
    """Append and place *count* completed routes; how many facts they are."""
    life = facts(COMPLETED)
    for _ in range(count):
        await store.append(Append(stream=stream(uuid4()), expected=0, facts=life, context=context()))
    sequencer = Sequencer(store, SIGNER, origin="bench/replay")
    while sequencer.position < count * len(life):
        await sequencer.step()
    await sequencer.stop()
    return count * len(life)


async def _fold(fold: Callable[..., object], count: int) -> float:
    life = facts(COMPLETED)
    started = time.perf_counter()
    for _ in range(count):
        fold(life)
    return count * len(life) / (time.perf_counter() - started)


async def timed(read: Callable[[], Awaitable[int]], total: int) -> float:
    """Facts a second; *read* tells the last position, which is *total*."""
    started = time.perf_counter()
    assert await read() == total
    return total / (time.perf_counter() - started)


async def replayed(store: PostgresStore, decider: Decider[Any, Any, Any]) -> int:
    """Every stream's state at once."""
    states: dict[str, Any] = {}
    position = 0
    while page := await store.read_log(position, PAGE):
        for fact in page:
            states[fact.stream] = decider.evolve(states.get(fact.stream, decider.initial), fact.event)
        position = page[-1].position or position
    return position


async def _undecoded(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        position = 0
        while page := await connection.fetch(RAW, position, PAGE):
            position = page[-1][0]
        return position
    finally:
        await connection.close()
