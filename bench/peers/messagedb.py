"""npm @eventide/message-db: its own SQL functions, called by asyncpg as its clients do; one connection a writer."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import msgspec

from bench.sample import context, note

ORDER = (
    *("roles/message-store", "schema/message-store", "extensions/pgcrypto", "tables/messages", "types/message"),
    *(f"functions/{name}" for name in ("message-store-version", "hash-64", "acquire-lock", "category", "is-category")),
    *(f"functions/{name}" for name in ("id", "cardinal-id", "stream-version", "write-message", "get-stream-messages")),
    *("functions/get-category-messages", "functions/get-last-stream-message"),
    *("indexes/messages-category", "indexes/messages-id", "indexes/messages-stream"),
)
WRITE_SQL = "SELECT message_store.write_message($1, $2, 'Noted', $3, $4, $5)"
TAIL_SQL = "SELECT id, global_position FROM message_store.get_category_messages('note', $1, 1000)"
SETTINGS = {"search_path": "message_store,public"}


async def install(url: str, package: Path) -> None:
    connection = await asyncpg.connect(url)
    try:
        for name in ORDER:
            await connection.execute((package / "database" / f"{name}.sql").read_text())
    finally:
        await connection.close()


async def rate(url: str, writers: int, facts: int, seconds: float) -> float:
    """Commands a second; more facts than one are written in one transaction."""
    data, meta = (msgspec.json.encode(thing).decode() for thing in (note(1), context()))
    connections = [await asyncpg.connect(url, server_settings=SETTINGS) for _ in range(writers)]
    until = time.perf_counter() + seconds

    async def work(connection: asyncpg.Connection) -> int:
        statement, done = await connection.prepare(WRITE_SQL), 0
        while time.perf_counter() < until:
            stream = f"note-{uuid4()}"
            if facts == 1:
                await statement.fetchval(str(uuid4()), stream, data, meta, -1)
            else:
                async with connection.transaction():
                    for version in range(-1, facts - 1):
                        await statement.fetchval(str(uuid4()), stream, data, meta, version)
            done += 1
        return done

    try:
        started = time.perf_counter()
        total = sum(await asyncio.gather(*map(work, connections)))
        return total / (time.perf_counter() - started)
    finally:
        for connection in connections:
            await connection.close()


@asynccontextmanager
async def pages(url: str) -> AsyncIterator[Callable[[], Awaitable[list[UUID]]]]:
    """Each call gives the ids of what the category has behind the last position that was given."""
    connection = await asyncpg.connect(url, server_settings=SETTINGS)
    position = 1

    async def page() -> list[UUID]:
        nonlocal position
        rows = await connection.fetch(TAIL_SQL, position)
        position = rows[-1]["global_position"] + 1 if rows else position
        return [UUID(row["id"]) for row in rows]

    try:
        yield page
    finally:
        await connection.close()
