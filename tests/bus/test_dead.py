"""Dead letters: looked at without loss, and brought back to the service they belong to."""

import asyncio

import pytest

from shared.bus.consumer import Consumers
from shared.bus.dead import list_dead, replay_dead, show_dead
from shared.bus.envelope import envelope, parse
from shared.bus.topology import DELIVERY_LIMIT, dead_queue, declare, inbox_queue
from shared.store.memory import MemoryStore
from tests.bus.wire import channel_to, depth, received, running, send, until, until_async
from tests.bus.words import HEARINGS, TALLY, Counted, Failing, publish, recorded

DEAD = dead_queue("reader")


def wrapped(number: int) -> bytes:
    fact = recorded(number)
    promise = publish(fact)
    assert promise is not None
    return envelope(fact, promise, "sums")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore([TALLY])


async def died(url: str, store: MemoryStore, *bodies: bytes) -> Failing:
    """A service whose handler is broken has met these messages."""
    async with channel_to(url) as channel:
        await declare(channel, "reader", [Counted.contract])
        await declare(channel, "other", [Counted.contract])
    executor = Failing(store, *[ValueError() for _ in range(5 * len(bodies))])
    it = Consumers(url, "reader", executor, HEARINGS)
    it.listener._pauses = (0.01, 0.01)
    async with running(it.run):
        await send(url, "reader", *bodies)
        await until_async(lambda: holds(url, len(bodies)))
    return executor


async def holds(url: str, count: int) -> bool:
    return await depth(url, DEAD) == count


async def test_letters_are_listed_with_what_is_known_of_them(amqp_url: str, store: MemoryStore) -> None:
    body = wrapped(1)
    await died(amqp_url, store, body)
    [letter] = await list_dead(amqp_url, "reader")
    read = parse(body)
    assert (letter.id, letter.contract, letter.subject) == (read.id, read.type, read.subject)
    assert (letter.service, letter.reason, letter.readable, letter.body) == ("reader", "rejected", True, body)
    assert letter.died_at
    assert await show_dead(amqp_url, "reader", read.id) == letter
    assert await show_dead(amqp_url, "reader", "no such") is None


async def test_looking_takes_nothing_away(amqp_url: str, store: MemoryStore) -> None:
    await died(amqp_url, store, wrapped(1), b"not a message")
    for _ in range(25):  # more often than any delivery limit
        assert len(await list_dead(amqp_url, "reader")) == 2


async def test_a_replayed_letter_comes_back_to_its_service_alone(amqp_url: str, store: MemoryStore) -> None:
    body = wrapped(1)
    executor = await died(amqp_url, store, body)
    assert await replay_dead(amqp_url, "reader") == 1
    assert await depth(amqp_url, DEAD) == 0
    assert await depth(amqp_url, inbox_queue("other")) == 0
    async with running(Consumers(amqp_url, "reader", executor, HEARINGS).run):
        await until(lambda: store.position == 1)


async def test_a_message_that_kills_its_reader_is_buried_by_the_broker(amqp_url: str) -> None:
    body = wrapped(1)
    async with channel_to(amqp_url) as channel:
        await declare(channel, "reader", [Counted.contract])
        await send(amqp_url, "reader", body)
    async with received(amqp_url, inbox_queue("reader")) as messages, asyncio.timeout(20):
        for _ in range(DELIVERY_LIMIT + 1):
            await (await messages.get()).nack(requeue=True)
    await until_async(lambda: holds(amqp_url, 1))
    [letter] = await list_dead(amqp_url, "reader")
    assert (letter.reason, letter.body) == ("delivery_limit", body)


async def test_only_the_wanted_letters_are_replayed(amqp_url: str, store: MemoryStore) -> None:
    first, second = wrapped(1), wrapped(2)
    await died(amqp_url, store, first, second)
    wanted = parse(second).id
    assert await replay_dead(amqp_url, "reader", lambda letter: letter.id == wanted) == 1
    assert [letter.id for letter in await list_dead(amqp_url, "reader")] == [parse(first).id]


async def test_a_letter_that_dies_again_is_as_it_was(amqp_url: str, store: MemoryStore) -> None:
    body = wrapped(1)
    executor = await died(amqp_url, store, body)
    await replay_dead(amqp_url, "reader")
    executor.errors = [ValueError() for _ in range(5)]
    it = Consumers(amqp_url, "reader", executor, HEARINGS)
    it.listener._pauses = (0.01, 0.01)
    async with running(it.run):
        await until_async(lambda: holds(amqp_url, 1))
    [letter] = await list_dead(amqp_url, "reader")
    assert letter.body == body


async def test_a_service_nobody_knows_has_no_dead(amqp_url: str) -> None:
    assert await list_dead(amqp_url, "nobody") == []
