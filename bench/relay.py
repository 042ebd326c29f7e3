"""The relay from log to broker, against raw aio-pika that has the same messages at hand and 100 confirms in flight."""

import asyncio
import os
import time
from collections.abc import AsyncIterator

import aio_pika
from aio_pika.abc import AbstractChannel

from bench.bus import HEARING, SIGNER, WRITING, databases, empty_inbox, fill, publish
from bench.report import Measurement, compared
from bench.sample import notes
from shared.bus.envelope import CONTENT_TYPE, envelope
from shared.bus.relay import READER, Relay
from shared.bus.topology import EVENTS, inbox_queue, routing_key
from shared.store.keys import KeyRing
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer

MESSAGES = 4_000
IN_FLIGHT = 100


async def measure(admin: str, broker: str, rounds: int) -> AsyncIterator[Measurement]:
    async with databases(admin, "iom_bench_relay") as url, empty_inbox(broker) as channel:
        store = PostgresStore(url, [notes], KeyRing(os.urandom(32)))
        await store.open()
        try:
            await fill(store, MESSAGES)
            bodies = await _bodies(store)
            ours, raw = [], []
            for _ in range(rounds):
                raw.append(await _raw(broker, bodies))
                await _purged(channel)
                ours.append(await _relayed(store, broker))
                await _purged(channel)
        finally:
            await store.close()
    yield compared("relay: read, decode, envelope, publish", "messages/s", "raw aio-pika, 100 confirms", ours, raw)


async def _bodies(store: PostgresStore) -> list[bytes]:
    bodies = []
    while facts := await store.read_log(len(bodies), 1000):
        for fact in facts:
            promise = publish(fact)
            assert promise is not None
            bodies.append(envelope(fact, promise, WRITING))
    return bodies


async def _purged(channel: AbstractChannel) -> None:
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


async def _relayed(store: PostgresStore, broker: str) -> float:
    """Messages a second from the first position to the last one's confirm."""
    await store.move_checkpoint(READER, 0)
    sequencer = Sequencer(store, SIGNER, origin="bench/relay")
    relay = Relay(store, sequencer, publish, broker, WRITING, window=IN_FLIGHT)
    tasks = [asyncio.create_task(sequencer.run()), asyncio.create_task(relay.run())]
    try:
        async with asyncio.timeout(120):
            while not relay.connected:  # noqa: ASYNC110 - the broker decides
                await asyncio.sleep(0.001)
            started = time.perf_counter()
            while relay.position < MESSAGES:  # noqa: ASYNC110 - the broker decides
                await asyncio.sleep(0.001)
            return MESSAGES / (time.perf_counter() - started)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
