"""Messages that were given often in vain: one at a time, without one keeping from its turn what it waits for."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from shared.bus.consumer import Consumers
from shared.bus.envelope import parse
from shared.bus.suspects import SUSPECT, most
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from tests.bus.test_consumer import wrapped
from tests.bus.wire import until
from tests.bus.words import HEARINGS, TALLY, Failing


@dataclass
class Given:
    """A message as the broker gives it, for the *times*th time and one; `told` is what it hears of it, in order."""

    body: bytes
    delivery_tag: int
    times: int
    told: list[tuple[str, int]]
    message_id: str = "given"
    headers: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"x-delivery-count": self.times}

    @property
    def raw_message(self) -> "Given":
        return self

    async def ack(self, multiple: bool = False) -> None:
        self.told.append(("ack", self.delivery_tag))

    async def reject(self) -> None:
        self.told.append(("reject", self.delivery_tag))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore([TALLY])


def consumers(executor: Executor, look: float = 60) -> Consumers:
    it = Consumers("amqp://127.0.0.1:1/", "reader", executor, HEARINGS)
    it.listener.turns._look = look
    return it


async def receive(it: Consumers, *bodies: bytes, times: int = SUSPECT) -> list[tuple[str, int]]:
    told: list[tuple[str, int]] = []
    given: list[Any] = [Given(body, tag, times, told) for tag, body in enumerate(bodies, 1)]
    async with asyncio.timeout(5):
        await asyncio.gather(*map(it._receive, given))
        await it._acks.flush()
    return told


async def test_a_suspect_that_waits_does_not_keep_its_predecessor_from_its_turn(store: MemoryStore) -> None:
    id = uuid4()
    it = consumers(Executor(store))
    bodies = [wrapped(n, id=id, version=n, follows=n - 1) for n in (3, 2, 1)]
    assert sorted(await receive(it, *bodies)) == [("ack", 1), ("ack", 2), ("ack", 3)]
    assert [fact.event.number for fact in await store.read(TALLY.stream(id))] == [1, 2, 3]
    assert it.listener.gaps == 0


async def test_suspects_are_taken_one_at_a_time_and_told_of_at_once(store: MemoryStore) -> None:
    at_once: list[int] = []
    told: list[tuple[str, int]] = []

    class Watched(Failing):
        async def execute(self, *args: Any, **more: Any) -> Any:
            at_once.append(len(told))  # whose acknowledgement the broker has
            return await super().execute(*args, **more)

    it = consumers(Watched(store))
    given: list[Any] = [Given(wrapped(n), n, SUSPECT, told) for n in range(1, 4)]
    async with asyncio.timeout(5):
        await asyncio.gather(*map(it._receive, given))
    assert at_once == [0, 1, 2]


async def test_who_stood_aside_is_alone_again_when_it_has_its_turn(store: MemoryStore) -> None:
    at_once: list[int] = []

    class Crowded(Failing):
        here = 0

        async def execute(self, *args: Any, **more: Any) -> Any:
            self.here += 1
            at_once.append(self.here)
            await asyncio.sleep(0.01)
            self.here -= 1
            return await super().execute(*args, **more)

    id = uuid4()
    it = consumers(executor := Crowded(store))
    chain = [wrapped(n, id=id, version=n, follows=n - 1) for n in (3, 2, 1)]
    assert len(await receive(it, *chain, *[wrapped(n) for n in range(4, 8)])) == 7
    assert (at_once, executor.calls, it.listener.gaps) == ([1] * 7, 7, 0)


async def test_the_first_that_was_given_too_often_is_given_up_and_what_follows_is_not(store: MemoryStore) -> None:
    id = uuid4()
    it = consumers(executor := Failing(store))
    bodies = [wrapped(n, id=id, version=n, follows=n - 1) for n in (2, 3, 1)]
    assert sorted(await receive(it, *bodies, times=most())) == [("ack", 1), ("ack", 2), ("reject", 3)]
    assert [fact.event.number for fact in await store.read(TALLY.stream(id))] == [2, 3]
    assert (executor.calls, it.listener.gaps, it.listener.rejected) == (2, 0, 1)
    assert await store.heard_up_to(TALLY.stream(id)) == 3


async def test_suspects_are_taken_as_they_are_given_however_long_the_database_takes(store: MemoryStore) -> None:
    """Or the first that is taken would be another one in each life, and an innocent one be given up in the end."""
    ids = [uuid4() for _ in range(4)]
    for id in ids:
        store._heard[TALLY.stream(id)] = 1
    delays = iter([0.05, 0.0, 0.02, 0.0])

    class Uneven(Failing):
        async def heard_up_to(self, stream: str) -> int:
            await asyncio.sleep(next(delays))
            return await super().heard_up_to(stream)

    it = consumers(executor := Uneven(store))
    bodies = [wrapped(n, id=id, version=n, follows=0 if n == 4 else 1) for n, id in enumerate(ids, 2)]
    await receive(it, *bodies)
    assert [context.causation for context in executor.contexts] == [parse(body).id for body in bodies]


async def test_a_suspect_that_leaves_while_it_stands_aside_waits_for_nobody(store: MemoryStore) -> None:
    executor = Failing(store)
    executor.open.clear()
    it = consumers(executor)
    told: list[tuple[str, int]] = []
    waits: Any = Given(wrapped(2, version=2, follows=1), 1, SUSPECT, told)
    goes: Any = Given(wrapped(3), 2, SUSPECT, told)
    first, second = asyncio.create_task(it._receive(waits)), asyncio.create_task(it._receive(goes))
    await until(lambda: executor.calls == 1)
    it.listener.leave()
    await asyncio.wait_for(first, 1)
    assert not second.done()
    assert it._suspects.alone.locked(), "the other one is still alone"
    executor.open.set()
    await asyncio.wait_for(second, 1)
    assert told == [("ack", 2)]
    assert not it._suspects.alone.locked()
