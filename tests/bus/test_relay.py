"""The relay: every promise at least once and in order, whatever breaks on the way."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from shared.bus.envelope import parse
from shared.bus.relay import READER, Relay
from shared.bus.topology import EVENTS, HISTORY, binding, declare, inbox_queue
from shared.store.memory import MemoryStore
from shared.store.types import StoreUnavailable
from tests.bus.wire import Wire, channel_to, depth, history, running, taken, until, until_async
from tests.bus.words import TALLY, Counted, publish, record

INBOX = inbox_queue("reader")


@pytest_asyncio.fixture
async def url(amqp_url: str) -> AsyncIterator[str]:
    async with channel_to(amqp_url) as channel:
        await declare(channel, "reader", [Counted.contract])
    yield amqp_url


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore([TALLY])


def relay(store: Any, url: str, **more: Any) -> Relay:
    return Relay(store, store, publish, url, "sums", **more)


def numbers(messages: list[Any]) -> list[int]:
    return [parse(message.body).read(Counted).number for message in messages]


async def test_every_promise_is_published_once_and_in_order(url: str, store: MemoryStore) -> None:
    await record(store, range(1, 501))
    it = relay(store, url)
    async with running(it.run):
        assert numbers(await taken(url, INBOX, 500)) == list(range(1, 501))
        await until(lambda: it.lag == 0)
        assert it.connected
        assert it.last_error == ""
        assert it.published == 500
    assert await store.checkpoint(READER) == 500
    assert await depth(url, INBOX) == 0


async def test_a_message_says_all_that_readers_need(url: str, store: MemoryStore) -> None:
    id = await record(store, [5])
    fact = (await store.read_log(0))[0]
    async with running(relay(store, url).run):
        [message] = await taken(url, INBOX, 1)
    assert message.routing_key == "sums.counted.v1.m-1.-"
    assert (message.message_id, message.type) == (str(fact.id), "sums.counted.v1")
    assert message.delivery_mode == 2
    assert message.content_type == "application/cloudevents+json; charset=utf-8"
    read = parse(message.body)
    assert (read.id, read.subject, read.streamversion) == (str(fact.id), TALLY.stream(id), 1)


async def test_a_message_says_what_it_follows(url: str, store: MemoryStore) -> None:
    await record(store, [1, 0, 2, 3])
    async with running(relay(store, url).run):
        first = await taken(url, INBOX, 3)
    assert [parse(message.body).follows for message in first] == ["", "counted.v1=1", "counted.v1=3"]
    await store.move_checkpoint(READER, 2)
    async with running(relay(store, url).run):  # which knows nothing of what went before
        again = await taken(url, INBOX, 2)
    assert [message.body for message in again] == [message.body for message in first[1:]]


async def test_private_facts_stay_home_and_hold_nothing_up(url: str, store: MemoryStore) -> None:
    await record(store, [0, 1, 0, 2, 0])
    it = relay(store, url)
    async with running(it.run):
        assert numbers(await taken(url, INBOX, 2)) == [1, 2]
        await until(lambda: it.lag == 0)
    assert await store.checkpoint(READER) == 5


async def test_it_goes_on_where_it_stopped(url: str, store: MemoryStore) -> None:
    await record(store, [1, 2])
    first = relay(store, url)
    async with running(first.run):
        await until(lambda: first.published == 2 and first.lag == 0)
    await record(store, [3])
    async with running(relay(store, url).run):
        assert numbers(await taken(url, INBOX, 3)) == [1, 2, 3]
    assert await depth(url, INBOX) == 0


async def test_what_is_appended_while_it_waits_is_published(url: str, store: MemoryStore) -> None:
    it = relay(store, url)
    async with running(it.run):
        await until(lambda: it.connected)
        await record(store, [1])
        assert numbers(await taken(url, INBOX, 1, within=2)) == [1]


async def checkpoint_is(store: MemoryStore, position: int) -> bool:
    return await store.checkpoint(READER) == position


class Forgetful(MemoryStore):
    """A store that dies before each of the first checkpoints is written."""

    deaths = 2

    async def move_checkpoint(self, reader: str, position: int) -> None:
        if self.deaths:
            self.deaths -= 1
            raise StoreUnavailable
        await super().move_checkpoint(reader, position)


async def test_a_lost_checkpoint_means_again_and_never_less(url: str) -> None:
    store = Forgetful([TALLY])
    await record(store, range(1, 11))
    it = relay(store, url)
    async with running(it.run):
        await until(lambda: not store.deaths)
        await until_async(lambda: checkpoint_is(store, 10), within=30)
    found = numbers(await taken(url, INBOX, await depth(url, INBOX)))
    assert len(found) > 10
    assert set(found) == set(range(1, 11))
    assert await store.checkpoint(READER) == 10


async def test_cut_connections_lose_nothing(url: str, store: MemoryStore) -> None:
    async with Wire(url) as wire:
        it = relay(store, wire.url)
        async with running(it.run) as task:
            for round in range(5):
                await record(store, range(round * 100 + 1, round * 100 + 101))
                await until(lambda: it.published > 0)
                wire.cut()
            await until(lambda: it.lag == 0)
            assert not task.done()
    found = numbers(await taken(url, INBOX, await depth(url, INBOX)))
    assert set(found) == set(range(1, 501))
    assert wire.connections > 1


async def test_a_broker_that_falls_silent_is_left(url: str, store: MemoryStore) -> None:
    async with Wire(url) as wire:
        it = relay(store, wire.url, patience=0.3)
        async with running(it.run):
            await until(lambda: it.connected)
            wire.freeze()
            await record(store, [1])
            await until(lambda: "no confirm within" in it.last_error)
            assert it.lag == 1
            wire.cut()
            wire.thaw()
            await until(lambda: it.lag == 0)
    assert 1 in numbers(await taken(url, INBOX, 1))


async def test_an_unroutable_message_is_an_alarm_and_is_not_lost(
    url: str, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    it = relay(store, url)
    async with running(it.run):
        await until(lambda: it.connected)
        async with channel_to(url) as channel:
            await (await channel.get_queue(INBOX)).unbind(EVENTS, binding(Counted.contract))
            await (await channel.get_queue(HISTORY)).unbind(EVENTS, "#")
        await record(store, [1])
        await until(lambda: it.unroutable == 1)
        assert "ALARM" in caplog.text
        await until(lambda: it.lag == 0)  # the topology was declared again: history has it now
    assert numbers(await history(url, 1)) == [1]
    assert await store.checkpoint(READER) == 1


async def test_a_cancellation_that_leaks_from_below_does_not_end_it(url: str) -> None:
    class Leaking(MemoryStore):
        leaks = 1

        async def read_log(self, after: int, limit: int = 1000, kinds: Any = None) -> list[Any]:
            if self.leaks:
                self.leaks -= 1
                raise asyncio.CancelledError
            return await super().read_log(after, limit, kinds)

    store = Leaking([TALLY])
    await record(store, [1])
    async with running(relay(store, url).run) as task:
        assert numbers(await taken(url, INBOX, 1)) == [1]
        assert not task.done()


async def test_a_broker_that_is_not_there_yet_is_waited_for(url: str, store: MemoryStore) -> None:
    await record(store, [1])
    async with Wire(url) as wire:
        address = wire.url
    it = relay(store, f"{address},amqp://nobody@127.0.0.1:1/")
    async with running(it.run):
        await until(lambda: bool(it.last_error))
        assert not it.connected
        assert it.lag == 1
        it._url = f"{address},{url}"
        assert numbers(await taken(url, INBOX, 1)) == [1]
