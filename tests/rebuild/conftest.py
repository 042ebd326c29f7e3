"""A store of parcels over a database of the test's own, its read models marked."""

from collections.abc import AsyncIterator

import pytest

from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from tests.rebuild.depot import MASTER, SCHEMA
from tests.store.parcel import parcel


@pytest.fixture
async def store(database: str) -> AsyncIterator[PostgresStore]:
    await migrate(database, None, SCHEMA)
    store = PostgresStore(database, [parcel], KeyRing(MASTER))
    await store.open()
    yield store
    await store.close()
