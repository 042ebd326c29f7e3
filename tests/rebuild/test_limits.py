"""What a rebuild keeps of the tables it replaces, and what it will not touch."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.domain import Personal, Row
from shared.rebuild import KeyMissing, NotRebuildable, WorkerFailed
from shared.store import LogBroken
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from tests.databases import connected
from tests.rebuild import depot
from tests.rebuild.depot import MASTER, SCHEMA, found, rebuilt, rows_of, shadows, walk
from tests.store.conftest import drain, sequencer_of
from tests.store.parcel import Sent, Signed, append, parcel

STRUCTURE = """
SELECT 'table ' || c.relname || pg_get_userbyid(c.relowner) || coalesce(c.reloptions::text, '')
    || coalesce(obj_description(c.oid), '')
    || coalesce((SELECT string_agg(g::text, ',' ORDER BY g::text) FROM unnest(c.relacl) g), '')
FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint ' || conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT format('column %s %s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
ORDER BY 1
"""

RICHER = (
    SCHEMA
    + """
ALTER TABLE parcels SET (fillfactor = 80);
ALTER TABLE parcels ADD COLUMN IF NOT EXISTS "где" text DEFAULT 'тут' CHECK ("где" <> '');
ALTER TABLE stops ADD COLUMN IF NOT EXISTS first boolean GENERATED ALWAYS AS (n = 0) STORED;
"""
)


@pytest.fixture
async def roles(database: str) -> AsyncIterator[tuple[str, str]]:
    """An owner and a service of this database's, with the rights they have in the suite."""
    owner, service = (f"r_{uuid4().hex[:12]}" for _ in range(2))
    async with connected(database) as admin:
        await admin.execute(f"CREATE ROLE {owner} LOGIN PASSWORD 'x'; CREATE ROLE {service} LOGIN PASSWORD 'x'")
        await admin.execute(f"GRANT CREATE ON DATABASE {database.rpartition('/')[2]} TO {owner}")
        await admin.execute(f"GRANT ALL ON SCHEMA public TO {owner}")
        yield owner, service
        await admin.execute(f"DROP OWNED BY {service}; DROP OWNED BY {owner}; DROP ROLE {service}; DROP ROLE {owner}")


def as_role(url: str, role: str) -> str:
    return f"postgresql://{role}:x@{url.rpartition('@')[2]}"


@pytest.mark.parametrize("by_administrator", [False, True])
async def test_tables_are_afterwards_as_they_were(
    database: str, roles: tuple[str, str], by_administrator: bool
) -> None:
    owner, service = roles
    await migrate(as_role(database, owner), service, RICHER)
    async with connected(database) as admin:
        await admin.execute("GRANT SELECT ON parcels TO PUBLIC")
        before = await admin.fetch(STRUCTURE)
        assert len(before) > 50
        await rebuilt(database if by_administrator else as_role(database, owner))
        assert await admin.fetch(STRUCTURE) == before
        await admin.execute(f"SET ROLE {service}")
        row = '{"parcel": "00000000-0000-0000-0000-000000000001", "n": 0, "place": "Ust"}'
        await admin.execute("SELECT put_rows('stops', ARRAY[$1::text::jsonb])", row)
        assert await admin.fetchval("SELECT first FROM stops")


async def test_only_what_is_marked_is_touched(store: PostgresStore) -> None:
    await walk(store)
    async with connected(store.url) as connection:
        await connection.execute("INSERT INTO stamps VALUES ('a')")
        before = await connection.fetchrow("SELECT *, 'stamps'::regclass::oid, 'parcels'::regclass::oid FROM stamps")
        await rebuilt(store.url)
        after = await connection.fetchrow("SELECT *, 'stamps'::regclass::oid, 'parcels'::regclass::oid FROM stamps")
    assert before is not None
    assert after is not None
    assert after[:3] == before[:3]
    assert after[3] != before[3]


