"""Appends of typed facts with expected version, receipt and queue row, against raw INSERTs of the same rows."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

from bench import raw
from bench.report import Measurement, compared, interleaved
from bench.sample import context, note, notes
from shared.domain import Row
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from shared.store.types import Append, Receipt

SHAPES = [(writers, facts) for facts in (1, 3) for writers in (1, 8, 32)]
TABLE = "CREATE TABLE IF NOT EXISTS totals (id uuid PRIMARY KEY, total integer NOT NULL)"
RESULT = b'{"version":1}'
FLOORS = {form: f"one raw asyncpg INSERT a transaction, into {form}" for form in ("jsonb", "bytea")}


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[PostgresStore]:
    await migrate(url, None, TABLE)
    store = PostgresStore(url, [notes], KeyRing(os.urandom(32)))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def rate(store: PostgresStore, writers: int, facts: int, seconds: float, *, shown: bool = False) -> float:
    """Commands a second that *writers* concurrent callers see accepted; *shown*: each writes a read-model row too."""
    until = time.perf_counter() + seconds
    events = [note(number) for number in range(facts)]

    async def write() -> int:
        done, asked = 0, context()
        while time.perf_counter() < until:
            id = uuid4()
            await store.append(
                Append(
                    stream=notes.stream(id),
                    expected=0,
                    facts=events,
                    context=asked,
                    receipt=Receipt(id=uuid4(), fingerprint=b"\x00" * 32, result=RESULT),
                    rows=(Row(table="totals", values={"id": id, "total": facts}),) if shown else (),
                )
            )
            done += 1
        return done

    started = time.perf_counter()
    total = sum(await asyncio.gather(*(write() for _ in range(writers))))
    return total / (time.perf_counter() - started)


def named(writers: int, facts: int) -> str:
    return f"append, {writers} writer{'s' * (writers > 1)}, {facts} fact{'s' * (facts > 1)}"


async def measure(
    url: str, rounds: int, seconds: float, shapes: Sequence[tuple[int, int]] = SHAPES
) -> AsyncIterator[Measurement]:
    async with opened(url) as store:
        for writers, facts in shapes:
            shape = writers, facts, seconds
            tries = {
                **{form: partial(raw.rate, url, *shape, form) for form in FLOORS},
                "ours": partial(rate, store, *shape),
                "shown": partial(rate, store, *shape, shown=True),
            }
            found = await interleaved(rounds, tries)
            name = named(writers, facts)
            for ours, what in (("ours", name), ("shown", f"{name}, and a read-model row")):
                for form, floor in FLOORS.items():
                    yield compared(what, "commands/s", floor, found[ours], found[form])
