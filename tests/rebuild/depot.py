"""Parcels whose read models are marked, and what the tests do to them."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from shared.domain import Decider, Gone, Row
from shared.rebuild import Difference, Source, rebuild, reconcile
from shared.store import Category
from shared.store.postgres import PostgresStore
from tests.databases import connected
from tests.store.parcel import SCHEMA as PLAIN
from tests.store.parcel import Moved, Parcel, Sent, Signed, append, parcel

MASTER = bytes(range(32))

SCHEMA = (
    PLAIN
    + """
CREATE TABLE IF NOT EXISTS stamps (letter text PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX IF NOT EXISTS parcels_seen ON parcels (seen DESC NULLS LAST, id) WHERE version > 1;
CREATE UNIQUE INDEX IF NOT EXISTS stops_once ON stops (parcel, lower(place), n);
COMMENT ON TABLE parcels IS 'Read model';
COMMENT ON TABLE stops IS 'Read model: where it was';
"""
)


def categories() -> Iterable[Category[Any, Any, Any]]:
    return (parcel,)


def signed_view(id: UUID, version: int, state: Any) -> Iterable[Row | Gone]:
    """Shows who signed, in clear."""
    notes = {"signed": [who.text for who in state]}
    yield Row(table="parcels", values={"id": id, "version": version, "places": [], "notes": notes})


def signed_categories() -> Iterable[Category[Any, Any, Any]]:
    def evolve(state: tuple[Any, ...], fact: object) -> tuple[Any, ...]:
        return (*state, fact.by) if isinstance(fact, Signed) else state

    decider: Decider[Any, Any, Any] = Decider(initial=(), decide=lambda _c, _s: [], evolve=evolve)
    return (replace(parcel, decider=decider, view=signed_view),)


async def walk(store: PostgresStore, id: UUID | None = None, steps: int = 3) -> UUID:
    """A parcel sent and moved, its rows written as its service would."""
    id = id or uuid4()
    state, version = Parcel(), 0
    for step in range(steps):
        fact: Any = Moved(place=f"town {step}") if step else Sent(place="Ust")
        state, version = parcel.decider.evolve(state, fact), version + 1
        rows = parcel.view(id, version, state)
        await store.append(append(parcel.stream(id), fact, expected=version - 1, rows=rows))
    return id


async def rows_of(url: str) -> dict[str, list[str]]:
    """Every row of the read models as text."""
    async with connected(url) as connection:
        return {
            table: [row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")]  # noqa: S608
            for table in ("parcels", "stops")
        }


async def found(url: str, **changes: Any) -> list[Difference]:
    """What reconcile says."""
    return [difference async for difference in reconcile(source(url, **changes), workers=1)]


def source(url: str, **changes: Any) -> Source:
    return replace(Source(url=url, categories=categories), **changes)


async def rebuilt(url: str, **changes: Any) -> None:
    await rebuild(source(url, **changes), workers=1)


async def shadows(url: str) -> list[str]:
    async with connected(url) as connection:
        found = await connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rebuild%'")
    return [row[0] for row in found]


async def waits(url: str, table: str) -> None:
    """Returns when somebody waits for a lock on *table*."""
    async with connected(url) as connection:
        while not await connection.fetchval(  # noqa: ASYNC110 - what is waited for is in the server
            "SELECT count(*) FROM pg_locks WHERE relation = $1::regclass AND NOT granted", table
        ):
            await asyncio.sleep(0.005)
