"""Keys that are remembered for a while, and what that must never change."""

import os
from uuid import uuid4

import pytest

from shared.store import keys as module
from shared.store.keys import KeyRing, MemoryKeyTable


async def test_a_full_memory_forgets_no_key_that_is_wanted_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CACHE_SIZE", 4)
    master, table = os.urandom(32), MemoryKeyTable()
    ids = [key.id for key in (await KeyRing(master, table).for_sealing([uuid4() for _ in range(7)])).values()]
    ring = KeyRing(master, table)
    await ring.for_opening(ids[:3])
    assert set(await ring.for_opening(ids)) == set(ids)
