"""A region's year of routes, written straight into a store: facts as their service encodes them, and their rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bench.sample import context
from services.routes.domain.route.records import Whose
from shared.rebuild.rebuild import LAST_SQL
from shared.store.codec import Codec
from shared.store.group import encode_changes
from shared.store.ids import new_id
from shared.store.keys import KeyRing
from shared.store.types import Category
from tests.routes import path as p

SCHOOLS = 200
COLUMNS = ("id", "stream", "version", "kind", "data", "meta", "recorded_at")
PLACE_SQL = """INSERT INTO log (position, fact, leaf)
    SELECT row_number() OVER (ORDER BY id), id, fact_leaf(f) FROM facts f"""


def life() -> list[Any]:
    """A route with eight activities, with help and support, up to the day before its last: 60 facts."""
    activities = [UUID(int=500 + n) for n in range(7)]
    planned = (p.but(p.plan_activity, activity=replace(p.activity, id=id)) for id in activities)
    done = (p.but(step, activity=id) for id in activities for step in (p.complete_activity, p.reflect_on_activity))
    supports = (p.but(p.support, support=UUID(int=600 + n)) for n in range(4))
    return p.facts(
        (
            *(*p.PREPARED, p.assign_methodist, *p.DIAGNOSED[len(p.PREPARED) :], *p.PLANNED[len(p.DIAGNOSED) :]),
            *(*planned, p.submit, p.agree, p.start, *supports, p.ask_help, p.answer_help),
            *(*p.DONE[len(p.STARTED) :], *done, p.review, *p.CONCLUDED[len(p.DONE) :]),
        )
    )


async def populate(url: str, category: Category[Any, Any, Any], keys: KeyRing, routes: int) -> int:
    """Fill an empty, migrated store; how many facts there are. As in life, a route's facts lie far from each other."""
    codec, told, meta = Codec([category], keys), life(), Codec([], keys).encode_context(context())
    whose = [Whose(tutee=uuid4(), municipality=f"m-{n % 40}", school=f"s-{n % SCHOOLS}") for n in range(routes)]
    ids = [uuid4() for _ in whose]
    connection = await asyncpg.connect(url)
    try:
        for version, fact in enumerate(told, 1):
            records = []
            for id, each in zip(ids, whose, strict=True):
                event = replace(fact, whose=each) if hasattr(fact, "whose") else fact
                fact_id, stream = new_id(), category.stream(id)
                (encoded,) = await codec.encode(stream, [fact_id], [event])
                records.append((fact_id, stream, version, *encoded, meta, datetime.now(UTC)))
            await connection.copy_records_to_table("facts", records=records, columns=COLUMNS)
        await connection.execute(PLACE_SQL)
        state = category.decider.fold(told)
        for table, values in rows(category, state, len(told), list(zip(ids, whose, strict=True))):
            await connection.execute("SELECT put_rows($1, $2::jsonb[])", table, values)
        await connection.execute("VACUUM (ANALYZE)")
        return int(await connection.fetchval(LAST_SQL))
    finally:
        await connection.close()


def rows(
    category: Category[Any, Any, Any], state: Any, version: int, routes: list[tuple[UUID, Whose]]
) -> Iterator[tuple[str, list[str]]]:
    """What the routes show, by table, in pieces."""
    for n in range(0, len(routes), 1_000):
        shown: dict[str, list[str]] = {}
        for id, whose in routes[n : n + 1_000]:
            for put, table, _, values in encode_changes(list(category.view(id, version, replace(state, whose=whose)))):
                if put:
                    shown.setdefault(table, []).append(values)
        yield from shown.items()
