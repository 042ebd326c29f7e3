"""Every store behind one face: what is true of one must be true of the others."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.servers.admin import drop_database, make_database
from deploy.servers.postgres import Postgres
from shared.store import Store
from shared.store.keys import KeyRing
from shared.store.memory import MemoryStore
from shared.store.migrate import migrate
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.store.clusters import binaries, cluster
from tests.store.parcel import SCHEMA, parcel

Settle = Callable[[], Awaitable[None]]

SIGNER = Signer("parcels.example", bytes(range(32)))


def sequencer_of(store: PostgresStore, lease: float = 5) -> Sequencer:
    return Sequencer(store, SIGNER, "parcels.example/log", lease=timedelta(seconds=lease))


async def drain(sequencer: Sequencer) -> None:
    while await sequencer.step():
        pass


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing(os.urandom(32))


@pytest_asyncio.fixture
async def migrated(database: str) -> str:
    await migrate(database, None, SCHEMA)
    return database


@pytest_asyncio.fixture
async def postgres(migrated: str, keys: KeyRing) -> AsyncIterator[PostgresStore]:
    store = PostgresStore(migrated, [parcel], keys)
    await store.open()
    yield store
    await store.close()


@pytest_asyncio.fixture
async def sequencer(postgres: PostgresStore) -> AsyncIterator[Sequencer]:
    sequencer = sequencer_of(postgres)
    yield sequencer
    await sequencer.stop()


@pytest.fixture(scope="session")
def newer_server(postgres_server: Postgres, servers_folder: Path) -> Iterator[Postgres]:
    """The wheel's PostgreSQL, which is newer than the installed one."""
    if postgres_server.way == "wheel":
        pytest.skip("the run's own PostgreSQL is the wheel's already")
    if binaries("wheel") is None:
        pytest.skip("the wheel with PostgreSQL has no binaries for this machine")
    with cluster("wheel", servers_folder, "newer") as server:
        yield server


@pytest_asyncio.fixture
async def newer(newer_server: Postgres, keys: KeyRing) -> AsyncIterator[PostgresStore]:
    name = f"t_{uuid4().hex[:20]}"
    await make_database(newer_server.url, name)
    url = newer_server.with_database(name)
    await migrate(url, None, SCHEMA)
    store = PostgresStore(url, [parcel], keys)
    await store.open()
    yield store
    await store.close()
    await drop_database(newer_server.url, name)


@pytest.fixture(params=["memory", "postgres", "newer"])
def store(request: pytest.FixtureRequest, keys: KeyRing) -> Store:
    if request.param == "memory":
        return MemoryStore([parcel], keys)
    chosen: Store = request.getfixturevalue(request.param)
    return chosen


@pytest_asyncio.fixture
async def settle(store: Store) -> AsyncIterator[Settle]:
    """Await it and every committed fact has its position."""
    if not isinstance(store, PostgresStore):

        async def nothing() -> None:
            """A memory store gives positions at once."""

        yield nothing
        return
    sequencer = sequencer_of(store)
    yield lambda: drain(sequencer)
    await sequencer.stop()
