"""A real store of certificates, empty for each test, the service on it, and one certificate that it issued."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

import services.certificates
from services.certificates.categories import CATEGORIES
from shared.store.execute import Executor
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from tests.certificates.service import Service, running

SCHEMA = (Path(services.certificates.__file__).parent / "schema.sql").read_text()


@pytest_asyncio.fixture
async def store(database: str) -> AsyncIterator[PostgresStore]:
    await migrate(database, None, SCHEMA)
    store = PostgresStore(database, CATEGORIES, KeyRing(os.urandom(32)))
    await store.open()
    yield store
    await store.close()


@pytest_asyncio.fixture
async def executor(store: PostgresStore) -> Executor:
    return Executor(store)


@pytest_asyncio.fixture
async def service(database: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(database, tmp_path) as service:
        yield service


@pytest_asyncio.fixture
async def certificate(service: Service) -> dict[str, Any]:
    await service.complete()
    return await service.issued()
