"""The consumer's watch over itself: who is deaf is attached anew, who rests or stands by is left alone."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from faststream.rabbit import RabbitBroker

from shared.bus.consumer import Consumers
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from tests.bus.test_consumer import consumers, store, url, wrapped
from tests.bus.wire import Wire, running, send, until
from tests.bus.words import TALLY

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


async def test_a_consumer_gone_deaf_is_attached_anew(
    url: str, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection lives and answers, yet the broker sends nothing: what a bad reconnect leaves behind."""
    it = consumers(url, Executor(store), look_every=0.05, silence=0.3)
    brokers = watched(it, monkeypatch)
    async with running(it.run):
        await until(lambda: it.attached)
        await brokers[0].subscribers[0].stop()
        await send(url, "reader", wrapped(1), wrapped(2))
        await until(lambda: store.position == 2)
        assert len(brokers) == 2


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