async def refuses(store: PostgresStore, sql: str, words: str, **changes: Any) -> None:
    """After *sql* nothing is rebuilt and nothing is touched."""
    await walk(store)
    async with connected(store.url) as connection:
        await connection.execute(sql)
    before = await rows_of(store.url)
    with pytest.raises(NotRebuildable, match=words):
        await rebuilt(store.url, **changes)
    assert (await rows_of(store.url), await shadows(store.url)) == (before, [])


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("ALTER TABLE stops DROP CONSTRAINT stops_pkey", "stops has no primary key"),
        ("CREATE VIEW seen AS SELECT id FROM parcels", "parcels is read by a view"),
        ("ALTER TABLE stops ADD FOREIGN KEY (parcel) REFERENCES parcels", "parcels has a trigger or a foreign key"),
        ("ALTER TABLE parcels ENABLE ROW LEVEL SECURITY", "parcels has row security"),
        ("GRANT SELECT (id) ON parcels TO PUBLIC", "parcels has rights on single columns"),
        ("COMMENT ON TABLE stops IS NULL", "a view writes stops, which is not marked"),
        ("COMMENT ON TABLE stops IS NULL; COMMENT ON TABLE parcels IS NULL", "no table is marked"),
    ],
)
async def test_a_table_whose_shadow_would_not_be_the_same_is_refused(
    store: PostgresStore, sql: str, words: str
) -> None:
    await refuses(store, sql, words)


def crowded_view(_id: UUID, version: int, _state: Any) -> list[Row]:
    return [Row(table="parcels", values={"id": UUID(int=1), "version": version, "places": []})]


def crowded() -> Any:
    return (replace(parcel, view=crowded_view),)


async def test_two_streams_that_show_one_row_are_named(store: PostgresStore) -> None:
    other = await walk(store)
    await refuses(store, "TRUNCATE stops", "two streams show what parcels can hold only once", categories=crowded)
    twice = [one for one in await found(store.url, categories=crowded) if one.kind == "twice"]
    assert [one.key for one in twice] == [{"id": str(UUID(int=1))}]
    assert len(twice[0].streams) == 2
    assert parcel.stream(other) in twice[0].streams


async def test_a_fact_that_cannot_be_read_ends_it(store: PostgresStore) -> None:
    await walk(store)
    before = await rows_of(store.url)
    async with connected(store.url) as connection:
        put = "INSERT INTO facts VALUES (gen_random_uuid(), $1, $2, 'parcel.sent', $3, '', now())"
        await connection.execute(put, parcel.stream(UUID(int=9)), 2, b'{"place": "Ust"}')
    with pytest.raises(LogBroken, match=r"version 1 of stream parcel-0.* is missing"):
        await rebuilt(store.url)
    async with connected(store.url) as connection:
        await connection.execute(put, parcel.stream(UUID(int=9)), 1, b"nonsense")
    with pytest.raises(LogBroken, match=r"of kind parcel\.sent cannot be read"):
        await rebuilt(store.url)
    assert (await rows_of(store.url), await shadows(store.url)) == (before, [])


def stumbling() -> Any:
    def view(_id: UUID, _version: int, _state: Any) -> list[Row]:
        raise ZeroDivisionError("a view stumbled")

    return (replace(parcel, view=view),)


async def test_a_view_that_stumbles_is_told(store: PostgresStore) -> None:
    await walk(store)
    with pytest.raises(WorkerFailed, match="ZeroDivisionError: a view stumbled"):
        await rebuilt(store.url, categories=stumbling)
    assert await shadows(store.url) == []


async def test_a_view_that_shows_personal_texts_needs_the_keys(store: PostgresStore) -> None:
    anna, boris = uuid4(), uuid4()
    id = uuid4()
    for version, who in enumerate((anna, boris)):
        signed = Signed(by=Personal(subject=who, text=f"secret {version}"))
        await store.append(append(parcel.stream(id), signed, expected=version))
    sequencer = sequencer_of(store)
    await drain(sequencer)  # nothing is left to catch up with: whether a view asked for texts is known to workers alone
    await sequencer.stop()
    with pytest.raises(KeyMissing, match="master key"):
        await rebuilt(store.url, categories=depot.signed_categories)
    with_keys = {"categories": depot.signed_categories, "master_key": MASTER}
    await rebuilt(store.url, **with_keys)
    assert await signed_by(store) == ["secret 0", "secret 1"]

    await store.keys.destroy(anna)
    differing = await found(store.url, **with_keys)
    assert [(one.kind, one.columns) for one in differing] == [("changed", {"notes": (None, None)})]  # no text is told
    await rebuilt(store.url, **with_keys)
    assert await signed_by(store) == [None, "secret 1"]
    assert await found(store.url, **with_keys) == []


async def signed_by(store: PostgresStore) -> Any:
    (row,) = await store.fetch("SELECT notes FROM parcels")
    return row["notes"]["signed"]


async def test_a_view_that_shows_no_text_needs_no_key(store: PostgresStore) -> None:
    signed = Signed(by=Personal(subject=uuid4(), text="secret"))
    await store.append(append(parcel.stream(uuid4()), Sent(place="Ust"), signed, expected=0))
    await rebuilt(store.url)
    assert len((await rows_of(store.url))["parcels"]) == 1
