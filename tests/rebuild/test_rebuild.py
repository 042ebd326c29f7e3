"""Read models made anew: what they are afterwards, and that nobody who went on meanwhile lost anything."""

from uuid import uuid4

from shared.store.postgres import PostgresStore
from tests.databases import connected
from tests.rebuild.depot import found, rebuilt, rows_of, shadows, walk


async def test_what_is_rebuilt_is_what_was_written(store: PostgresStore) -> None:
    for steps in (1, 2, 5):
        await walk(store, steps=steps)
    before = await rows_of(store.url)
    assert [len(rows) for rows in before.values()] == [3, 8]
    await rebuilt(store.url)
    assert await rows_of(store.url) == before
    assert await found(store.url) == []
    assert await shadows(store.url) == []


async def test_damage_is_named_and_mended(store: PostgresStore) -> None:
    changed, lost = await walk(store), await walk(store)
    stranger = uuid4()
    before = await rows_of(store.url)
    async with connected(store.url) as connection:
        await connection.execute("UPDATE parcels SET version = 9, notes = '{}' WHERE id = $1", changed)
        await connection.execute("DELETE FROM stops WHERE parcel = $1 AND n = 1", lost)
        await connection.execute("INSERT INTO parcels (id, version, places) VALUES ($1, 1, '{}')", stranger)
    told = {(one.table, one.kind): one for one in await found(store.url)}
    assert sorted(told) == [("parcels", "changed"), ("parcels", "surplus"), ("stops", "missing")]
    one = told["parcels", "changed"]
    assert (one.key, one.streams) == ({"id": str(changed)}, (f"parcel-{changed}",))
    assert one.columns == {"version": (9, 3), "notes": ({}, None)}
    assert told["parcels", "surplus"].key == {"id": str(stranger)}
    assert told["stops", "missing"].key == {"parcel": str(lost), "n": 1}
    assert told["stops", "missing"].streams == (f"parcel-{lost}",)
    await rebuilt(store.url)
    assert await found(store.url) == []
    assert await rows_of(store.url) == before
