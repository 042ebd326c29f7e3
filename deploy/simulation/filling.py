"""A simulated year kept in a database of the routes service: sealed, encoded and placed as the service would have.

Each process copies its schools' facts into a table beside the log; at the end they are moved into it in the order of
their time, so that a route's facts lie as far from each other as in life.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.resources import files
from typing import Any

import asyncpg

from deploy.say import say
from deploy.simulation.notebook import Notebook
from deploy.simulation.run import Watch, tell, unheard
from deploy.simulation.tally import Tally
from deploy.simulation.year import Wish
from services.routes.categories import categories
from shared.store.codec import Codec
from shared.store.group import encode_changes
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from shared.store.types import Category, Recorded

COLUMNS = ("id", "stream", "version", "kind", "data", "meta", "recorded_at")
# A fill that was broken off has left rows and keys, and no fact that they belong to.
LEFT_SQL = """SELECT oid::regclass::text FROM pg_class
    WHERE relname = 'data_keys' OR (relkind = 'r' AND obj_description(oid, 'pg_class') LIKE 'Read model%')"""
ASIDE_SQL = "DROP TABLE IF EXISTS simulated; CREATE UNLOGGED TABLE simulated (LIKE facts)"
PLACE_SQL = """
    INSERT INTO facts SELECT * FROM simulated ORDER BY id;
    INSERT INTO log (position, fact, leaf) SELECT row_number() OVER (ORDER BY id), id, fact_leaf(f) FROM facts f;
    DROP TABLE simulated
"""


class NotEmpty(Exception):
    """The database has facts already: a simulated year is not mixed with anybody's."""


def fill(wish: Wish, url: str, master_key: bytes, workers: int, progress: Watch = unheard) -> Tally:
    """Tell the year and keep it in the empty database at *url*, as its owner; raises NotEmpty.

    Not to be called where an event loop runs.
    """
    asyncio.run(begin(url))
    tally = tell(wish, workers, progress, partial(filling, url, master_key))
    say("Placing the facts in the log …")
    asyncio.run(end(url))
    return tally


async def begin(url: str) -> None:
    """Migrate the database and make the table aside."""
    await migrate(url, None, files("services.routes").joinpath("schema.sql").read_text())
    connection = await asyncpg.connect(url)
    try:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM facts)"):
            raise NotEmpty
        left = [row[0] for row in await connection.fetch(LEFT_SQL)]
        await connection.execute(f"TRUNCATE {', '.join(left)}; {ASIDE_SQL}")
    finally:
        await connection.close()


async def end(url: str) -> None:
    """Everything that was copied goes into the log."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(PLACE_SQL)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


@contextmanager
def filling(url: str, master_key: bytes) -> Iterator["Filling"]:
    with asyncio.Runner() as runner:
        keys = KeyRing(master_key)
        store = PostgresStore(url, categories(), keys, writers=1)
        runner.run(store.open())
        connection = runner.run(asyncpg.connect(url))
        try:
            yield Filling(runner, connection, keys)
        finally:
            runner.run(connection.close())
            runner.run(store.close())


class Filling:
    def __init__(self, runner: asyncio.Runner, connection: Any, keys: KeyRing) -> None:
        self._runner, self._connection = runner, connection
        self._categories: dict[str, Category[Any, Any, Any]] = {each.name: each for each in categories()}
        self._codec = Codec(self._categories.values(), keys)

    def keep(self, book: Notebook) -> None:
        self._runner.run(self._keep(book))

    async def _keep(self, book: Notebook) -> None:
        histories: dict[str, list[list[Recorded[Any]]]] = {}
        for stream, history, _ in book.written():
            histories.setdefault(stream.partition("-")[0], []).append(history)
        for name in self._categories.keys() & histories.keys():
            await self._copy(name, [fact for history in histories[name] for fact in history])
            await self._show(self._categories[name], histories[name])

    async def _copy(self, category: str, facts: list[Recorded[Any]]) -> None:
        """All at once, so that the keys of all subjects are made in one round."""
        encoded = await self._codec.encode(category, [fact.id for fact in facts], [fact.event for fact in facts])
        records = [
            (
                fact.id,
                fact.stream,
                fact.version,
                *kind_and_data,
                self._codec.encode_context(fact.context),
                fact.recorded_at,
            )
            for fact, kind_and_data in zip(facts, encoded, strict=True)
        ]
        await self._connection.copy_records_to_table("simulated", records=records, columns=COLUMNS)

    async def _show(self, category: Category[Any, Any, Any], histories: list[list[Recorded[Any]]]) -> None:
        """The rows of each stream's last state."""
        rows: dict[str, list[str]] = {}
        for history in histories:
            state = category.decider.fold(fact.event for fact in history)
            changes = category.view(history[0].stream_id, len(history), state)
            for put, table, _, values in encode_changes(list(changes)):
                if put:
                    rows.setdefault(table, []).append(values)
        for table, shown in rows.items():
            await self._connection.execute("SELECT put_rows($1, $2::jsonb[])", table, shown)
