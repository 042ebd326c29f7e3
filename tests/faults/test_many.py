"""A reader that follows the log while sixteen writers write misses nothing and meets nothing twice."""

import asyncio
from pathlib import Path

import pytest

from deploy.servers.postgres import Postgres
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.faults.many import SCHEMA, Writers, backends_killed, follow, idle_transaction
from tests.store.parcel import parcel

SEED = 1


@pytest.mark.parametrize("facts", [20_000, pytest.param(1_000_000, marks=pytest.mark.long)])
async def test_none_missed_and_none_doubled(
    postgres_server: Postgres, database: str, tmp_path: Path, facts: int
) -> None:
    await migrate(database, None, SCHEMA)
    store = PostgresStore(database, [parcel], KeyRing(bytes(32)))
    await store.open()
    sequencer = Sequencer(store, Signer("many", bytes(32)), "tests/many")
    seen: list[bytes] = []
    ended = asyncio.Event()
    tasks = [asyncio.create_task(sequencer.run()), asyncio.create_task(follow(store, sequencer, seen, ended))]
    try:
        async with idle_transaction(postgres_server.url), backends_killed(database, every=0.2) as killed:
            ledgers = await Writers(database, tmp_path, facts, SEED).run()
        ended.set()
        await asyncio.wait_for(tasks[1], 60)
        stored = int((await store.fetch("SELECT count(*) AS n FROM facts"))[0]["n"])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await store.close()
    done = set().union(*(ledger.done for ledger in ledgers))
    refused, unknown = (sum(getattr(ledger, name) for ledger in ledgers) for name in ("refused", "unknown"))
    print(f"{stored:,} facts, {refused:,} rollbacks, {killed[0]} backends killed, {unknown} appends without answer")
    assert len(done) >= facts
    assert refused > 0
    assert killed[0] > 0
    assert len(seen) == len(set(seen)), "a fact was met twice"
    assert done <= set(seen), "an acknowledged fact was missed"
    assert len(seen) == stored, "what is stored was missed"
    assert len(seen) - len(done) <= 10 * unknown, "a refused append was written"
