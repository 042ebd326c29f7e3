"""What an append costs when the store holds much: its rate at three million facts beside that at ten thousand."""

from collections.abc import AsyncIterator

import asyncpg
import msgspec

from bench.append import opened, rate
from bench.report import Measurement, compared
from bench.sample import context, note
from shared.store.postgres import PostgresStore

FEW, MANY = 10_000, 3_000_000
CHUNK = 250_000
WRITERS, FACTS = 8, 1

# Facts as an append leaves them: versions 1 to 50 of each stream, ids in the order of time, placed in the log.
FILL_SQL = """
WITH made AS (
    INSERT INTO facts (id, stream, version, kind, data, meta, recorded_at)
    SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || 'a' ||
            substr(md5(n::text), 4, 15))::uuid,
        'note-' || md5(((n - 1) / 50)::text)::uuid, (n - 1) % 50 + 1, 'note.noted', $3, $4, clock_timestamp()
    FROM generate_series($1::bigint, $2::bigint) AS n RETURNING facts
)
INSERT INTO log (position, fact, leaf)
SELECT $1 - 1 + row_number() OVER (ORDER BY (facts).id), (facts).id, fact_leaf(facts) FROM made
"""
RECEIPTS_SQL = """INSERT INTO commands (id, fingerprint, result)
    SELECT gen_random_uuid(), decode(repeat('00', 32), 'hex'), '{}' FROM generate_series(1, $1)"""


async def fill(url: str, start: int, end: int) -> None:
    """Facts number *start* to *end*, and a receipt for every third."""
    data, meta = msgspec.json.encode(note(1)), msgspec.json.encode(context())
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET synchronous_commit = off")
        for first in range(start, end + 1, CHUNK):
            last = min(first + CHUNK - 1, end)
            await connection.execute(FILL_SQL, first, last, data, meta)
            await connection.execute(RECEIPTS_SQL, (last - first + 1) // 3)
        await connection.execute("VACUUM ANALYZE facts")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def measure(url: str, rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    """The two cannot be interleaved: one store grows."""
    async with opened(url) as store:
        await fill(url, 1, FEW)
        few = await _rates(store, rounds, seconds)
        await fill(url, FEW + 1, MANY)
        many = await _rates(store, rounds, seconds)
    name = f"append, {WRITERS} writers, {FACTS} fact, {MANY:,} facts stored"
    yield compared(name, "commands/s", f"the same with {FEW:,} stored", many, few)


async def _rates(store: PostgresStore, rounds: int, seconds: float) -> list[float]:
    await rate(store, WRITERS, FACTS, seconds)  # what was just read from the disk is warm now
    return [await rate(store, WRITERS, FACTS, seconds) for _ in range(rounds)]
