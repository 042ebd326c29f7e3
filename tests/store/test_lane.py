"""A writer's connection: its statements, and the clock that lets no call hang."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from shared.store import Appended, lane
from shared.store.lane import Lane
from shared.store.postgres import PostgresStore
from tests.databases import connected
from tests.store.parcel import Sent, append, card, stream

HELD = 4711  # an advisory lock
WAIT = f"SELECT pg_advisory_xact_lock({HELD})"


@pytest.fixture
async def one(migrated: str) -> AsyncIterator[Lane]:
    one = Lane(migrated)
    await one.connect()
    yield one
    one.drop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> float:
    """The clock rings after so many seconds; the server's own bounds are wider than that."""
    monkeypatch.setattr(lane, "COMMAND_SECONDS", 0.3)
    return 0.3


async def test_a_call_that_hangs_loses_its_connection_in_time(one: Lane, migrated: str, impatient: float) -> None:
    loop = asyncio.get_running_loop()
    async with connected(migrated) as other:
        await other.execute("SELECT pg_advisory_lock($1)", HELD)
        asked_at = loop.time()
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await one.ask(WAIT, [])
        assert loop.time() - asked_at >= impatient
        assert not one.usable
        with pytest.raises(asyncpg.InterfaceError):
            await one.ask("SELECT 1", [])
    await one.connect()
    assert [tuple(row) for row in await one.ask("SELECT 1", [])] == [(1,)]


async def test_the_clock_of_one_call_does_not_end_the_next(one: Lane, migrated: str, impatient: float) -> None:
    """The timer set for the first call rings in the middle of the second, and lets it go on."""
    async with connected(migrated) as other:
        await one.ask("SELECT 1", [])
        await asyncio.sleep(impatient * 0.7)
        await other.execute("SELECT pg_advisory_lock($1)", HELD)
        asked = asyncio.create_task(one.ask(WAIT, []))
        await asyncio.sleep(impatient * 0.6)
        assert not asked.done()
        await other.execute("SELECT pg_advisory_unlock($1)", HELD)
        assert len(await asked) == 1
    assert one.usable


async def test_the_statements_used_last_stay_prepared(one: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "MOST_PREPARED", 3)
    for number in range(10):
        await one.ask("SELECT 'often'", [])
        await one.ask(f"SELECT {number}", [])
    listing = "SELECT array_agg(statement ORDER BY prepare_time) FROM pg_prepared_statements"
    (kept,) = await one.ask(listing, [])
    assert kept[0] == ["SELECT 'often'", "SELECT 9", listing]


async def test_an_append_outlives_a_change_below_its_statement(postgres: PostgresStore, migrated: str) -> None:
    """A newer version may give a function another type; the server refuses what was prepared for the old one."""
    await postgres.append(append(stream(), Sent(place="Ust"), rows=[card(uuid4())]))
    async with connected(migrated) as owner:
        await owner.execute("DROP FUNCTION put_rows")
        await owner.execute(
            "CREATE FUNCTION put_rows(target text, rows jsonb[]) RETURNS integer LANGUAGE sql AS 'SELECT 1'"
        )
    done = await postgres.append(append(stream(), Sent(place="Bor"), rows=[card(uuid4())]))
    assert isinstance(done, Appended)
    assert len(await postgres.read(done.facts[0].stream)) == 1
