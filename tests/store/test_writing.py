"""Groups of appends: written whole whatever their size, and undisturbed by what stands in the way of one of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.store import Appended, Repeated, StaleVersion
from shared.store.postgres import PostgresStore
from tests.databases import blocked, connected
from tests.store.parcel import Moved, Sent, append, card, heard, parcel, receipt, stream

INSERT = "INSERT INTO facts VALUES ($1, $2, 1, 'parcel.sent', '{\"place\": \"Bor\"}', '{}', now())"


@pytest.mark.parametrize("facts", [0, 1, 3, 60])
@pytest.mark.parametrize("appends", [1, 2, 5, 17, 40])
async def test_a_group_of_any_size_is_written_whole(postgres: PostgresStore, appends: int, facts: int) -> None:
    wanted = [
        append(
            stream(),
            *(Moved(place=str(n)) for n in range(facts)),
            expected=(0, None)[n % 2],
            receipt=receipt() if n % 3 else None,
            heard=heard(f"m-{n}") if n % 5 else None,
        )
        for n in range(appends)
    ]
    done = await asyncio.gather(*(postgres.append(one) for one in wanted))
    for one, answer in zip(wanted, done, strict=True):
        assert isinstance(answer, Appended)
        assert answer.version == facts
        read = await postgres.read(one.stream)
        assert [(fact.version, fact.event) for fact in read] == list(enumerate(one.facts, 1))
        assert [fact.id for fact in read] == [fact.id for fact in answer.facts]
    (counts,) = await postgres.fetch(
        "SELECT (SELECT count(*) FROM commands) AS commands, (SELECT count(*) FROM inbox) AS inbox"
    )
    assert counts["commands"] == sum(one.receipt is not None for one in wanted)
    assert counts["inbox"] == sum(one.heard is not None for one in wanted)
    queued = await postgres.fetch(
        "SELECT f.stream, f.version FROM pending p JOIN facts f ON f.id = p.fact ORDER BY seq"
    )
    for one in wanted:
        assert [row["version"] for row in queued if row["stream"] == one.stream] == list(range(1, facts + 1))


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


@asynccontextmanager
async def another_process(url: str, sql: str, *values: object) -> AsyncIterator[Any]:
    """Somebody who has written and not yet committed."""
    async with connected(url) as other:
        undecided = other.transaction()
        await undecided.start()
        await other.execute(sql, *values)
        yield undecided


async def test_who_loses_a_race_holds_up_nobody_else(postgres: PostgresStore, migrated: str) -> None:
    raced, others = stream(), [stream() for _ in range(5)]
    async with another_process(migrated, INSERT, uuid4(), raced) as undecided:
        tasks = [
            asyncio.create_task(postgres.append(append(name, Sent(place="Ust"), expected=0)))
            for name in (raced, *others)
        ]
        await blocked(migrated)
        await undecided.commit()
        lost, *done = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(lost, StaleVersion)
    assert all(isinstance(one, Appended) and one.version == 1 for one in done)
    assert len(await postgres.fetch("SELECT FROM facts WHERE stream = $1", raced)) == 1


async def test_a_race_the_other_gave_up_is_won(postgres: PostgresStore, migrated: str) -> None:
    name = stream()
    async with another_process(migrated, INSERT, uuid4(), name) as undecided:
        task = asyncio.create_task(postgres.append(append(name, Sent(place="Ust"), expected=0)))
        await blocked(migrated)
        await undecided.rollback()
        done = await task
    assert isinstance(done, Appended)
    assert [fact.id for fact in await postgres.read(name)] == [done.facts[0].id]


async def test_whoever_takes_any_version_comes_after_the_winner(postgres: PostgresStore, migrated: str) -> None:
    name = stream()
    async with another_process(migrated, INSERT, uuid4(), name) as undecided:
        task = asyncio.create_task(postgres.append(append(name, Moved(place="Ust"))))
        await blocked(migrated)
        await undecided.commit()
        done = await task
    assert isinstance(done, Appended)
    assert done.version == 2


async def test_a_command_that_another_process_is_doing_is_done_once(postgres: PostgresStore, migrated: str) -> None:
    kept, name = receipt(), stream()
    sql = "INSERT INTO commands VALUES ($1, 'f', 'theirs')"
    async with another_process(migrated, sql, kept.id) as undecided:
        task = asyncio.create_task(postgres.append(append(name, Sent(place="Ust"), receipt=kept)))
        await blocked(migrated)
        await undecided.commit()
        assert await task == Repeated(result=b"theirs")
    assert await postgres.read(name) == []
