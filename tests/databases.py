"""A test's own look into a database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def blocked(url: str, text: str = "") -> int:
    """The first backend of the database that waits for a lock, once there is one; *text* is part of what it does."""
    waiting = """SELECT pid FROM pg_stat_activity
                 WHERE wait_event_type = 'Lock' AND datname = current_database() AND strpos(query, $1) > 0"""
    async with connected(url) as connection, asyncio.timeout(10):
        while (pid := await connection.fetchval(waiting, text)) is None:  # noqa: ASYNC110 - what is waited for is in the server
            await asyncio.sleep(0.005)
        return int(pid)
