"""The floor: the same rows by one prepared asyncpg INSERT a transaction, on connections of their own."""

import asyncio
import time
from uuid import uuid4

import asyncpg

TABLE = """
CREATE TABLE IF NOT EXISTS raw_facts (
    id uuid PRIMARY KEY, stream text NOT NULL, version int NOT NULL, kind text NOT NULL,
    data jsonb NOT NULL, meta jsonb NOT NULL, recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (stream, version))
"""


def insert_of(facts: int) -> str:
    """One INSERT statement that writes *facts* rows."""
    rows = ", ".join(
        f"(${6 * n + 1}, ${6 * n + 2}, ${6 * n + 3}, ${6 * n + 4}, ${6 * n + 5}, ${6 * n + 6})" for n in range(facts)
    )
    return f"INSERT INTO raw_facts (id, stream, version, kind, data, meta) VALUES {rows}"  # noqa: S608


async def rate(url: str, writers: int, facts: int, seconds: float, data: str, meta: str) -> float:
    """Commands a second that *writers* raw writers commit, each on its own connection."""
    connections = [await asyncpg.connect(url) for _ in range(writers)]
    await connections[0].execute(TABLE)
    statements = [await connection.prepare(insert_of(facts)) for connection in connections]
    until = time.perf_counter() + seconds

    async def write(statement: asyncpg.prepared_stmt.PreparedStatement) -> int:
        done = 0
        while time.perf_counter() < until:
            stream = f"bench-{uuid4()}"
            row = [value for n in range(facts) for value in (uuid4(), stream, n + 1, "bench.noted", data, meta)]
            await statement.fetch(*row)
            done += 1
        return done

    try:
        started = time.perf_counter()
        total = sum(await asyncio.gather(*(write(statement) for statement in statements)))
        return total / (time.perf_counter() - started)
    finally:
        for connection in connections:
            await connection.close()
