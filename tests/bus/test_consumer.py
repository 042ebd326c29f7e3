"""The consumer: each message has its effect once, whatever is delivered, fails or breaks."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
import pytest_asyncio

from deploy.servers.admin import Management
from shared.bus.consumer import Consumers
from shared.bus.envelope import envelope
from shared.bus.hearing import Hearing, by_contract
from shared.bus.topology import EVENTS, dead_queue, declare, inbox_queue, routing_key
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from shared.store.types import StoreUnavailable
from tests.bus.wire import Wire, channel_to, depth, running, send, taken, until, until_async
from tests.bus.words import HEARINGS, TALLY, Counted, Failing, publish, react, recorded

INBOX, DEAD = inbox_queue("reader"), dead_queue("reader")


@pytest_asyncio.fixture
async def url(amqp_url: str) -> AsyncIterator[str]:
    async with channel_to(amqp_url) as channel:
        await declare(channel, "reader", [Counted.contract])
    yield amqp_url


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore([TALLY])


def consumers(url: str, executor: Executor, **more: Any) -> Consumers:
    it = Consumers(url, "reader", executor, HEARINGS, **more)
    it.listener._pauses = (0.01, 0.05)
    return it


def wrapped(number: int, follows: int = 0, **more: Any) -> bytes:
    fact = recorded(number, **more)
    promise = publish(fact)
    assert promise is not None
    return envelope(fact, promise, "sums", f"counted.v1={follows}" if follows else "")


async def empty(url: str, queue: str = INBOX) -> bool:
    return await depth(url, queue) == 0


async def test_a_promise_becomes_a_command_with_its_cause(url: str, store: MemoryStore) -> None:
    id, executor = uuid4(), Failing(store)
    it = consumers(url, executor)
    async with running(it.run):
        body = wrapped(7, id=id)
        await send(url, "reader", body)
        await until(lambda: store.position == 1)
        assert it.attached
        assert it.last_received is not None
    [fact] = await store.read(TALLY.stream(id))
    assert fact.event.number == 7
    context = executor.contexts[0]
    assert (context.actor, context.role, context.scope) == (None, "service", "service:reader")
    assert (context.command_name, context.correlation) == ("Add", "walk-1")
    assert context.causation is not None
    assert context.causation.encode() in body
    assert context.trace.startswith("00-0af7651916cd43dd8448eb211c80319c-")


async def test_a_message_delivered_twice_has_one_effect(url: str, store: MemoryStore) -> None:
    body, id = wrapped(7), uuid4()
    async with running(consumers(url, Executor(store)).run):
        await send(url, "reader", *[body] * 5, wrapped(1, id=id))
        await until_async(lambda: empty(url))
        await until(lambda: store.position == 2)
    assert store.position == 2
    assert await empty(url)


async def test_a_refusal_is_an_answer(url: str, store: MemoryStore) -> None:
    it = consumers(url, Executor(store))
    async with running(it.run):
        await send(url, "reader", wrapped(1001), wrapped(1))
        await until(lambda: it.listener.refused == 1 and store.position == 1)
        await until(lambda: it.in_hand == 0)
    assert await empty(url)
    assert await empty(url, DEAD)


async def test_a_contract_nobody_here_hears_is_passed_over(url: str, store: MemoryStore) -> None:
    it = consumers(url, Executor(store))
    async with running(it.run):
        await send(url, "reader", wrapped(1).replace(b"counted.v1", b"counted.v2"))
        await until(lambda: it.listener.unread == 1 and it.in_hand == 0)
    assert await empty(url)
    assert store.position == 0


@pytest.mark.parametrize(
    "body", [b"\xff\x00", b"{}", b"null", wrapped(1).replace(b'"number":1', b'"number":"Ivanova"')], ids=range(4)
)
async def test_the_unreadable_goes_to_the_dead_letters_at_once(
    url: str, store: MemoryStore, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    executor = Failing(store)
    async with running(consumers(url, executor).run):
        await send(url, "reader", body)
        [letter] = await taken(url, DEAD, 1)
    assert letter.body == body
    assert executor.calls == 0
    assert "Ivanova" not in caplog.text


async def test_a_fault_is_tried_five_times_and_then_buried_whole(url: str, store: MemoryStore) -> None:
    executor = Failing(store)
    body = wrapped(-1)
    async with running(consumers(url, executor).run):
        await send(url, "reader", body, wrapped(1))
        [letter] = await taken(url, DEAD, 1)
        await until(lambda: store.position == 1)
    assert (letter.body, letter.message_id) == (body, "given")
    assert executor.calls == 5 + 1


async def test_a_store_that_is_away_is_waited_for(url: str, store: MemoryStore) -> None:
    executor = Failing(store, *[StoreUnavailable() for _ in range(12)])
    it = consumers(url, executor)
    async with running(it.run):
        await send(url, "reader", wrapped(1))
        await until(lambda: store.position == 1)
        await until(lambda: it.in_hand == 0)
    assert executor.calls == 13
    assert await empty(url)
    assert await empty(url, DEAD)


async def test_one_subject_is_heard_in_order_and_others_beside_it(url: str, store: MemoryStore) -> None:
    ids = [uuid4() for _ in range(4)]
    bodies = [wrapped(number, id=id, version=number) for number in range(1, 101) for id in ids]

    class Uneven(Failing):
        async def execute(self, category: Any, id: Any, command: Any, context: Any, **more: Any) -> Any:
            await asyncio.sleep(0.001 * (command.number % 3))
            return await super().execute(category, id, command, context, **more)

    async with running(consumers(url, Uneven(store, *[StoreUnavailable()] * 10)).run):
        await send(url, "reader", *bodies)
        await until(lambda: store.position == 400)
    for id in ids:
        facts = await store.read(TALLY.stream(id))
        assert [fact.event.number for fact in facts] == list(range(1, 101))


async def test_what_is_turned_around_within_fifty_has_its_effects_in_order(url: str, store: MemoryStore) -> None:
    ids, chance = [uuid4() for _ in range(3)], random.Random(1)  # noqa: S311 - to be repeated
    bodies = [wrapped(n, id=id, version=2 * n, follows=2 * n - 2) for n in range(1, 101) for id in ids]
    for begin in range(0, len(bodies), 50):
        block = bodies[begin : begin + 50]
        chance.shuffle(block)
        bodies[begin : begin + 50] = block
    it = consumers(url, Executor(store))
    async with running(it.run):
        await send(url, "reader", *bodies)
        await until(lambda: store.position == 300)
        await until(lambda: it.in_hand == 0)
    for id in ids:
        assert [fact.event.number for fact in await store.read(TALLY.stream(id))] == list(range(1, 101))
    assert it.listener.gaps == 0
    assert await empty(url)


async def test_who_waits_for_what_is_missing_gives_its_message_back_when_it_leaves(
    url: str, store: MemoryStore
) -> None:
    id = uuid4()
    it = consumers(url, Executor(store))
    it.listener.turns._look = 60
    async with running(it.run):
        await send(url, "reader", wrapped(2, id=id, version=2, follows=1), wrapped(3, id=id, version=3, follows=2))
        await until(lambda: it.in_hand == 2)
    await until_async(lambda: has(url, 2))
    await send(url, "reader", wrapped(1, id=id, version=1))
    async with running(consumers(url, Executor(store)).run):
        await until(lambda: store.position == 3)
    assert [fact.event.number for fact in await store.read(TALLY.stream(id))] == [1, 2, 3]


async def test_a_subject_that_waits_holds_up_only_itself(url: str, store: MemoryStore) -> None:
    stuck, free = uuid4(), uuid4()

    class Stuck(Executor):
        async def execute(self, category: Any, id: Any, command: Any, context: Any, **more: Any) -> Any:
            if id == stuck:
                raise StoreUnavailable
            return await super().execute(category, id, command, context, **more)

    left = [wrapped(1, id=stuck), wrapped(2, id=stuck)]
    async with running(consumers(url, Stuck(store)).run):
        await send(url, "reader", *left, wrapped(3, id=free))
        await until(lambda: store.position == 1)
    assert [fact.event.number for fact in await store.read(TALLY.stream(free))] == [3]
    assert sorted([message.body for message in await taken(url, INBOX, 2)]) == sorted(left)
    assert await empty(url)


async def has(url: str, count: int) -> bool:
    return await depth(url, INBOX) == count


async def test_a_cut_connection_is_made_again_and_nothing_is_lost(url: str, store: MemoryStore) -> None:
    async with Wire(url) as wire:
        it = consumers(wire.url, Executor(store))
        async with running(it.run) as task:
            for round in range(1, 4):
                await until(lambda: it.attached)
                await send(url, "reader", *[wrapped(number) for number in range(1, 51)])
                await until(lambda expected=round * 50 - 40: store.position >= expected)
                wire.cut()
            await until(lambda: store.position == 150)
            await until_async(lambda: empty(url))  # what was not acknowledged came again, and is known
            assert not task.done()
    assert store.position == 150


async def test_order_per_subject_survives_cut_connections(url: str, store: MemoryStore) -> None:
    ids = [uuid4() for _ in range(4)]
    await send(url, "reader", *[wrapped(n, id=id, version=n) for n in range(1, 201) for id in ids])
    async with Wire(url) as wire, running(consumers(wire.url, Executor(store)).run):
        for expected in (100, 300, 500):
            await until(lambda at=expected: store.position >= at)
            wire.cut()
        await until(lambda: store.position == 800)
    for id in ids:
        assert [fact.event.number for fact in await store.read(TALLY.stream(id))] == list(range(1, 201))


async def test_a_connection_closed_by_the_broker_comes_back(
    url: str, store: MemoryStore, management: Management
) -> None:
    vhost = url.rpartition("/")[2]
    it = consumers(url, Executor(store))
    async with running(it.run):
        await until(lambda: it.attached)

        async def closed() -> bool:
            found = await asyncio.to_thread(management.call, "GET", f"/vhosts/{vhost}/connections") or []
            for connection in found:
                name = connection["name"].replace(" ", "%20").replace(">", "%3E")
                await asyncio.to_thread(management.call, "DELETE", f"/connections/{name}")
            return bool(found)

        await until_async(closed)
        await until(lambda: "closed the connection" in it.last_error)
        await until(lambda: it.attached)
        assert it.last_error == ""
        await send(url, "reader", wrapped(1))
        await until(lambda: store.position == 1 and it.in_hand == 0)
    assert await empty(url)


async def test_a_deleted_inbox_is_declared_and_bound_again(url: str, store: MemoryStore) -> None:
    it, id = consumers(url, Executor(store), look_every=0.1), uuid4()
    async with running(it.run):
        await until(lambda: it.attached)
        async with channel_to(url) as channel:
            await channel.queue_delete(INBOX)
            await until(lambda: not it.attached)
            await until(lambda: it.attached)
            events = await channel.get_exchange(EVENTS)
            await events.publish(aio_pika.Message(wrapped(1, id=id)), routing_key(Counted.contract))
        await until(lambda: store.position == 1 and it.in_hand == 0)
    assert [fact.event.number for fact in await store.read(TALLY.stream(id))] == [1]


async def test_a_service_that_goes_leaves_its_message_with_the_broker(url: str, store: MemoryStore) -> None:
    executor = Failing(store)
    executor.open.clear()
    it = consumers(url, executor)
    async with running(it.run):
        await send(url, "reader", wrapped(1))
        await until(lambda: it.in_hand == 1)
    await until_async(lambda: has(url, 1))
    assert store.position == 0


async def test_a_service_that_hears_nothing_needs_no_broker(store: MemoryStore) -> None:
    it = Consumers("amqp://127.0.0.1:1/", "mute", Executor(store), ())
    async with running(it.run) as task:
        await asyncio.sleep(0.1)  # an attempt to connect would have failed by then
        assert (it.attached, it.last_error, task.done()) == (True, "", False)


def test_one_contract_has_one_hearing() -> None:
    with pytest.raises(ValueError, match="heard twice"):
        by_contract([Hearing(reads=Counted, react=react), Hearing(reads=Counted, react=react)])
