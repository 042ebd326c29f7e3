"""Replaying routes: the fold alone, the log read with typed decoding and folded, and the same rows undecoded."""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg

from bench.report import Measurement, compared
from bench.sample import context
from services.routes.categories import routes
from services.routes.domain.route.facts import Fact
from shared.domain import Decider
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from shared.store.types import Append
from tests.routes.path import COMPLETED, POLICIES, facts

ROUTES = 1_000
PAGE = 2_000
SCHEMA = "CREATE TABLE IF NOT EXISTS unused (id uuid PRIMARY KEY)"
RAW = """SELECT l.position, f.stream, f.version, f.kind, f.data, f.meta FROM log l JOIN facts f ON f.id = l.fact
         WHERE l.position > $1 AND l.position <= $1 + $2 ORDER BY l.position"""


async def measure(url: str, rounds: int) -> AsyncIterator[Measurement]:
    category = routes(POLICIES)
    life = facts(COMPLETED)
    store = PostgresStore(url, [category], KeyRing(os.urandom(32)))
    await migrate(url, None, SCHEMA)
    await store.open()
    try:
        total = await _fill(store, category.stream, life)
        folded = [_fold(category.decider.fold, life, total) for _ in range(rounds)]
        yield Measurement(name="fold of completed routes", value=max(folded), unit="facts/s")
        ours, floor = [], []
        for _ in range(rounds):
            floor.append(await _timed(lambda: _undecoded(url), total))
            ours.append(await _timed(lambda: _replayed(store, category.decider), total))
        yield compared("replay: read, decode, unseal, fold", "facts/s", "the same rows undecoded", ours, floor)
    finally:
        await store.close()


async def _fill(store: PostgresStore, stream: Callable[..., str], life: list[Fact]) -> int:
    for _ in range(ROUTES):
        await store.append(Append(stream=stream(uuid4()), expected=0, facts=life, context=context()))
    sequencer = Sequencer(store, Signer("bench", os.urandom(32)), origin="bench/replay")
    total = ROUTES * len(life)
    while sequencer.position < total:
        await sequencer.step()
    await sequencer.stop()
    return total


def _fold(fold: Callable[..., object], life: list[Fact], total: int) -> float:
    started = time.perf_counter()
    for _ in range(ROUTES):
        fold(life)
    return total / (time.perf_counter() - started)


async def _timed(read: Callable[[], Awaitable[int]], total: int) -> float:
    started = time.perf_counter()
    assert await read() == total
    return total / (time.perf_counter() - started)


async def _replayed(store: PostgresStore, decider: Decider[Any, Any, Any]) -> int:
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
