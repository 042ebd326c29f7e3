"""What a caller hears where a connection, a backend or the store itself ends in the middle of an append."""

import asyncio
import gc
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from shared.store import Appended, Receipt, StoreUnavailable
from shared.store.keys import KeyRing
from shared.store.lane import Lane
from shared.store.postgres import PostgresStore
from shared.store.writer import Writer
from tests.databases import blocked, connected
from tests.store.parcel import Moved, Sent, append, parcel, receipt, stream


class DeafAtFirst(Lane):
    """Loses the answer to its first append, which the database has committed."""

    heard = False

    async def ask(self, sql: str, values: Sequence[Any]) -> Any:
        rows = await super().ask(sql, values)
        if not self.heard:
            self.heard = True
            raise ConnectionResetError
        return rows


@pytest.mark.parametrize("expected", [None, 0])
@pytest.mark.parametrize("kept", [None, receipt()])
async def test_a_committed_append_whose_answer_was_lost_is_not_done_twice(
    postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch, expected: int | None, kept: Receipt | None
) -> None:
    monkeypatch.setattr("shared.store.writer.Lane", DeafAtFirst)
    name = stream()
    writer = Writer(postgres.url, 1, lambda: None)
    postgres._writer = writer
    writer.start()
    try:
        done = await postgres.append(
            append(name, Sent(place="Ust"), Moved(place="Bor"), expected=expected, receipt=kept)
        )
    finally:
        await writer.stop()
    assert isinstance(done, Appended)
    assert done.version == 2
    assert [fact.id for fact in await postgres.read(name)] == [fact.id for fact in done.facts]


async def test_an_append_outlives_its_backend(postgres: PostgresStore, migrated: str) -> None:
    name = stream()
    async with connected(migrated) as owner, connected(migrated) as other:
        held = other.transaction()
        await held.start()
        await other.execute("INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{}', '{}', now())", uuid4(), name)
        asked = asyncio.create_task(postgres.append(append(name, Sent(place="Ust"), expected=0)))
        pid = await blocked(migrated)
        await held.rollback()
        await owner.fetchval("SELECT pg_terminate_backend($1)", pid)
        done = await asked
    assert isinstance(done, Appended)
    assert [fact.id for fact in await postgres.read(name)] == [done.facts[0].id]


async def test_a_stream_that_is_held_delays_only_itself(postgres: PostgresStore, migrated: str) -> None:
    held, free = stream(), stream()
    async with connected(migrated) as other, other.transaction():
        await other.execute("INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{}', '{}', now())", uuid4(), held)
        results = await asyncio.gather(
            postgres.append(append(held, Sent(place="Ust"), expected=0)),
            postgres.append(append(free, Sent(place="Ust"), expected=0)),
            return_exceptions=True,
        )
    assert isinstance(results[0], StoreUnavailable)
    assert isinstance(results[1], Appended)


async def test_a_caller_that_gives_up_leaves_the_store_usable(
    postgres: PostgresStore, migrated: str, caplog: pytest.LogCaptureFixture
) -> None:
    held = stream()
    await postgres.append(append(stream(), Sent(place="Ust")))  # from now on an append is sent by its own caller
    async with connected(migrated) as other, other.transaction():
        await other.execute("INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{}', '{}', now())", uuid4(), held)
        asked = asyncio.create_task(postgres.append(append(held, Sent(place="Ust"), expected=0)))
        await blocked(migrated)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert isinstance(await postgres.append(append(stream(), Sent(place="Ust"))), Appended)
    del asked
    gc.collect()
    assert "never retrieved" not in caplog.text, "an answer nobody waits for is no news"


async def test_a_store_that_closes_answers_whoever_waits(migrated: str, keys: KeyRing) -> None:
    store = PostgresStore(migrated, [parcel], keys)
    await store.open()
    await store.append(append(stream(), Sent(place="Ust")))
    held = stream()
    async with connected(migrated) as other, other.transaction():
        await other.execute("INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{}', '{}', now())", uuid4(), held)
        at_once = asyncio.create_task(store.append(append(held, Sent(place="Ust"), expected=0)))
        await blocked(migrated)
        behind = asyncio.create_task(store.append(append(held, Sent(place="Bor"))))
        await asyncio.sleep(0)
        async with asyncio.timeout(3):
            await store.close()
            results = await asyncio.gather(at_once, behind, return_exceptions=True)
    assert [type(result) for result in results] == [StoreUnavailable, StoreUnavailable]


async def test_a_store_that_is_not_open_says_so(migrated: str, keys: KeyRing) -> None:
    store = PostgresStore(migrated, [parcel], keys)
    with pytest.raises(StoreUnavailable):
        await store.append(append(stream(), Sent(place="Ust")))
    with pytest.raises(StoreUnavailable):
        await store.read(stream())
    with pytest.raises(StoreUnavailable):
        await PostgresStore("postgresql://nobody@127.0.0.1:9/none", [parcel], keys).open()
