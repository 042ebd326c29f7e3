"""The store that lasts: facts in PostgreSQL, one round trip for an append."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import msgspec

from shared.domain import Row
from shared.store.codec import Codec
from shared.store.connect import ANY_FAULT, CONNECTION_FAULTS, OVERBURDENED, Connection, connect, is_closed, is_lost
from shared.store.group import Waiting, encode_changes
from shared.store.ids import new_id
from shared.store.keys import KeyRing, WrappedKey
from shared.store.leaf import Stored
from shared.store.types import Append, Appended, Category, LogBroken, Receipt, Recorded, Repeated, StoreUnavailable
from shared.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

APPEND_SECONDS = 10.0
WRITERS = 2
READERS = 6

COLUMNS = "f.id, f.stream, f.version, f.kind, f.data, f.meta, f.recorded_at"
READ_SQL = f"""SELECT {COLUMNS}, l.position FROM facts f LEFT JOIN log l ON l.fact = f.id
               WHERE f.stream = $1 AND f.version > $2 ORDER BY f.version LIMIT $3"""  # noqa: S608 - constants only
# Written so that only indexes can be used: a join in sight, the planner would go through the whole log for each stream.
MANY_SQL = f"""SELECT {COLUMNS}, (SELECT l.position FROM log l WHERE l.fact = f.id) AS position
               FROM unnest($1::text[], $2::integer[]) AS w(stream, last) CROSS JOIN LATERAL (
                   SELECT * FROM facts WHERE stream = w.stream AND version <= w.last OFFSET 0
               ) f ORDER BY f.stream, f.version"""  # noqa: S608
LOG_SQL = f"""SELECT {COLUMNS}, l.position FROM log l JOIN facts f ON f.id = l.fact
              WHERE l.position > $1 AND l.position <= $1 + $2 ORDER BY l.position"""  # noqa: S608
KINDS_SQL = f"""SELECT {COLUMNS}, l.position FROM log l JOIN facts f ON f.id = l.fact
                WHERE l.position > $1 AND f.kind = ANY ($3::text[]) ORDER BY l.position LIMIT $2"""  # noqa: S608
HEARD_SQL = "SELECT coalesce(max(version), 0) AS version FROM inbox WHERE stream = $1"
MOVE_SQL = """INSERT INTO checkpoints VALUES ($1, $2)
              ON CONFLICT (reader) DO UPDATE SET position = excluded.position"""
COLUMNS_SQL = """SELECT c.relname AS name, array_agg(a.attname::text) AS columns FROM pg_class c
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.relname"""


class ConnectionLost(StoreUnavailable):
    """A connection died under a call; the next may live."""


class PostgresStore:
    """One service's store at *url*, migrated before. Use between `open()` and `close()`, in one event loop.

    `listeners` are called after every append that wrote a fact, in this process.
    """

    def __init__(
        self, url: str, categories: Iterable[Category[Any, Any, Any]], keys: KeyRing, *, writers: int = WRITERS
    ) -> None:
        self.url = url
        self.keys = keys
        self.listeners: list[Callable[[], None]] = []
        self._codec = Codec(categories, keys)
        self._writer = Writer(url, writers, self._tell)
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._tables: dict[str, frozenset[str]] = {}
        keys.keep_in(PostgresKeys(self))

    async def open(self) -> None:
        """Connect; raises StoreUnavailable when the database does not answer."""
        try:
            self._pool = await asyncpg.create_pool(
                self.url, min_size=1, max_size=READERS, connect=connect_reader, init=prepare_reader, reset=keep
            )
            rows = await self.fetch(COLUMNS_SQL)
        except CONNECTION_FAULTS as fault:
            raise StoreUnavailable(f"the database does not answer: {fault!r}") from fault
        except BaseException:
            await self._close_pool()
            raise
        self._tables = {row["name"]: frozenset(row["columns"]) for row in rows}
        self._writer.start()

    async def close(self) -> None:
        await self._writer.stop()
        await self._close_pool()

    async def _close_pool(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), 5)
            except TimeoutError:
                pool.terminate()

    async def append(self, append: Append) -> Appended | Repeated:
        """Write it whole or not at all; raises StaleVersion, or StoreUnavailable when the outcome is not known."""
        if self._pool is None or not self._tables:
            raise StoreUnavailable("the store is not open")
        self._check(append)
        ids = [new_id() for _ in append.facts]
        encoded = await self._codec.encode(append.stream, ids, append.facts) if ids else []
        loop = asyncio.get_running_loop()
        return await self._writer.write(
            Waiting(
                append=append,
                ids=ids,
                encoded=encoded,
                meta=self._codec.encode_context(append.context),
                changes=encode_changes(append.rows),
                answer=loop.create_future(),
                deadline=loop.time() + APPEND_SECONDS,
            )
        )

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded[Any]]:
        """The stream's facts of versions above *after*, in order; at most *limit*."""
        return await self._decoded(await self.fetch(READ_SQL, stream, after, limit))

    async def read_many(self, versions: Mapping[str, int]) -> list[Recorded[Any]]:
        """The facts of several streams, each up to the version named, stream by stream and in order."""
        return await self._decoded(await self.fetch(MANY_SQL, list(versions), list(versions.values())))

    async def read_log(
        self, after: int, limit: int = 1000, kinds: Collection[str] | None = None
    ) -> list[Recorded[Any]]:
        """The facts after position *after*, in order; raises LogBroken where a position is missing."""
        if kinds is not None:
            return await self._decoded(await self.fetch(KINDS_SQL, after, limit, list(kinds)))
        rows = await self.fetch(LOG_SQL, after, limit)
        for expected, row in enumerate(rows, after + 1):
            if row["position"] != expected:
                raise LogBroken(f"position {expected} is missing: the log goes on with {row['position']}")
        return await self._decoded(rows)

    async def receipt(self, id: UUID) -> Receipt | None:
        rows = await self.fetch("SELECT fingerprint, result FROM commands WHERE id = $1", id)
        return Receipt(id=id, fingerprint=rows[0]["fingerprint"], result=rows[0]["result"]) if rows else None

    async def heard_up_to(self, stream: str) -> int:
        return int((await self.fetch(HEARD_SQL, stream))[0]["version"])

    async def checkpoint(self, reader: str) -> int:
        rows = await self.fetch("SELECT position FROM checkpoints WHERE reader = $1", reader)
        return int(rows[0]["position"]) if rows else 0

    async def move_checkpoint(self, reader: str, position: int) -> None:
        await self.fetch(MOVE_SQL, reader, position)

    async def fetch(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        """Rows of a query over the service's own tables; jsonb comes as Python values. Raises StoreUnavailable."""
        try:
            return await self._fetch(sql, *args)
        except ConnectionLost:  # the pool kept a connection that had died: the next one is fresh
            return await self._fetch(sql, *args)

    async def _fetch(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        async with self.reading() as connection:
            return list(await connection.fetch(sql, *args))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection of the reading pool, for as long as the block."""
        pool = self._pool
        if pool is None:
            raise StoreUnavailable("the store is not open")
        try:
            async with pool.acquire(timeout=5) as connection:
                try:
                    yield connection
                except ANY_FAULT as fault:
                    if not is_lost(fault, connection):
                        raise
                    if not is_closed(connection):
                        connection.terminate()  # or the pool would lend it again
                    await pool.expire_connections()  # what ended this one has ended the others too
                    raise ConnectionLost(f"the database does not answer: {fault!r}") from fault
        except OVERBURDENED as fault:
            raise StoreUnavailable(f"the database is busy or at the end of its means: {fault!r}") from fault
        except CONNECTION_FAULTS as fault:
            raise StoreUnavailable(f"no connection to the database: {fault!r}") from fault

    def _check(self, append: Append) -> None:
        for row in append.rows:
            columns = self._tables.get(row.table)
            if columns is None:
                raise ValueError(f"there is no table {row.table}")
            if unknown := (row.values if isinstance(row, Row) else row.key).keys() - columns:
                raise ValueError(f"table {row.table} has no column {', '.join(sorted(unknown))}")

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()

    async def _decoded(self, rows: Sequence[Any]) -> list[Recorded[Any]]:
        return await self._codec.decode([(stored(row), row[7]) for row in rows])


class PostgresKeys:
    """The table `data_keys`."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    async def by_subject(self, subjects: Collection[UUID]) -> list[WrappedKey]:
        sql = "SELECT id, subject, wrapped FROM data_keys WHERE subject = ANY ($1::uuid[])"
        return [WrappedKey(**dict(row)) for row in await self._store.fetch(sql, list(subjects))]

    async def by_id(self, ids: Collection[str]) -> list[WrappedKey]:
        sql = "SELECT id, subject, wrapped FROM data_keys WHERE id = ANY ($1::text[])"
        return [WrappedKey(**dict(row)) for row in await self._store.fetch(sql, list(ids))]

    async def add(self, keys: Collection[WrappedKey]) -> None:
        sql = """INSERT INTO data_keys (id, subject, wrapped)
                 SELECT * FROM unnest($1::text[], $2::uuid[], $3::bytea[]) ORDER BY 2 ON CONFLICT DO NOTHING"""
        await self._store.fetch(sql, [k.id for k in keys], [k.subject for k in keys], [k.wrapped for k in keys])

    async def remove(self, subject: UUID) -> None:
        await self._store.fetch("DELETE FROM data_keys WHERE subject = $1", subject)


def stored(row: Any) -> Stored:
    return Stored(id=row[0], stream=row[1], version=row[2], kind=row[3], data=row[4], meta=row[5], recorded_at=row[6])


async def connect_reader(url: str, **_: Any) -> Connection:
    return await connect(url)


async def prepare_reader(connection: Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=lambda text: msgspec.json.decode(text),
    )


async def keep(_: Connection) -> None:
    """Nothing to put back between two reads: a reset would cost a round trip each time."""
