"""What only a database can promise, or break."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.domain import Gone, Personal, Row
from shared.store import Appended, LogBroken, Receipt, Repeated, StaleVersion, StoreUnavailable
from shared.store.connect import connect
from shared.store.group import Waiting, encode_changes
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from shared.store.statements import judge, write
from shared.store.writer import Writer
from tests.store.conftest import drain
from tests.store.parcel import SCHEMA, Moved, Sent, Signed, append, heard, parcel, receipt, stream


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def row_of(store: PostgresStore, id: object) -> dict[str, Any] | None:
    rows = await store.fetch("SELECT * FROM parcels WHERE id = $1", id)
    return dict(rows[0]) if rows else None


def card(id: object, version: int = 1, **values: object) -> Row:
    return Row(table="parcels", values={"id": id, "version": version, "places": ["Ust"], **values})


@pytest.mark.parametrize("table", ["facts", "log", "tree_heads"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_history_cannot_be_changed_even_by_its_owner(migrated: str, table: str, change: str) -> None:
    column = {"facts": "version", "log": "position", "tree_heads": "size"}[table]
    async with connected(migrated) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await connection.execute(change.format(table, column, column))


async def test_the_services_role_does_its_work_and_no_more(database: str) -> None:
    role = f"r_{uuid4().hex[:12]}"
    async with connected(database) as owner:
        await owner.execute(f"CREATE ROLE {role}")
        try:
            await migrate(database, role, SCHEMA)
            for table, right in [("facts", "UPDATE"), ("facts", "DELETE"), ("log", "UPDATE"), ("log", "DELETE")]:
                allowed = await owner.fetchval("SELECT has_table_privilege($1, $2, $3)", role, table, right)
                assert not allowed, (table, right)
            async with owner.transaction():
                await owner.execute(f"SET LOCAL ROLE {role}")
                await every_statement_of(owner)
        finally:
            await owner.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


async def every_statement_of(connection: Any) -> None:
    """What a service does with its database, one of each."""
    await connection.fetch(
        "SELECT * FROM facts, log, pending, commands, inbox, lease, tree_heads, checkpoints, data_keys"
    )
    one = Waiting(
        append=append("parcel-1", Sent(place="Ust"), expected=0, receipt=receipt(), heard=heard("m-0")),
        ids=[uuid4()],
        encoded=[("parcel.sent", b"{}")],
        meta=b"{}",
        changes=encode_changes([card(uuid4()), Gone(table="stops", key={"n": 1})]),
        answer=asyncio.get_running_loop().create_future(),
        deadline=0,
    )
    sql, values = write([one])
    assert await connection.fetchrow(sql, *values) is not None
    sql, values = judge([one])
    assert (await connection.fetchrow(sql, *values))["written"] == 1
    token = await connection.fetchval(
        "UPDATE lease SET token = token + 1, expires_at = clock_timestamp() + interval '5s' RETURNING token"
    )
    held, last, leaves = await connection.fetchrow("SELECT * FROM sequence_pending($1, interval '5s', 10)", token)
    assert (held, last, len(leaves)) == (True, 1, 1)
    await connection.execute("INSERT INTO tree_heads (size, root, frontier, note) VALUES (1, 'r', 'f', 'n')")
    await connection.execute("INSERT INTO checkpoints VALUES ('a', 1) ON CONFLICT (reader) DO UPDATE SET position = 2")
    await connection.execute("INSERT INTO data_keys VALUES ('k', gen_random_uuid(), 'w')")
    await connection.execute("DELETE FROM data_keys")


async def test_a_database_is_migrated_once(database: str) -> None:
    done = await asyncio.gather(*(migrate(database, None, SCHEMA) for _ in range(4)))
    assert sorted(done) == [False, False, False, True]
    assert await migrate(database, None, SCHEMA + "ALTER TABLE parcels ADD COLUMN IF NOT EXISTS weight integer;")


async def test_a_service_may_have_no_read_model(database: str, keys: KeyRing) -> None:
    await migrate(database, None, "")
    store = PostgresStore(database, [parcel], keys)
    await store.open()
    assert isinstance(await store.append(append(stream(), Sent(place="Ust"))), Appended)
    await store.close()


async def test_a_table_without_a_key_is_no_read_model(database: str, keys: KeyRing) -> None:
    await migrate(database, None, "CREATE TABLE loose (id integer);")
    store = PostgresStore(database, [parcel], keys)
    await store.open()
    with pytest.raises(asyncpg.UndefinedTableError, match="loose"):
        await store.append(append(stream(), Sent(place="Ust"), rows=[Row(table="loose", values={"id": 1})]))
    await store.close()


async def test_personal_texts_are_sealed_on_disk(postgres: PostgresStore) -> None:
    anna = uuid4()
    await postgres.append(append(stream(), Signed(by=Personal(subject=anna, text="Анна Ивановна"))))
    (row,) = await postgres.fetch("SELECT data, meta FROM facts")
    assert "Анна".encode() not in row["data"] + row["meta"]
    assert str(anna).encode() in row["data"]


async def test_a_sealed_text_cannot_be_moved_to_another_fact(postgres: PostgresStore, migrated: str) -> None:
    name, anna = stream(), uuid4()
    await postgres.append(append(name, Signed(by=Personal(subject=anna, text="да"))))
    async with connected(migrated) as owner:
        await owner.execute(
            "INSERT INTO facts SELECT gen_random_uuid(), stream, 2, kind, data, meta, recorded_at FROM facts"
        )
    with pytest.raises(LogBroken, match="moved or changed"):
        await postgres.read(name)


async def test_rows_are_written_with_their_facts(postgres: PostgresStore) -> None:
    id, seen = uuid4(), datetime(2026, 1, 9, 12, tzinfo=UTC)
    row = card(id, notes={"a": [1, None]}, stamp=b"\x00\xff", seen=seen)
    await postgres.append(append(parcel.stream(id), Sent(place="Ust"), rows=[row]))
    assert await row_of(postgres, id) == {
        "id": id,
        "version": 1,
        "places": ["Ust"],
        "notes": {"a": [1, None]},
        "stamp": b"\x00\xff",
        "seen": seen,
    }
    await postgres.append(append(parcel.stream(id), Moved(place="Bor"), rows=[card(id, 2), card(id, 3)]))
    found = await row_of(postgres, id)
    assert found is not None
    assert (found["version"], found["notes"]) == (3, None)


async def test_rows_go_by_any_columns_before_others_come(postgres: PostgresStore) -> None:
    id, other = uuid4(), uuid4()
    stops = [Row(table="stops", values={"parcel": p, "n": n, "place": "Ust"}) for p in (id, other) for n in range(3)]
    await postgres.append(append(parcel.stream(id), Sent(place="Ust"), rows=stops))
    changed = [
        Row(table="stops", values={"parcel": id, "n": 9, "place": "Bor"}),
        Gone(table="stops", key={"parcel": id}),
    ]
    await postgres.append(append(parcel.stream(id), Moved(place="Bor"), rows=changed))
    rows = await postgres.fetch("SELECT n FROM stops WHERE parcel = $1", id)
    assert [row["n"] for row in rows] == [9]
    assert len(await postgres.fetch("SELECT n FROM stops WHERE parcel = $1", other)) == 3


@pytest.mark.parametrize(
    "row",
    [
        Row(table="nowhere", values={"id": 1}),
        Row(table="parcels", values={"colour": "red"}),
        Gone(table="parcels", key={"colour": "red"}),
        Gone(table="parcels", key={}),
    ],
)
async def test_a_row_no_table_has_is_refused_before_it_is_sent(postgres: PostgresStore, row: Row | Gone) -> None:
    with pytest.raises(ValueError, match=r"table|column"):
        await postgres.append(append(stream(), Sent(place="Ust"), rows=[row]))
    assert await postgres.fetch("SELECT * FROM facts") == []


async def test_a_personal_value_is_no_read_model_value(postgres: PostgresStore) -> None:
    row = card(uuid4(), notes=Personal(subject=uuid4(), text="Анна"))
    with pytest.raises(TypeError, match="sealed"):
        await postgres.append(append(stream(), Sent(place="Ust"), rows=[row]))


async def test_each_append_of_a_group_is_judged_alone(postgres: PostgresStore) -> None:
    id, old, kept = uuid4(), stream(), receipt()
    await postgres.append(append(old, Sent(place="Ust"), receipt=kept, heard=heard("m-0")))
    stale, broken, repeated, echo, good = await asyncio.gather(
        postgres.append(append(old, Moved(place="Bor"), expected=0, receipt=receipt(), rows=[card(uuid4())])),
        postgres.append(append(stream(), Sent(place="Ust"), receipt=receipt(), rows=[card(uuid4(), places=None)])),
        postgres.append(append(stream(), Sent(place="Ust"), receipt=receipt(kept.id), rows=[card(uuid4())])),
        postgres.append(append(old, Moved(place="Bor"), heard=heard("m-0"), rows=[card(uuid4())])),
        postgres.append(append(parcel.stream(id), Sent(place="Ust"), Moved(place="Bor"), rows=[card(id)])),
        return_exceptions=True,
    )
    assert isinstance(stale, StaleVersion)
    assert isinstance(broken, asyncpg.NotNullViolationError)
    assert repeated == Repeated(result=b"first")
    assert echo == Repeated(result=b"")
    assert isinstance(good, Appended)
    counts = await postgres.fetch(
        """SELECT (SELECT count(*) FROM facts) AS facts, (SELECT count(*) FROM pending) AS pending,
                  (SELECT count(*) FROM commands) AS commands, (SELECT count(*) FROM inbox) AS inbox,
                  (SELECT count(*) FROM parcels) AS parcels"""
    )
    assert dict(counts[0]) == {"facts": 3, "pending": 3, "commands": 1, "inbox": 1, "parcels": 1}


async def test_writers_of_many_processes_lose_nothing(migrated: str, sequencer: Sequencer) -> None:
    stores = [PostgresStore(migrated, [parcel], KeyRing(bytes(32)), writers=2) for _ in range(3)]
    names = [stream() for _ in range(4)]
    for store in stores:
        await store.open()
    try:
        wanted = [(store, name, n) for store in stores for name in names for n in range(25)]
        done = await asyncio.gather(*(s.append(append(name, Moved(place=str(n)))) for s, name, n in wanted))
    finally:
        for store in stores:
            await store.close()
    await drain(sequencer)
    assert len({(fact.stream, fact.version) for one in done for fact in one.facts}) == 300  # type: ignore[union-attr]
    store = stores[0]
    await store.open()
    try:
        log = await store.read_log(0)
        assert [fact.position for fact in log] == list(range(1, 301))
        for name in names:
            assert [fact.version for fact in log if fact.stream == name] == list(range(1, 76))
    finally:
        await store.close()


async def test_a_writer_that_commits_late_is_not_skipped(
    postgres: PostgresStore, sequencer: Sequencer, migrated: str
) -> None:
    insert = "INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{\"place\": \"Ust\"}', $3, now())"
    await postgres.append(append(stream(), Sent(place="Ust")))
    meta = (await postgres.fetch("SELECT meta FROM facts"))[0]["meta"]
    async with connected(migrated) as late:
        async with late.transaction():
            id, name = uuid4(), stream()
            await late.execute(insert, id, name, meta)
            await late.execute("INSERT INTO pending (fact) VALUES ($1)", id)
            await postgres.append(append(stream(), Sent(place="Bor")))
            await drain(sequencer)
            assert [fact.position for fact in await postgres.read_log(0)] == [1, 2]
        await drain(sequencer)
    assert [fact.stream for fact in await postgres.read_log(2)] == [name]


async def test_a_writer_that_rolls_back_leaves_no_hole(
    postgres: PostgresStore, sequencer: Sequencer, migrated: str
) -> None:
    """Its place in the queue is used up, and no position waits for it."""
    async with connected(migrated) as other:
        undone = other.transaction()
        await undone.start()
        await other.execute("INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{}', '{}', now())", uuid4(), stream())
        await other.execute("INSERT INTO pending (fact) SELECT id FROM facts")
        await postgres.append(append(stream(), Sent(place="Bor")))
        await drain(sequencer)
        await undone.rollback()
    await postgres.append(append(stream(), Sent(place="Ust")))
    await drain(sequencer)
    assert [(fact.position, fact.event.place) for fact in await postgres.read_log(0)] == [(1, "Bor"), (2, "Ust")]


class Deaf:
    """A connection that loses the answer to its first append, which the database has committed."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetchrow(self, *args: Any) -> Any:
        await self._connection.fetchrow(*args)
        await self._connection.close()
        raise ConnectionResetError

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.mark.parametrize("expected", [None, 0])
@pytest.mark.parametrize("kept", [None, receipt()])
async def test_a_committed_append_whose_answer_was_lost_is_not_done_twice(
    postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch, expected: int | None, kept: Receipt | None
) -> None:
    connections = iter([Deaf, lambda connection: connection])

    async def deaf_at_first(url: str, **settings: Any) -> Any:
        return next(connections)(await connect(url, **settings))

    monkeypatch.setattr("shared.store.writer.connect", deaf_at_first)
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
        pid = await blocked(owner)
        await held.rollback()
        await owner.fetchval("SELECT pg_terminate_backend($1)", pid)
        done = await asked
    assert isinstance(done, Appended)
    assert [fact.id for fact in await postgres.read(name)] == [done.facts[0].id]


