"""A dump, restored into a fresh cluster: positions are the same, and every reader goes on where it was."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from deploy.servers.admin import make_database
from deploy.servers.postgres import Binaries, Postgres
from shared.bus.envelope import parse
from shared.bus.relay import Relay
from shared.bus.topology import declare
from shared.domain import Personal
from shared.store import Appended, Repeated
from shared.store.execute import Executor
from shared.store.keys import KeyRing
from shared.store.merkle import Frontier
from shared.store.notes import Checkpoint
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.bus.test_consumer import INBOX, consumers, wrapped
from tests.bus.wire import channel_to, depth, running, send, taken, until, until_async
from tests.bus.words import TALLY, Counted, publish, record
from tests.store.clusters import binaries, cluster
from tests.store.conftest import SIGNER, drain, sequencer_of
from tests.store.parcel import Moved, Sent, Signed, append, heard, parcel, receipt, stream

PLACED, WAITING = 12, 3
KEPT = uuid4()  # a command's key
NOTES = "SELECT note FROM tree_heads ORDER BY size"
READ = 5  # how far the reader came before the dump

Moving = Callable[[str], Awaitable[str]]


@pytest.fixture(scope="module")
def programs(postgres_server: Postgres) -> Binaries:
    """Those of the run's own server: a dump is read by the version that wrote it."""
    found = binaries(postgres_server.way)
    if found is None:
        pytest.skip("the server was given by its address, and its programs are not here")
    return found


@pytest.fixture(scope="module")
def fresh_server(programs: Binaries, servers_folder: Path) -> Iterator[Postgres]:
    with cluster(programs.way, servers_folder, "restored") as server:
        yield server


@pytest_asyncio.fixture
async def inbox(amqp_url: str) -> str:
    """The address of a broker with the inbox of a reader of tallies."""
    async with channel_to(amqp_url) as channel:
        await declare(channel, "reader", [Counted.contract])
    return amqp_url


async def tool(name: Path, *words: str) -> None:
    process = await asyncio.create_subprocess_exec(name, *words)
    assert await process.wait() == 0, name.name


