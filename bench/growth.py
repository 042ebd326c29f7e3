"""What an append costs when the store holds much: its rate at three million facts beside that at ten thousand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import fmean

import asyncpg
import msgspec

from bench.append import named, opened, rate
from bench.bus import databases
from bench.report import Measurement, compared, interleaved
from bench.sample import context, note
from shared.store.postgres import PostgresStore

FEW, MANY = 10_000, 3_000_000
CHUNK = 250_000
WRITERS, FACTS = 8, 1
PIECE = 0.2  # seconds: in a longer one the small store would grow by more than a half

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
# Past the triggers that keep facts from being removed, as only the database's owner can.
EMPTY_SQL = "SET session_replication_role = replica; TRUNCATE facts, log, pending, commands"
RECEIPTS_SQL = """INSERT INTO commands (id, fingerprint, result)
    SELECT gen_random_uuid(), decode(repeat('00', 32), 'hex'), '{}' FROM generate_series(1, $1)"""


async def fill(connection: asyncpg.Connection, count: int) -> None:
    """An empty store gets facts number 1 to *count*, and a receipt for every third."""
    data, meta = msgspec.json.encode(note(1)), msgspec.json.encode(context())
    await connection.execute("SET synchronous_commit = off")
    for first in range(1, count + 1, CHUNK):
        last = min(first + CHUNK - 1, count)
        await connection.execute(FILL_SQL, first, last, data, meta)
        await connection.execute(RECEIPTS_SQL, (last - first + 1) // 3)
    await connection.execute("RESET synchronous_commit")  # what now commits flushes the log for all that did not
    await connection.execute("VACUUM ANALYZE facts")


async def measure(
    admin: str, rounds: int, seconds: float, few: int = FEW, many: int = MANY
) -> AsyncIterator[Measurement]:
    """Two stores side by side. The small one would not stay small, so a round is made of pieces, and at the beginning
    of each of them it is what it was."""
    pieces, sizes = max(1, round(seconds / PIECE)), list[int]()
    async with _store(admin, "iom_bench_few") as small, _store(admin, "iom_bench_many") as large:
        old, connection = large
        await fill(connection, many)
        await connection.execute("CHECKPOINT")

        async def of_few() -> float:
            return fmean([await _young(*small, few, seconds / pieces, sizes) for _ in range(pieces)])

        async def of_many() -> float:
            return fmean([await _warm(old, seconds / pieces) for _ in range(pieces)])

        found = await interleaved(rounds, {"few": of_few, "many": of_many})
    name, against = f"{named(WRITERS, FACTS)}, {many:,} facts stored", f"the same with about {few:,} stored"
    yield compared(name, "commands/s", against, found["many"], found["few"])
    yield Measurement(name=f"most facts in the store of about {few:,}", value=max(sizes), unit="facts")


@asynccontextmanager
async def _store(admin: str, name: str) -> AsyncIterator[tuple[PostgresStore, asyncpg.Connection]]:
    """A store and its owner's connection."""
    async with databases(admin, name) as url, opened(url) as store:
        connection = await asyncpg.connect(url)
        try:
            yield store, connection
        finally:
            await connection.close()


async def _young(store: PostgresStore, owner: asyncpg.Connection, size: int, seconds: float, sizes: list[int]) -> float:
    """Commands a second in a store of *size* facts; *sizes* gets how many it had in the end."""
    await owner.execute(EMPTY_SQL)
    await fill(owner, size)
    found = await _warm(store, seconds)
    sizes.append(await owner.fetchval("SELECT count(*) FROM facts"))
    return found


async def _warm(store: PostgresStore, seconds: float) -> float:
    """After a short run in: statements are prepared anew for emptied tables, and pages long unread are read again."""
    await rate(store, WRITERS, FACTS, seconds / 5)
    return await rate(store, WRITERS, FACTS, seconds)
