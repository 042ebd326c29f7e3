"""What must hold of a suite's stores whatever happened to it."""

import asyncio
import importlib
from typing import Any

import asyncpg
import msgspec

from deploy.dead import waiting
from deploy.rabbitmq.definitions import known
from deploy.secrets import STORING
from deploy.suite import Suite
from services.routes.categories import PRIORITIES, TRACKS, routes
from services.routes.policies import PUBLISHED, read_policies
from shared.domain import Row
from shared.store.keys import KeyRing
from shared.store.postgres import PostgresStore
from shared.store.types import Category

UNSEQUENCED = "SELECT count(*) FROM pending"
POSITIONS = (
    "SELECT count(*) AS facts, (SELECT count(*) FROM log) AS placed, (SELECT max(position) FROM log) AS last FROM facts"
)
STORED = "SELECT (SELECT count(*) FROM facts) AS facts, (SELECT count(*) FROM pending) AS pending"
HOLES = "SELECT stream FROM facts GROUP BY stream HAVING count(*) <> max(version)"
STREAMS = "SELECT DISTINCT stream FROM facts WHERE stream LIKE $1 || '-%'"
DIFFERENCE = """WITH replay AS (SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1::text::jsonb))
                SELECT * FROM {here} EXCEPT SELECT * FROM {there}"""

AT_REST = 60  # seconds in which a service that is at work comes to an end
Rows = dict[str, list[dict[str, Any]]]


def categories(service: str) -> tuple[Category[Any, Any, Any], ...]:
    if service == "routes":
        return (routes(read_policies(PUBLISHED, "UTC")), TRACKS, PRIORITIES)
    found: tuple[Category[Any, Any, Any], ...] = importlib.import_module(f"services.{service}.categories").CATEGORIES
    return found


async def all_sequenced(suite: Suite) -> bool:
    """Every committed fact has its position; false while sequencers are at work."""
    counts = [await value(suite, name, UNSEQUENCED) for name in STORING if name in suite.services]
    return not any(counts)


async def value(suite: Suite, service: str, sql: str, *arguments: object) -> Any:
    connection = await asyncpg.connect(suite.databases.admin_url(service), timeout=10)
    try:
        return await connection.fetchval(sql, *arguments)
    finally:
        await connection.close(timeout=10)


async def check(suite: Suite) -> None:
    """Dense positions and versions, no dead letters, and every read model as a replay would write it."""
    assert await waiting(suite.rabbitmq.url(), sorted(known())) == dict.fromkeys(sorted(known()), 0)
    for service in [name for name in STORING if name in suite.services]:
        connection = await asyncpg.connect(suite.databases.admin_url(service), timeout=10)
        try:
            async with asyncio.timeout(AT_REST):
                found = await found_at_rest(suite, service, connection)
        finally:
            await connection.close(timeout=10)
        assert not found, "; ".join(found)


async def found_at_rest(suite: Suite, service: str, connection: Any) -> list[str]:
    """What is wrong with a store. A service may still be at work: what differs because of that is looked at again."""
    while True:
        before = await connection.fetchrow(STORED)
        found = await looked_at(suite, service, connection)
        if not found or (before["pending"] == 0 and await connection.fetchrow(STORED) == before):
            return found


async def looked_at(suite: Suite, service: str, connection: Any) -> list[str]:
    counted = await connection.fetchrow(POSITIONS)
    found = [] if counted["facts"] == counted["placed"] == counted["last"] else [f"{service}: {dict(counted)}"]
    found += [f"{service}: a hole in {row['stream']}" for row in await connection.fetch(HOLES)]
    for table, rows in (await replayed(suite, service)).items():
        found += await differences(connection, table, rows)
    return found


async def replayed(suite: Suite, service: str) -> Rows:
    """The rows that a fold of every stream shows."""
    kinds = categories(service)
    keys = KeyRing(bytes.fromhex(suite.secrets.master_key[service]))
    store = PostgresStore(suite.databases.admin_url(service), kinds, keys)
    await store.open()
    rows: Rows = {}
    try:
        for kind in kinds:
            for found in await store.fetch(STREAMS, kind.name):
                facts = await store.read(found["stream"])
                state = kind.decider.fold(fact.event for fact in facts)
                for row in kind.view(facts[0].stream_id, facts[-1].version, state):
                    if isinstance(row, Row):
                        rows.setdefault(row.table, []).append(dict(row.values))
    finally:
        await store.close()
    return rows


async def differences(connection: Any, table: str, rows: list[dict[str, Any]]) -> list[str]:
    """Both ways, in the database's own types."""
    written = msgspec.json.encode(rows).decode()
    sides = ((table, "replay"), ("replay", table))
    return [
        f"{table}: only in {here}"
        for here, there in sides
        if await connection.fetch(DIFFERENCE.format(table=table, here=here, there=there), written)
    ]
