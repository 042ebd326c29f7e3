"""A dump, restored into a fresh cluster: positions are the same, and every reader goes on where it was."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.servers.admin import make_database
from deploy.servers.postgres import Binaries, Postgres
from shared.domain import Personal
from shared.store import Appended, Repeated
from shared.store.keys import KeyRing
from shared.store.merkle import Frontier
from shared.store.notes import Checkpoint
from shared.store.postgres import PostgresStore
from tests.store.clusters import binaries, cluster
from tests.store.conftest import SIGNER, drain, sequencer_of
from tests.store.parcel import Moved, Sent, Signed, append, heard, parcel, receipt, stream

PLACED, WAITING = 12, 3
KEPT = uuid4()  # a command's key
NOTES = "SELECT note FROM tree_heads ORDER BY size"
READ = 5  # how far the reader came before the dump


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


async def tool(name: Path, *words: str) -> None:
    process = await asyncio.create_subprocess_exec(name, *words)
    assert await process.wait() == 0, name.name


@pytest.fixture
def anna() -> Personal:
    return Personal(subject=uuid4(), text="подпись")


@pytest_asyncio.fixture
async def restored(
    postgres: PostgresStore,
    keys: KeyRing,
    programs: Binaries,
    fresh_server: Postgres,
    anna: Personal,
    tmp_path: Path,
) -> AsyncIterator[PostgresStore]:
    await postgres.append(append(stream(), Sent(place="Ust"), Signed(by=anna), receipt=receipt(KEPT), heard=heard()))
    await postgres.append(append(stream(), *(Moved(place=str(n)) for n in range(PLACED - 2))))
    sequencer = sequencer_of(postgres)
    await drain(sequencer)
    await sequencer.stop()
    await postgres.append(append(stream(), *(Moved(place=str(n)) for n in range(WAITING))))
    await postgres.move_checkpoint("reader", READ)
    name, file = f"t_{uuid4().hex[:20]}", tmp_path / "store.dump"
    await tool(programs.folder / "pg_dump", "--format=custom", "--no-owner", f"--file={file}", postgres.url)
    await make_database(fresh_server.url, name)
    url = fresh_server.with_database(name)
    await tool(programs.folder / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url}", str(file))
    store = PostgresStore(url, [parcel], keys)
    await store.open()
    yield store
    await store.close()


async def test_readers_go_on_from_their_checkpoint(postgres: PostgresStore, restored: PostgresStore) -> None:
    after = await restored.checkpoint("reader")
    assert after == READ
    page = await restored.read_log(after)
    assert page == await postgres.read_log(after)
    assert [fact.position for fact in page] == list(range(READ + 1, PLACED + 1))


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
