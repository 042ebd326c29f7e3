"""Everything a service has promised, sent again: for a broker that has lost what it was given."""

from __future__ import annotations

from shared.bus.relay import READER
from shared.store.connect import connect
from shared.store.tip import LAST_SQL

RUNS_SQL = "SELECT expires_at > clock_timestamp() FROM lease WHERE name = 'sequencer' FOR UPDATE"
BACK_SQL = "UPDATE checkpoints SET position = least(position, $2) WHERE reader = $1"


class StillRuns(Exception):
    """A process of the service is at work: it would send newer promises before the older ones."""


async def republish(url: str, after: int = 0) -> int:
    """Let the relay of the service at database *url* begin again behind position *after*, at its next start; how many
    facts it will go through. Readers know by the ids what they have heard before.

    Raises StillRuns while a process holds the service's lease, and the errors of asyncpg.
    """
    connection = await connect(url)
    try:
        async with connection.transaction():
            if await connection.fetchval(RUNS_SQL):
                raise StillRuns
            await connection.execute(BACK_SQL, READER, after)
            return max(0, int(await connection.fetchval(LAST_SQL)) - after)
    finally:
        await connection.close(timeout=5)
