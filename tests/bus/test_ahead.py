"""The relay's reader: each fact once and in order, the next page on its way while the last is sent."""

import asyncio
from typing import Any

import pytest

from shared.bus.ahead import PAGE, Ahead
from shared.store.memory import MemoryStore
from shared.store.types import LogBroken, Recorded, StoreUnavailable
from tests.bus.words import TALLY, record


class Slow:
    """A store that answers when it is let, unless *answers* holds something else to say."""

    def __init__(self, store: MemoryStore) -> None:
        self.asked: list[int] = []
        self.let = asyncio.Event()
        self.let.set()
        self._store = store
        self.answers: list[Exception] = []

    async def read_log(self, after: int, limit: int = 1000, kinds: Any = None) -> list[Recorded[Any]]:
        self.asked.append(after)
        await self.let.wait()
        if self.answers:
            raise self.answers.pop(0)
        return await self._store.read_log(after, limit, kinds)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore([TALLY])


async def test_every_fact_once_and_in_order(store: MemoryStore) -> None:
    await record(store, [1] * (2 * PAGE + 10))
    ahead = Ahead(store, 5)
    pages = [await ahead.page() for _ in range(4)]
    assert [len(page) for page in pages] == [PAGE, PAGE, 5, 0]
    assert [fact.position for page in pages for fact in page] == list(range(6, 2 * PAGE + 11))
    await record(store, [2])
    assert [fact.position for fact in await ahead.page()] == [2 * PAGE + 11]


async def test_the_next_page_is_asked_for_before_the_last_is_done_with(store: MemoryStore) -> None:
    await record(store, [1] * (PAGE + 1))
    slow: Any = Slow(store)
    ahead = Ahead(slow, 0)
    await ahead.page()
    await asyncio.sleep(0)  # whoever sends the page waits for the broker
    assert slow.asked == [0, PAGE]
    assert len(await ahead.page()) == 1
    await asyncio.sleep(0)
    assert slow.asked == [0, PAGE], "nothing lies behind a page that is not full"


async def test_what_fails_ahead_is_told_when_it_is_wanted_and_asked_again(store: MemoryStore) -> None:
    await record(store, [1] * (PAGE + 3))
    slow: Any = Slow(store)
    ahead = Ahead(slow, 0)
    await ahead.page()
    slow.answers.append(StoreUnavailable())
    with pytest.raises(StoreUnavailable):
        await ahead.page()
    assert len(await ahead.page()) == 3


async def test_a_hole_is_loud(store: MemoryStore) -> None:
    await record(store, [1, 2, 3])

    class Holed:
        async def read_log(self, after: int, limit: int = 1000) -> list[Recorded[Any]]:
            return [fact for fact in await store.read_log(after, limit) if fact.position != 2]

    holed: Any = Holed()
    with pytest.raises(LogBroken, match="after position 1"):
        await Ahead(holed, 0).page()


async def test_who_closes_leaves_nothing_reading(store: MemoryStore) -> None:
    await record(store, [1] * PAGE)
    slow: Any = Slow(store)
    ahead = Ahead(slow, 0)
    await ahead.page()
    slow.let.clear()
    await ahead.close()
    assert [task.get_name() for task in asyncio.all_tasks() if task.get_name() == "page ahead"] == []
