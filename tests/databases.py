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


async def blocked(url: str) -> int:
    """The first backend of the database that waits for a lock, once there is one."""
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with connected(url) as connection, asyncio.timeout(10):
        while (pid := await connection.fetchval(waiting)) is None:  # noqa: ASYNC110 - what is waited for is in the server
            await asyncio.sleep(0.005)
        return int(pid)
