"""What only a database can promise, or break."""

import asyncio
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.domain import Gone, Personal
from shared.store import LogBroken
from shared.store.group import Waiting, encode_changes
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import MANY_SQL, PostgresStore
from shared.store.sequencer import Sequencer
from shared.store.statements import judge, write
from tests.databases import connected
from tests.store.conftest import drain
from tests.store.parcel import SCHEMA, Moved, Sent, Signed, append, card, heard, parcel, receipt, stream


async def test_two_versions_of_the_database_are_tried(postgres: PostgresStore, newer: PostgresStore) -> None:
    """Or what is said of both would be said of one."""
    older, newest = [
        (await store.fetch("SELECT current_setting('server_version_num')::int / 10000 AS major"))[0]["major"]
        for store in (postgres, newer)
    ]
    assert 15 <= older < newest


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


async def test_a_newer_migration_is_done_though_the_tables_are_the_same(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may make its functions otherwise."""
    await migrate(database, None, SCHEMA)
    for name in ("schema.sql", "migrate.py"):
        (tmp_path / name).write_text(files("shared.store").joinpath(name).read_text())
    with (tmp_path / "migrate.py").open("a") as newer:
        newer.write("# newer\n")
    monkeypatch.setattr("shared.store.migrate.files", lambda _: tmp_path)
    assert await migrate(database, None, SCHEMA)
    assert not await migrate(database, None, SCHEMA)


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


async def test_many_streams_are_read_without_going_through_the_log(
    postgres: PostgresStore, sequencer: Sequencer
) -> None:
    names = [stream() for _ in range(40)]
    for name in names:
        await postgres.append(append(name, *(Moved(place=str(n)) for n in range(100))))
    await drain(sequencer)
    await postgres.fetch("ANALYZE facts, log")
    plan = await postgres.fetch(f"EXPLAIN {MANY_SQL}", names, [3] * len(names))
    lines = [row["QUERY PLAN"] for row in plan]
    assert any("log_fact_key" in line for line in lines)
    assert not [line for line in lines if "Seq Scan" in line]


async def test_a_log_with_a_hole_is_not_read_past_it(postgres: PostgresStore, sequencer: Sequencer) -> None:
    await postgres.append(append(stream(), *(Moved(place=str(n)) for n in range(4))))
    await drain(sequencer)
    await postgres.fetch("ALTER TABLE log DISABLE TRIGGER append_only")
    await postgres.fetch("DELETE FROM log WHERE position = 2")
    with pytest.raises(LogBroken, match="position 2"):
        await postgres.read_log(0)
