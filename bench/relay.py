"""The relay from log to broker, against raw aio-pika that has the same messages at hand and 100 confirms in flight."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial

import aio_pika
from aio_pika.abc import AbstractChannel

from bench.bus import HEARING, SIGNER, WRITING, databases, empty_inbox, fill, publish
from bench.report import Measurement, compared, interleaved
from bench.sample import notes
from shared.bus.envelope import CONTENT_TYPE, envelope
from shared.bus.relay import READER, Relay
from shared.bus.topology import EVENTS, inbox_queue, routing_key
from shared.bus.trail import Trail
from shared.store.keys import KeyRing
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer

MESSAGES = 20_000
STREAMS, VERSIONS = 5_000, 4
IN_FLIGHT = 100
FLOOR = "raw aio-pika, 100 confirms"
AFTER_A_START = f"the last of each stream's {VERSIONS} facts after a restart, the earlier ones read for it"


async def measure(
    admin: str, broker: str, rounds: int, messages: int = MESSAGES, streams: int = STREAMS
) -> AsyncIterator[Measurement]:
    """First facts, that follow nothing; then the log of streams as they are, each one's next fact far from the last."""
    async with empty_inbox(broker) as channel:
        later = {f"streams of {VERSIONS} facts": 0, AFTER_A_START: (VERSIONS - 1) * streams}
        for shape, parts in (((messages, 1), {"first facts": 0}), ((streams, VERSIONS), later)):
            async for measurement in _compare(admin, broker, channel, rounds, shape, parts):
                yield measurement


async def _compare(
    admin: str, broker: str, channel: AbstractChannel, rounds: int, shape: tuple[int, int], parts: Mapping[str, int]
) -> AsyncIterator[Measurement]:
    """Each of *parts* is relayed from its position on, from a log of so many streams of so many facts."""
    async with databases(admin, "iom_bench_relay") as url:
        store = PostgresStore(url, [notes], KeyRing(os.urandom(32)))
        await store.open()
        try:
            await fill(store, *shape)
            bodies = await _bodies(store)
            tries: dict[str, Callable[[], Awaitable[float]]] = {}
            for name, after in parts.items():
                tries[f"raw {name}"] = partial(_clean, channel, partial(_raw, broker, bodies[after:]))
                tries[name] = partial(_clean, channel, partial(_relayed, store, broker, after, len(bodies)))
            found = await interleaved(rounds, tries)
        finally:
            await store.close()
    for part in parts:
        name = f"relay: read, decode, envelope, publish; {part}"
        yield compared(name, "messages/s", FLOOR, found[part], found[f"raw {part}"])


async def _bodies(store: PostgresStore) -> list[bytes]:
    """What the relay sends of the whole log."""
    bodies, trail = list[bytes](), Trail(store, publish)
    while facts := await store.read_log(len(bodies), 1000):
        for fact in facts:
            promise = publish(fact)
            assert promise is not None
            bodies.append(envelope(fact, promise, WRITING, await trail.follows(fact, promise)))
    return bodies


async def _clean(channel: AbstractChannel, send: Callable[[], Awaitable[float]]) -> float:
    """Sent to a queue that is emptied behind it."""
    try:
        return await send()
    finally:
        await (await channel.get_queue(inbox_queue(HEARING), ensure=False)).purge()


async def _raw(broker: str, bodies: list[bytes]) -> float:
    """Messages a second that the broker confirms, a hundred at a time under way."""
    connection = await aio_pika.connect(broker)
    try:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(EVENTS, ensure=False)
        key = routing_key("writing.note_taken.v1")
        room = asyncio.Semaphore(IN_FLIGHT)

        async def send(body: bytes) -> None:
            try:
                message = aio_pika.Message(body, content_type=CONTENT_TYPE, delivery_mode=2)
                await exchange.publish(message, key, mandatory=True)
            finally:
                room.release()

        started = time.perf_counter()
        async with asyncio.TaskGroup() as going:
            for body in bodies:
                await room.acquire()
                going.create_task(send(body))
        return len(bodies) / (time.perf_counter() - started)
    finally:
        await connection.close()


async def _relayed(store: PostgresStore, broker: str, after: int, last: int) -> float:
    """Messages a second of a relay that begins behind position *after*, up to the confirm of the *last*."""
    await store.move_checkpoint(READER, after)
    sequencer = Sequencer(store, SIGNER, origin="bench/relay")
    relay = Relay(store, sequencer, publish, broker, WRITING, window=IN_FLIGHT)
    tasks = [asyncio.create_task(sequencer.run()), asyncio.create_task(relay.run())]
    try:
        async with asyncio.timeout(120):
            while not relay.connected:  # noqa: ASYNC110 - the broker decides
                await asyncio.sleep(0.001)
            started = time.perf_counter()
            while relay.position < last:  # noqa: ASYNC110 - the broker decides
                await asyncio.sleep(0.001)
            return (last - after) / (time.perf_counter() - started)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
