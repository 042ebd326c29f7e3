"""npm @eventide/message-db: its own SQL functions, called by asyncpg as its clients do; one connection a writer."""

import asyncio
import time
from pathlib import Path
from uuid import uuid4

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
TAIL_SQL = "SELECT global_position FROM message_store.get_category_messages('note', $1, 1000)"
CALM = 1.0
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


async def tail(url: str, ended: asyncio.Event) -> int:
    """How many messages of the category a reader sees that goes on behind the last position it has seen."""
    connection = await asyncpg.connect(url, server_settings=SETTINGS)
    seen, position, calm = 0, 1, None
    try:
        while calm is None or time.monotonic() - calm < CALM:
            page = await connection.fetch(TAIL_SQL, position)
            seen += len(page)
            if page:
                position, calm = page[-1][0] + 1, None
            elif ended.is_set():
                calm = calm or time.monotonic()
        return seen
    finally:
        await connection.close()


async def stored(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM message_store.messages"))
    finally:
        await connection.close()
