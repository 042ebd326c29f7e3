"""A database with the tables of notifications, and an office on it."""

import os
from collections.abc import AsyncIterator

import pytest_asyncio

from services.notifications.categories import CATEGORIES
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from tests.notifications.rig import SCHEMA, Rig


@pytest_asyncio.fixture
async def rig(database: str) -> AsyncIterator[Rig]:
    await migrate(database, None, SCHEMA)
    store = PostgresStore(database, CATEGORIES, KeyRing(os.urandom(32)))
    await store.open()
    yield Rig(store)
    await store.close()
