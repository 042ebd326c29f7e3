"""A relay's place is set back only while nobody works from it."""

import asyncio

import pytest

from shared.bus.republish import StillRuns, republish
from shared.store.migrate import migrate
from tests.databases import blocked, connected


async def test_a_process_that_is_just_taking_the_lease_is_waited_for(database: str) -> None:
    await migrate(database, None, "")
    async with connected(database) as process:
        await process.execute("INSERT INTO checkpoints VALUES ('relay', 40)")
        async with process.transaction():
            await process.execute("UPDATE lease SET expires_at = clock_timestamp() + interval '1 minute'")
            asked = asyncio.create_task(republish(database))
            await blocked(database)
        with pytest.raises(StillRuns):
            await asked
        assert await process.fetchval("SELECT position FROM checkpoints WHERE reader = 'relay'") == 40
