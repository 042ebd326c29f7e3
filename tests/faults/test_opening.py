"""A request that comes while the store is being opened is told to come later, not that its tables are unknown."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from shared.store.types import StoreUnavailable
from tests.store.parcel import SCHEMA, Sent, append, parcel, view


async def test_an_append_during_the_opening(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(database, None, SCHEMA)
    store = PostgresStore(database, [parcel], KeyRing(bytes(32)))
    asked, go_on = asyncio.Event(), asyncio.Event()
    fetch = store.fetch

    async def slow(*args: Any) -> Any:
        asked.set()
        await go_on.wait()
        return await fetch(*args)

    monkeypatch.setattr(store, "fetch", slow)
    opening = asyncio.create_task(store.open())
    await asked.wait()
    id = uuid4()
    wish = append(parcel.stream(id), Sent(place="here"), expected=0, rows=view(id, 1, parcel.decider.initial))
    with pytest.raises(StoreUnavailable):
        await store.append(wish)
    go_on.set()
    await opening
    assert (await store.append(wish)).version == 1  # type: ignore[union-attr]
    await store.close()