@pytest.fixture
def moved(programs: Binaries, fresh_server: Postgres, tmp_path: Path) -> Moving:
    """Dumps the database of an address into a new one of the fresh cluster; its address."""

    async def move(url: str) -> str:
        name, file = f"t_{uuid4().hex[:20]}", tmp_path / "store.dump"
        await tool(programs.folder / "pg_dump", "--format=custom", "--no-owner", f"--file={file}", url)
        await make_database(fresh_server.url, name)
        new = fresh_server.with_database(name)
        await tool(programs.folder / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={new}", str(file))
        return new

    return move


@pytest.fixture
def anna() -> Personal:
    return Personal(subject=uuid4(), text="подпись")


@pytest_asyncio.fixture
async def restored(
    postgres: PostgresStore, keys: KeyRing, moved: Moving, anna: Personal
) -> AsyncIterator[PostgresStore]:
    await postgres.append(append(stream(), Sent(place="Ust"), Signed(by=anna), receipt=receipt(KEPT), heard=heard()))
    await postgres.append(append(stream(), *(Moved(place=str(n)) for n in range(PLACED - 2))))
    sequencer = sequencer_of(postgres)
    await drain(sequencer)
    await sequencer.stop()
    await postgres.append(append(stream(), *(Moved(place=str(n)) for n in range(WAITING))))
    await postgres.move_checkpoint("reader", READ)
    store = PostgresStore(await moved(postgres.url), [parcel], keys)
    await store.open()
    yield store
    await store.close()


async def test_readers_go_on_from_their_checkpoint(postgres: PostgresStore, restored: PostgresStore) -> None:
    after = await restored.checkpoint("reader")
    assert after == READ
    page = await restored.read_log(after)
    assert page == await postgres.read_log(after)
    assert [fact.position for fact in page] == list(range(READ + 1, PLACED + 1))


@asynccontextmanager
async def tallies(url: str, keys: KeyRing) -> AsyncIterator[PostgresStore]:
    store = PostgresStore(url, [TALLY], keys)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def relayed(store: PostgresStore, sequencer: Sequencer, url: str) -> AsyncIterator[Relay]:
    relay = Relay(store, sequencer, publish, url, "sums")
    async with running(sequencer.run), running(relay.run):
        yield relay


async def test_the_relay_publishes_what_it_had_not_published_and_nothing_again(
    migrated: str, keys: KeyRing, moved: Moving, inbox: str
) -> None:
    id = uuid4()
    async with tallies(migrated, keys) as store:
        async with relayed(store, sequencer_of(store), inbox) as relay:
            await record(store, range(1, 6), id)
            await until(lambda: relay.position == 5)
        sequencer = sequencer_of(store)
        await record(store, range(6, 9), id)
        await drain(sequencer)
        await sequencer.stop()
        await record(store, [9], id)
    async with tallies(await moved(migrated), keys) as store, relayed(store, sequencer_of(store), inbox) as relay:
        await record(store, [10], id)
        await until(lambda: relay.position == 10)
        assert relay.published == 5
    messages = [parse(message.body) for message in await taken(inbox, INBOX, 10)]
    assert [message.read(Counted).number for message in messages] == list(range(1, 11))
    assert [message.follows for message in messages] == ["", *(f"counted.v1={version}" for version in range(1, 10))]
    assert await depth(inbox, INBOX) == 0


async def test_a_consumer_takes_the_next_message_and_repeats_no_effect(
    migrated: str, keys: KeyRing, moved: Moving, inbox: str
) -> None:
    id = uuid4()
    first, second, third = (wrapped(n, id=id, version=n, follows=n - 1) for n in (1, 2, 3))
    async with tallies(migrated, keys) as store, running(consumers(inbox, Executor(store)).run):
        await send(inbox, "reader", first, second)
        await until_async(lambda: holds(store, id, 1, 2))
    async with tallies(await moved(migrated), keys) as store:
        it = consumers(inbox, Executor(store))
        async with running(it.run):
            await send(inbox, "reader", second, first, third)
            await until_async(lambda: holds(store, id, 1, 2, 3))
            await until(lambda: it.in_hand == 0)
        assert await holds(store, id, 1, 2, 3)
    assert (it.listener.gaps, it.listener.rejected, await depth(inbox, INBOX)) == (0, 0, 0)


async def holds(store: PostgresStore, id: UUID, *numbers: int) -> bool:
    return tuple(fact.event.number for fact in await store.read(TALLY.stream(id))) == numbers


async def test_what_waited_gets_the_next_positions_and_the_tree_grows_on(restored: PostgresStore) -> None:
    before = Checkpoint.parse(SIGNER.verifier.open((await restored.fetch(NOTES))[-1]["note"]))
    sequencer = sequencer_of(restored)
    await restored.append(append(stream(), Sent(place="Bor"), expected=0))
    await drain(sequencer)
    await sequencer.stop()
    positions = [fact.position for fact in await restored.read_log(PLACED)]
    assert positions == list(range(PLACED + 1, PLACED + WAITING + 2))
    after = Checkpoint.parse(SIGNER.verifier.open((await restored.fetch(NOTES))[-1]["note"]))
    assert (before.size, after.size) == (PLACED, PLACED + WAITING + 1)
    tree = Frontier()
    roots = {}
    for row in await restored.fetch("SELECT position, leaf FROM log ORDER BY position"):
        tree.add(row["leaf"])
        roots[row["position"]] = tree.root()
    assert (roots[before.size], roots[after.size]) == (before.root, after.root)


async def test_what_was_done_is_still_known(restored: PostgresStore, anna: Personal) -> None:
    again = await restored.append(append(stream(), Sent(place="Ust"), receipt=receipt(KEPT, b"second")))
    assert again == Repeated(result=b"first")
    (first,) = await restored.fetch("SELECT stream FROM facts WHERE kind = 'parcel.sent'")
    assert isinstance(await restored.append(append(first["stream"], Moved(place="Bor"), heard=heard())), Repeated)
    assert isinstance(await restored.append(append(first["stream"], Moved(place="Bor"), expected=2)), Appended)
    assert (await restored.read(first["stream"]))[1].event == Signed(by=anna)