async def blocked(connection: Any) -> int:
    """The first backend of this database that waits for a lock."""
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with asyncio.timeout(10):
        while True:
            if (pid := await connection.fetchval(waiting)) is not None:
                return int(pid)


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
    async with connected(migrated) as owner, connected(migrated) as other, other.transaction():
        await other.execute("INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{}', '{}', now())", uuid4(), held)
        asked = asyncio.create_task(postgres.append(append(held, Sent(place="Ust"), expected=0)))
        await blocked(owner)
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
    async with connected(migrated) as owner, connected(migrated) as other, other.transaction():
        await other.execute("INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{}', '{}', now())", uuid4(), held)
        at_once = asyncio.create_task(store.append(append(held, Sent(place="Ust"), expected=0)))
        await blocked(owner)
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


async def test_a_log_with_a_hole_is_not_read_past_it(postgres: PostgresStore, sequencer: Sequencer) -> None:
    await postgres.append(append(stream(), *(Moved(place=str(n)) for n in range(4))))
    await drain(sequencer)
    await postgres.fetch("ALTER TABLE log DISABLE TRIGGER append_only")
    await postgres.fetch("DELETE FROM log WHERE position = 2")
    with pytest.raises(LogBroken, match="position 2"):
        await postgres.read_log(0)
