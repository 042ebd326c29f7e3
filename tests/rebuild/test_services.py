"""Every service's read models can be made anew, each with all its tables and no other."""

import importlib
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import pytest

from shared.rebuild import Difference, Source, rebuild, reconcile
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from tests.architecture.source import DOMAIN_SERVICES
from tests.databases import connected
from tests.rebuild.depot import MASTER
from tests.rebuild.lives import LIVES, lived


@pytest.fixture(params=DOMAIN_SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def source(database: str, service: str) -> AsyncIterator[Source]:
    """The service has facts, rows, and what no fact gives back; the rebuild gets no key."""
    categories = importlib.import_module(f"services.{service}.categories").categories
    await migrate(database, None, files(f"services.{service}").joinpath("schema.sql").read_text())
    store = PostgresStore(database, categories(), KeyRing(MASTER))
    await store.open()
    try:
        await lived(store, LIVES[service])
        if LIVES[service].kept:
            await store.fetch(LIVES[service].kept)
        yield Source(url=database, categories=categories)
    finally:
        await store.close()


async def everything(url: str) -> dict[str, list[Any]]:
    """Every row of every table of the service's own and of the facts'."""
    async with connected(url) as connection:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return {
            table: [row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")]  # noqa: S608
            for (table,) in tables
        }


async def differences(source: Source) -> list[Difference]:
    return [one async for one in reconcile(source, workers=1)]


async def test_its_read_models_are_made_of_its_facts_alone(source: Source, service: str) -> None:
    tables = LIVES[service].tables
    before = await everything(source.url)
    assert [table for table in tables if not before[table]] == []
    assert await differences(source) == []
    async with connected(source.url) as connection:
        await connection.execute(f"TRUNCATE {', '.join(tables)}")
    told = await differences(source)
    assert {one.kind for one in told} == {"missing"}
    assert {one.table for one in told} == set(tables)
    done = await rebuild(source, workers=1)
    assert done.tables == tables
    assert await everything(source.url) == before
    assert await differences(source) == []
