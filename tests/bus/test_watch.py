"""The consumer's watch over itself: who is deaf is attached anew, who rests or stands by is left alone."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, cast
from uuid import UUID, uuid4

import aiormq
import pytest
from aio_pika import Message
from faststream.rabbit import RabbitBroker

from shared.bus.consumer import Consumers
from shared.bus.topology import EVENTS, inbox_arguments, routing_key
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from shared.store.types import StoreUnavailable
from tests.bus.test_consumer import INBOX, consumers, store, url, wrapped
from tests.bus.wire import Wire, channel_to, received, running, send, taken, until
from tests.bus.words import TALLY, Counted

__all__ = ["store", "url"]

MESSAGES = 400  # more than a slow reader takes while it is watched


def watched(it: Consumers, monkeypatch: pytest.MonkeyPatch) -> list[RabbitBroker]:
    """One for each time that it attaches."""
    brokers: list[RabbitBroker] = []
    build = it._broker

    def built(lost: asyncio.Event) -> RabbitBroker:
        brokers.append(build(lost))
        return brokers[-1]

    monkeypatch.setattr(it, "_broker", built)
    return brokers


async def channel_of(broker: RabbitBroker) -> aiormq.Channel:
    """The one on which its consumer is served."""
    channel = await broker.config.channel_manager.get_channel()
    return cast(aiormq.Channel, await channel.get_underlay_channel())


async def test_a_consumer_gone_deaf_is_attached_anew(
    url: str, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection lives and answers, yet the broker sends nothing: what a bad reconnect leaves behind."""
    it = consumers(url, Executor(store), look_every=0.05)
    brokers = watched(it, monkeypatch)
    async with running(it.run):
        await until(lambda: it.attached)
        await brokers[0].subscribers[0].stop()
        await until(lambda: not it.attached)
        await until(lambda: "the broker knows no consumer of the inbox" in it.last_error)
        await send(url, "reader", wrapped(1), wrapped(2))
        await until(lambda: store.position == 2 and it.attached)
        assert len(brokers) == 2


async def test_a_consumer_the_broker_knows_but_gives_nothing_is_attached_anew_after_the_silence(
    url: str, store: MemoryStore
) -> None:
    it = consumers(url, Executor(store), look_every=0.05, silence=0.3)
    async with AsyncExitStack() as strangers:
        stuck = await strangers.enter_async_context(received(url, INBOX))
        async with running(it.run):
            await until(lambda: it.attached)
            await send(url, "reader", wrapped(1), wrapped(2))
            await stuck.get()  # the stranger is served, and settles nothing
            await until(lambda: not it.attached)
            await until(lambda: "1 messages wait and none was received" in it.last_error)
            await strangers.aclose()
            await until(lambda: store.position == 2 and it.attached)
    assert [fact.event.number for fact in await store.read_log(0)] == [1, 2]


async def test_a_channel_closed_by_the_broker_takes_no_unfinished_message_with_it(
    url: str, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a message is held for longer than the broker bears. The tags of the next channel begin at 1 again."""
    id = uuid4()

    class Stuck(Executor):
        async def execute(self, category: Any, of: UUID, *args: Any, **more: Any) -> Any:
            if of == id:
                raise StoreUnavailable
            return await super().execute(category, of, *args, **more)

    it, left = consumers(url, Stuck(store)), wrapped(1, id=id)
    brokers = watched(it, monkeypatch)
    async with running(it.run):
        await send(url, "reader", *map(wrapped, range(1, 4)))
        await until(lambda: store.position == 3 and it.in_hand == 0)
        await it._acks.flush()
        await send(url, "reader", left)
        await until(lambda: it.in_hand == 1)
        await (await channel_of(brokers[0])).basic_ack(1_000_000)  # which it was never given
        await send(url, "reader", *map(wrapped, range(4, 7)))
        await until(lambda: store.position == 6)
    assert [message.body for message in await taken(url, INBOX, 1)] == [left]


async def test_an_inbox_deleted_and_made_again_by_others_is_bound_again(
    url: str, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's own recovery finds the queue, is attached to it, and would hear nothing for ever."""
    it = consumers(url, Executor(store))
    brokers, cancelled = watched(it, monkeypatch), asyncio.Event()
    async with running(it.run), channel_to(url) as channel:
        await until(lambda: it.attached)
        (await channel_of(brokers[0])).on_consumer_cancel_callbacks.add(lambda _: cancelled.set())
        await channel.queue_delete(INBOX)
        await cancelled.wait()
        await channel.declare_queue(INBOX, durable=True, arguments=inbox_arguments("reader"))
        await until(lambda: len(brokers) == 2 and it.attached)
        events = await channel.get_exchange(EVENTS)
        await events.publish(Message(wrapped(1)), routing_key(Counted.contract))
        await until(lambda: store.position == 1)
        assert (it.attached, len(brokers)) == (True, 2), "it is attached once more, and stays so"


async def test_a_reader_at_rest_stays_attached(url: str, store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    it = consumers(url, Executor(store), look_every=0.02, silence=0.05)
    brokers, looks = watched(it, monkeypatch), count_looks(it, monkeypatch)
    async with running(it.run):
        await until(lambda: len(looks) > 10)
        assert (it.attached, len(brokers)) == (True, 1)


async def test_a_reader_that_stands_by_is_not_deaf_and_takes_over_in_order(
    url: str, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = uuid4()
    standing = consumers(url, Executor(store), look_every=0.1, silence=1.5, prefetch=8)
    brokers, looks = watched(standing, monkeypatch), count_looks(standing, monkeypatch)

    class Slow(Executor):
        async def execute(self, *args: Any, **more: Any) -> Any:
            await asyncio.sleep(0.02)
            return await super().execute(*args, **more)

    async with Wire(url) as wire, running((active := consumers(wire.url, Slow(store), prefetch=8)).run):
        await until(lambda: active.attached)
        async with running(standing.run):
            await until(lambda: standing.attached)
            await send(url, "reader", *[wrapped(number, id=id, version=number) for number in range(1, MESSAGES + 1)])
            seen = len(looks)
            await until(lambda: len(looks) > seen + 20)  # longer than the silence, and messages wait
            assert store.position < MESSAGES
            assert (standing.attached, standing.last_received, len(brokers)) == (True, None, 1)
            wire.cut()
            await until(lambda: store.position == MESSAGES)
            assert standing.last_received is not None
            await until(lambda: active.attached)
    assert [fact.event.number for fact in await store.read(TALLY.stream(id))] == list(range(1, MESSAGES + 1))


def count_looks(it: Consumers, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    looks: list[bool] = []
    look = it._look

    async def counted(channel: Any) -> bool:
        looks.append(await look(channel))
        return looks[-1]

    monkeypatch.setattr(it, "_look", counted)
    return looks
