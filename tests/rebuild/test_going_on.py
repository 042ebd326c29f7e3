"""A rebuild while the service goes on: nobody's facts are lost, nobody is turned away, and a half rebuild is none."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import pytest

from shared.rebuild import Busy, SchemaChanged, rebuild
from shared.rebuild.rebuild import Run, begun
from shared.rebuild.shadow import Shadow
from shared.store.postgres import PostgresStore
from tests.databases import connected
from tests.rebuild.depot import found, rebuilt, rows_of, shadows, source, waits, walk
from tests.store.conftest import drain, sequencer_of
from tests.store.parcel import Moved, Sent, append, parcel


@asynccontextmanager
async def ready_to_swap(url: str) -> AsyncIterator[Run]:
    """A rebuild whose shadows are filled and indexed."""
    async with begun(source(url), lambda _: None) as run:
        await run.fill(1)
        await run.catch_up_alone()
        await run.shadow.index(run.connection)
        yield run


async def holds(store: PostgresStore, parcels: int) -> None:
    """Nothing is missing, nothing is wrong."""
    assert await found(store.url) == []
    assert len((await rows_of(store.url))["parcels"]) == parcels


async def test_writers_and_readers_go_on(store: PostgresStore) -> None:
    for _ in range(20):
        await walk(store)
    over = asyncio.Event()
    sequencer = sequencer_of(store)

    async def write() -> int:
        for done in itertools.count():
            if over.is_set():
                return done
            await walk(store)
        raise AssertionError

    async def read() -> int:
        for done in itertools.count():
            if over.is_set():
                return done
            await asyncio.gather(
                drain(sequencer), store.fetch("SELECT * FROM parcels p JOIN stops s ON s.parcel = p.id")
            )
        raise AssertionError

    going = [asyncio.create_task(one()) for one in (write, write, write, read)]
    progress = await rebuild(source(store.url), workers=2)
    over.set()
    *written, _ = await asyncio.gather(*going)
    await sequencer.stop()
    assert min(written) > 0
    assert progress.caught_up > 0
    assert progress.locked_seconds < 2
    await holds(store, 20 + sum(written))


async def test_what_is_appended_before_the_swap_is_caught_up_with(store: PostgresStore) -> None:
    first = await walk(store)
    async with ready_to_swap(store.url) as run:
        await walk(store)
        state = parcel.decider.fold([Sent(place="Ust"), Moved(place="town 1"), Moved(place="town 2")])
        moved = parcel.decider.evolve(state, Moved(place="end"))
        rows = parcel.view(first, 4, moved)
        await store.append(append(parcel.stream(first), Moved(place="end"), expected=3, rows=rows))
        await run.swap()
    await holds(store, 2)
    assert any("end" in row for row in (await rows_of(store.url))["stops"])


async def test_an_append_under_way_is_waited_for_and_caught_up_with(store: PostgresStore) -> None:
    await walk(store)
    new = UUID(int=7)
    async with ready_to_swap(store.url) as run, connected(store.url) as connection:
        open_append = connection.transaction()
        await open_append.start()
        put = """WITH put AS (
                     INSERT INTO facts VALUES (gen_random_uuid(), $1, 1, 'parcel.sent', $2, '', now()) RETURNING id
                 ) INSERT INTO pending (fact) SELECT id FROM put"""
        await connection.execute(put, parcel.stream(new), b'{"place": "Ust"}')
        row = f'{{"id": "{new}", "version": 1, "places": ["Ust"]}}'
        await connection.execute("SELECT put_rows('parcels', ARRAY[$1::text::jsonb])", row)
        await connection.execute("SELECT put_rows('stops', ARRAY[$1::text::jsonb])", stop_of(new))
        swapping = asyncio.create_task(run.swap())
        await waits(store.url, "parcels")
        late = asyncio.create_task(walk(store))
        assert not swapping.done()
        await open_append.commit()
        await asyncio.gather(swapping, late)
    await holds(store, 3)


def stop_of(parcel: UUID) -> str:
    return f'{{"parcel": "{parcel}", "n": 0, "place": "Ust"}}'


async def test_an_append_that_waits_for_the_swap_writes_into_the_new_tables(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await walk(store)
    swap, late = Shadow.swap, []

    async def when_somebody_waits(self: Shadow, connection: Any) -> None:
        if not late:
            late.extend((asyncio.create_task(walk(store)), asyncio.create_task(store.fetch("SELECT * FROM stops"))))
            await waits(store.url, "parcels")
        await swap(self, connection)

    monkeypatch.setattr(Shadow, "swap", when_somebody_waits)
    async with ready_to_swap(store.url) as run:
        before = await store.fetch("SELECT * FROM parcels WHERE id = $1", known)
        await run.swap()
        await asyncio.gather(*late)
    await holds(store, 2)
    assert await store.fetch("SELECT * FROM parcels WHERE id = $1", known) == before


async def test_a_swap_that_readers_stopped_loses_nothing_of_what_it_had_caught_up_with(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walk(store)
    swap_now, refused = Run._swap_now, []
    async with ready_to_swap(store.url) as run, connected(store.url) as connection:
        reading = connection.transaction()
        await reading.start()
        await connection.fetch("SELECT FROM stops")

        async def with_one_more(self: Run, seconds: float) -> None:
            if not refused:
                await walk(store)  # caught up with under the lock
            try:
                await swap_now(self, seconds)
            except Exception as no:
                refused.append(no)
                await reading.rollback()
                raise

        monkeypatch.setattr(Run, "_swap_now", with_one_more)
        await run.swap()
    assert len(refused) == 1
    await holds(store, 2)


async def test_two_at_once_are_one_too_many(store: PostgresStore) -> None:
    await walk(store)
    async with ready_to_swap(store.url) as run:
        with pytest.raises(Busy, match="running"):
            await rebuilt(store.url)
        with pytest.raises(Busy, match="running"):
            await found(store.url)
        assert await shadows(store.url) == [run.shadow.schema]  # the first goes on undisturbed
        await run.swap()
    await holds(store, 1)


async def test_tables_that_were_changed_meanwhile_are_left_as_they_are(store: PostgresStore) -> None:
    await walk(store)
    async with connected(store.url) as connection:
        async with ready_to_swap(store.url) as run:
            await connection.execute("ALTER TABLE parcels ADD COLUMN weight integer DEFAULT 7")
            with pytest.raises(SchemaChanged, match="again"):
                await run.swap()
        assert await connection.fetchval("SELECT weight FROM parcels") == 7
    assert await shadows(store.url) == []
    await rebuilt(store.url)
    async with connected(store.url) as connection:
        assert await connection.fetch("SELECT weight FROM parcels") == [(None,)]  # no fact says 7


async def test_a_cancelled_rebuild_cleans_up(store: PostgresStore) -> None:
    await walk(store)
    before = await rows_of(store.url)
    folding = asyncio.Event()
    task = asyncio.create_task(
        rebuild(source(store.url), tell=lambda p: folding.set() if p.stage == "folding" else None)
    )
    await folding.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert (await rows_of(store.url), await shadows(store.url)) == (before, [])
