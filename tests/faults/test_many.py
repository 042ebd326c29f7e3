"""A reader that follows the log while sixteen writers write misses nothing and meets nothing twice."""

import asyncio
import time
from pathlib import Path

import pytest

from deploy.servers.postgres import Postgres
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.faults import results
from tests.faults.many import (
    PROCESSES,
    SCHEMA,
    WRITERS,
    Seen,
    Told,
    Writers,
    backends_killed,
    follow,
    idle_transaction,
)
from tests.store.parcel import parcel

SEED = 1
KILLS = 50  # at least
SHARE = (0.04, 0.06)  # of the appends that are rolled back


async def followed(
    elsewhere: str, database: str, folder: Path, facts: int, every: float
) -> tuple[list[Told], Seen, list[bytes], int]:
    """What the writers were told, what was done to them, what the reader met, and how many facts there are."""
    await migrate(database, None, SCHEMA)
    store = PostgresStore(database, [parcel], KeyRing(bytes(32)))
    await store.open()
    sequencer = Sequencer(store, Signer("many", bytes(32)), "tests/many")
    seen: list[bytes] = []
    ended = asyncio.Event()
    tasks = [asyncio.create_task(sequencer.run()), asyncio.create_task(follow(store, sequencer, seen, ended))]
    try:
        async with idle_transaction(elsewhere):
            async with backends_killed(database, every) as harm:
                ledgers = await Writers(database, folder, facts, SEED).run()
            ended.set()
            await asyncio.wait_for(tasks[1], 60)  # while somebody's transaction is older than all of this
        stored = int((await store.fetch("SELECT count(*) AS n FROM facts"))[0]["n"])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await store.close()
    return ledgers, harm, seen, stored


@pytest.mark.parametrize(
    ("facts", "every"),
    [(60_000, 0.025), pytest.param(1_000_000, 0.2, marks=pytest.mark.long)],
    ids=["60000", "1000000"],
)
async def test_none_missed_and_none_doubled(
    postgres_server: Postgres, database: str, tmp_path: Path, facts: int, every: float
) -> None:
    began = time.monotonic()
    ledgers, harm, seen, stored = await followed(postgres_server.url, database, tmp_path, facts, every)
    done = set().union(*(ledger.done for ledger in ledgers))
    acknowledged, refused, unknown = (
        sum(getattr(ledger, name) for ledger in ledgers) for name in ("acknowledged", "refused", "unknown")
    )
    share = refused / (acknowledged + refused + unknown)
    assert len(done) >= facts
    assert SHARE[0] <= share <= SHARE[1]
    assert harm.killed >= KILLS
    assert harm.writers >= PROCESSES * WRITERS, "they did not write side by side"
    assert len(seen) == len(set(seen)), "a fact was met twice"
    assert done <= set(seen), "an acknowledged fact was missed"
    assert len(seen) == stored, "what is stored was missed"
    assert len(seen) - len(done) <= 10 * unknown, "a refused append was written"
    counts = {
        "facts": stored, "writers": harm.writers,
        "rolled back": refused, "percent": round(100 * share, 1), "backends killed": harm.killed,
        "without answer": unknown,
    }  # fmt: skip
    results.keep(f"many ({facts:,})", str(SEED), time.monotonic() - began, counts, [])
