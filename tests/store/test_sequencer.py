"""One order, given by one sequencer at a time, and signed."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from shared.store.leaf import Stored, fact_leaf
from shared.store.merkle import EMPTY, over, root
from shared.store.notes import Checkpoint
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.store.conftest import SIGNER, drain, sequencer_of
from tests.store.parcel import Moved, Sent, append, stream


async def leaves(store: PostgresStore) -> list[bytes]:
    return [row["leaf"] for row in await store.fetch("SELECT leaf FROM log ORDER BY position")]


async def heads(store: PostgresStore) -> list[Checkpoint]:
    rows = await store.fetch("SELECT note FROM tree_heads ORDER BY size")
    return [Checkpoint.parse(SIGNER.verifier.open(row["note"])) for row in rows]


async def test_the_database_and_the_program_agree_on_a_leaf(postgres: PostgresStore, sequencer: Sequencer) -> None:
    await postgres.append(append(stream(), Sent(place="Усть-Ы"), Moved(place="", note="😀" * 9)))
    await drain(sequencer)
    rows = await postgres.fetch("SELECT f.* FROM facts f JOIN log l ON l.fact = f.id ORDER BY position")
    assert [fact_leaf(Stored(**dict(row))) for row in rows] == await leaves(postgres)


async def test_what_is_placed_is_signed(postgres: PostgresStore, sequencer: Sequencer) -> None:
    await postgres.append(append(stream(), *(Moved(place=str(n)) for n in range(11))))
    await drain(sequencer)
    placed = await leaves(postgres)
    assert await heads(postgres) == [Checkpoint(origin="parcels.example/log", size=11, root=root(placed))]


async def test_a_new_sequencer_goes_on_where_the_last_one_stopped(postgres: PostgresStore) -> None:
    for size in (7, 14, 21):
        await postgres.append(append(stream(), *(Moved(place=str(n)) for n in range(7))))
        sequencer = sequencer_of(postgres)
        await drain(sequencer)
        await sequencer.stop()
        assert (await heads(postgres))[-1] == Checkpoint(
            origin="parcels.example/log", size=size, root=over(await leaves(postgres))(0, size)
        )


async def test_a_false_head_is_not_built_on(postgres: PostgresStore) -> None:
    await postgres.append(append(stream(), Sent(place="Ust"), Moved(place="Bor")))
    first = sequencer_of(postgres)
    await drain(first)
    await first.stop()
    await postgres.fetch("INSERT INTO tree_heads (size, root, frontier, note) VALUES (1000, $1, $1, 'lies')", EMPTY)
    await postgres.append(append(stream(), Sent(place="Ust")))
    second = sequencer_of(postgres)
    await drain(second)
    assert second._frontier.root() == root(await leaves(postgres))
    await second.stop()


async def test_of_two_sequencers_one_leads_and_the_other_follows(postgres: PostgresStore, sequencer: Sequencer) -> None:
    other = sequencer_of(postgres)
    await drain(sequencer)
    await postgres.append(append(stream(), Sent(place="Ust")))
    assert await other.step() == 0
    assert await sequencer.step() == 1
    await other.step()
    assert (sequencer.leading, other.leading, other.position) == (True, False, 1)
    await sequencer.stop()
    await postgres.append(append(stream(), Sent(place="Bor")))
    assert await other.step() == 1
    await other.stop()


async def test_a_sequencer_that_wakes_too_late_writes_nothing(postgres: PostgresStore) -> None:
    stopped, next_one = sequencer_of(postgres), sequencer_of(postgres)
    await drain(stopped)
    await postgres.fetch("UPDATE lease SET expires_at = clock_timestamp()")  # its time has passed
    await postgres.append(append(stream(), Sent(place="Ust")))
    assert await stopped.step() == 0
    assert await leaves(postgres) == []
    await drain(next_one)
    await postgres.append(append(stream(), Sent(place="Bor")))
    stopped.leading = True  # it slept through everything and believes it leads
    assert await stopped.step() == 0
    assert (len(await leaves(postgres)), stopped.leading) == (1, False)
    await drain(next_one)
    assert len(await leaves(postgres)) == 2
    await next_one.stop()
    await stopped.stop()


async def test_a_sequencer_that_was_stopped_before_it_signed_does_not_sign_when_it_wakes(
    postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor would anything else stop it: whoever took its lease has not signed this size either."""
    stopped, next_one = sequencer_of(postgres), sequencer_of(postgres)
    await postgres.append(append(stream(), Sent(place="Ust")))
    with monkeypatch.context() as patch:
        patch.setattr(Sequencer, "_sign", unsigned)
        assert await stopped.step() == 1
        await postgres.fetch("UPDATE lease SET expires_at = clock_timestamp()")
        await next_one.step()
    assert next_one.leading
    assert stopped._connection is not None
    await stopped._sign(stopped._connection)
    assert await heads(postgres) == []
    await postgres.append(append(stream(), Sent(place="Bor")))
    await drain(next_one)
    assert [head.size for head in await heads(postgres)] == [2]
    await next_one.stop()
    await stopped.stop()


async def unsigned(_: Sequencer, __: object) -> None:
    """What a sequencer does about checkpoints that is stopped before it comes to them."""


async def test_a_lease_of_a_wrong_clock_is_taken(postgres: PostgresStore, sequencer: Sequencer) -> None:
    await postgres.fetch("UPDATE lease SET expires_at = clock_timestamp() + interval '1 hour', holder = 'gone'")
    await postgres.append(append(stream(), Sent(place="Ust")))
    assert await sequencer.step() == 1


async def test_sequencers_that_fight_for_the_lease_leave_no_gap(postgres: PostgresStore) -> None:
    rivals = [sequencer_of(postgres, lease=0.02) for _ in range(3)]
    running = [asyncio.create_task(rival.run()) for rival in rivals]
    for n in range(60):
        await postgres.append(append(stream(), Moved(place=str(n)), Moved(place="b")))
    await rivals[0].wait_beyond(119, within=20)
    for task in running:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    log = await postgres.read_log(0)
    assert [fact.position for fact in log] == list(range(1, 121))
    assert len({fact.id for fact in log}) == 120


async def test_whoever_waits_is_told_at_once(postgres: PostgresStore, sequencer: Sequencer) -> None:
    running = asyncio.create_task(sequencer.run())
    waiting = asyncio.create_task(sequencer.wait_beyond(0, within=10))
    await postgres.append(append(stream(), Sent(place="Ust")))
    assert await waiting == 1
    assert await sequencer.wait_beyond(5, within=0.01) == 1
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_the_sequencer_outlives_its_connection(
    postgres: PostgresStore, sequencer: Sequencer, migrated: str
) -> None:
    running = asyncio.create_task(sequencer.run())
    await postgres.append(append(stream(), Sent(place="Ust")))
    assert await sequencer.wait_beyond(0, within=10) == 1
    owner = await asyncpg.connect(migrated)
    await owner.fetch(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE pid <> pg_backend_pid() AND datname = current_database()"""
    )
    await owner.close()
    await postgres.append(append(stream(), Sent(place="Bor")))
    assert await sequencer.wait_beyond(1, within=10) == 2
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
