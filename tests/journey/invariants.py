"""What must hold of a suite's stores whatever happened to it."""

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
HOLES = "SELECT stream FROM facts GROUP BY stream HAVING count(*) <> max(version)"
STREAMS = "SELECT DISTINCT stream FROM facts WHERE stream LIKE $1 || '-%'"
DIFFERENCE = """WITH replay AS (SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1::text::jsonb))
                SELECT * FROM {here} EXCEPT SELECT * FROM {there}"""

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
            counted = await connection.fetchrow(POSITIONS)
            assert counted["facts"] == counted["placed"] == counted["last"], service
            assert await connection.fetch(HOLES) == []
            for table, rows in (await replayed(suite, service)).items():
                await compare(connection, table, rows)
        finally:
            await connection.close(timeout=10)


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


async def compare(connection: Any, table: str, rows: list[dict[str, Any]]) -> None:
    """Both ways, in the database's own types."""
    written = msgspec.json.encode(rows).decode()
    for here, there in ((table, "replay"), ("replay", table)):
        found = await connection.fetch(DIFFERENCE.format(table=table, here=here, there=there), written)
        assert found == [], f"{table}: only in {here}"
