"""Read-model rows: written with their facts, and only where a table has them."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.domain import Gone, Personal, Row
from shared.store import Appended
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from tests.store.parcel import Moved, Sent, append, card, parcel, stream


async def row_of(store: PostgresStore, id: object) -> dict[str, Any] | None:
    rows = await store.fetch("SELECT * FROM parcels WHERE id = $1", id)
    return dict(rows[0]) if rows else None


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
