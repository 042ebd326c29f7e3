"""The floor: the same rows by one prepared asyncpg INSERT a transaction, on connections of their own.

What it lacks of ours: expected version, receipt, queue row, the making of JSON. Events lie in `jsonb`, as most who do
this by hand keep them, or in `bytea`, as ours do.
"""

import asyncio
import time
from uuid import uuid4

import asyncpg
import msgspec

from bench.sample import context, note

TABLE = """
CREATE TABLE IF NOT EXISTS raw_{form} (
    id uuid PRIMARY KEY, stream text NOT NULL, version int NOT NULL, kind text NOT NULL,
    data {form} NOT NULL, meta {form} NOT NULL, recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (stream, version))
"""


def insert_of(facts: int, form: str) -> str:
    """One INSERT statement that writes *facts* rows."""
    rows = ", ".join(
        f"(${6 * n + 1}, ${6 * n + 2}, ${6 * n + 3}, ${6 * n + 4}, ${6 * n + 5}, ${6 * n + 6})" for n in range(facts)
    )
    return f"INSERT INTO raw_{form} (id, stream, version, kind, data, meta) VALUES {rows}"  # noqa: S608


async def rate(url: str, writers: int, facts: int, seconds: float, form: str) -> float:
    """Commands a second that *writers* raw writers commit, each on its own connection; *form*: jsonb or bytea."""
    data, meta = (msgspec.json.encode(part) for part in (note(1), context()))
    texts = (data, meta) if form == "bytea" else (data.decode(), meta.decode())
    connections = [await asyncpg.connect(url) for _ in range(writers)]
    await connections[0].execute(TABLE.format(form=form))
    statements = [await connection.prepare(insert_of(facts, form)) for connection in connections]
    until = time.perf_counter() + seconds

    async def write(statement: asyncpg.prepared_stmt.PreparedStatement) -> int:
        done = 0
        while time.perf_counter() < until:
            stream = f"bench-{uuid4()}"
            row = [value for n in range(facts) for value in (uuid4(), stream, n + 1, "note.noted", *texts)]
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
