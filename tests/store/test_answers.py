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


async def test_those_written_one_by_one_are_answered_too_when_the_store_closes(migrated: str, keys: KeyRing) -> None:
    store = PostgresStore(migrated, [parcel], keys)
    await store.open()
    held = stream()
    async with connected(migrated) as other, other.transaction():
        await other.execute("INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{}', '{}', now())", uuid4(), held)
        wanted = [append(held, Sent(place="Ust"), expected=0), *(append(stream(), Sent(place="Ust")) for _ in range(2))]
        wanted.sort(key=lambda one: one.stream != held)
        asked = [asyncio.create_task(store.append(one)) for one in wanted]
        await blocked(migrated, "AS NOT MATERIALIZED (SELECT 1,")  # the first of them, by itself
        async with asyncio.timeout(3):
            await store.close()
            results = await asyncio.gather(*asked, return_exceptions=True)
    assert StoreUnavailable in [type(result) for result in results]
    assert all(isinstance(result, StoreUnavailable | Appended) for result in results)


async def test_nobody_waits_much_longer_than_an_append_may_take(
    postgres: PostgresStore, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether in a group that is held up, or behind it."""
    monkeypatch.setattr("shared.store.postgres.APPEND_SECONDS", 0.5)
    async with connected(migrated) as other, other.transaction():
        await other.execute("LOCK TABLE facts IN ACCESS EXCLUSIVE MODE")
        async with asyncio.timeout(5):  # the server gives up on a lock after two seconds, and all were late by then
            results = await asyncio.gather(
                *(postgres.append(append(stream(), Sent(place="Ust"))) for _ in range(60)), return_exceptions=True
            )
    assert {type(result) for result in results} == {StoreUnavailable}
    assert isinstance(await postgres.append(append(stream(), Sent(place="Ust"))), Appended)


@pytest.mark.parametrize("code", ["disk_full", "out_of_memory", "io_error", "lock_not_available"])
async def test_a_server_at_the_end_of_its_means_is_no_fault_of_the_append(
    postgres: PostgresStore, migrated: str, code: str
) -> None:
    async with connected(migrated) as owner:
        await owner.execute(
            f"""CREATE FUNCTION tired() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN RAISE EXCEPTION 'no more' USING ERRCODE = '{code}'; END$$;
                CREATE TRIGGER tired BEFORE INSERT ON facts EXECUTE FUNCTION tired()"""
        )
        with pytest.raises(StoreUnavailable):
            await postgres.append(append(stream(), Sent(place="Ust")))
        await owner.execute("DROP TRIGGER tired ON facts")
    assert isinstance(await postgres.append(append(stream(), Sent(place="Ust"))), Appended)


async def test_a_read_that_takes_too_long_is_not_asked_again(postgres: PostgresStore, migrated: str) -> None:
    async with connected(migrated) as owner:
        await owner.execute(
            """CREATE SEQUENCE tries;
               CREATE FUNCTION tired() RETURNS integer LANGUAGE plpgsql AS
               $$BEGIN PERFORM nextval('tries'); RAISE EXCEPTION 'late' USING ERRCODE = 'query_canceled'; END$$"""
        )
        with pytest.raises(StoreUnavailable):
            await postgres.fetch("SELECT tired()")
        assert await owner.fetchval("SELECT last_value FROM tries") == 1


async def test_a_second_append_after_a_rest_waits_for_the_first(
    postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than take a connection of its own, as if the first were held up."""
    monkeypatch.setattr("shared.store.writer.HELD_UP_SECONDS", 0.5)
    await postgres.append(append(stream(), Sent(place="Ust")))
    await asyncio.sleep(0.6)
    await asyncio.gather(*(postgres.append(append(stream(), Sent(place="Ust"))) for _ in range(2)))
    assert [lane.usable for lane in postgres._writer._lanes].count(True) == 1


async def test_a_store_that_is_not_open_says_so(migrated: str, keys: KeyRing) -> None:
    store = PostgresStore(migrated, [parcel], keys)
    with pytest.raises(StoreUnavailable):
        await store.append(append(stream(), Sent(place="Ust")))
    with pytest.raises(StoreUnavailable):
        await store.read(stream())
    with pytest.raises(StoreUnavailable):
        await PostgresStore("postgresql://nobody@127.0.0.1:9/none", [parcel], keys).open()
