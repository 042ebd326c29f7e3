"""Both stores behind one face: what is true of one must be true of the other."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from shared.store import Store
from shared.store.keys import KeyRing
from shared.store.memory import MemoryStore
from shared.store.migrate import migrate
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
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


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest, keys: KeyRing) -> Store:
    if request.param == "memory":
        return MemoryStore([parcel], keys)
    chosen: Store = request.getfixturevalue("postgres")
    return chosen


@pytest.fixture
def settle(request: pytest.FixtureRequest, store: Store) -> Settle:
    """Await it and every committed fact has its position."""
    if isinstance(store, MemoryStore):

        async def nothing() -> None:
            """A memory store gives positions at once."""

        return nothing
    sequencer: Sequencer = request.getfixturevalue("sequencer")
    return lambda: drain(sequencer)
