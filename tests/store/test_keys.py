"""Keys that are remembered for a while, and what that must never change."""

import asyncio
import os
from collections.abc import Collection
from uuid import uuid4

import pytest

from shared.store import keys as module
from shared.store.keys import KeyRing, MemoryKeyTable, WrappedKey


async def test_a_full_memory_forgets_no_key_that_is_wanted_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CACHE_SIZE", 4)
    master, table = os.urandom(32), MemoryKeyTable()
    ids = [key.id for key in (await KeyRing(master, table).for_sealing([uuid4() for _ in range(7)])).values()]
    ring = KeyRing(master, table)
    await ring.for_opening(ids[:3])
    assert set(await ring.for_opening(ids)) == set(ids)


async def test_a_key_that_is_destroyed_while_it_is_read_is_not_remembered() -> None:
    anna, read, destroyed = uuid4(), asyncio.Event(), asyncio.Event()

    class Slow(MemoryKeyTable):
        async def by_id(self, ids: Collection[str]) -> list[WrappedKey]:
            rows = await super().by_id(ids)
            read.set()
            await destroyed.wait()
            return rows

    master, table = os.urandom(32), Slow()
    id = (await KeyRing(master, table).for_sealing([anna]))[anna].id
    ring = KeyRing(master, table)
    opening = asyncio.create_task(ring.for_opening([id]))
    await read.wait()
    await ring.destroy(anna)
    destroyed.set()
    await opening
    assert await ring.for_opening([id]) == {}
