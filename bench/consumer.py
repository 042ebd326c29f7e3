"""A consumer with inbox and effect, against raw aio-pika consumers that run the same two statements and acknowledge."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from uuid import uuid4

import aio_pika
import asyncpg
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from bench.bus import HEARING, HEARINGS, WRITING, databases, empty_inbox, fill, publish
from bench.report import Measurement, compared, interleaved
from bench.sample import notes
from shared.bus.consumer import PREFETCH, Consumers
from shared.bus.envelope import CONTENT_TYPE, envelope
from shared.bus.pipeline import Pipeline, outgoing
from shared.bus.topology import inbox_queue, routing_key
from shared.store.execute import Executor
from shared.store.keys import KeyRing
from shared.store.postgres import PostgresStore

MESSAGES = 4_000
CONNECTIONS = 8  # of the concurrent raw consumer: more made it no faster

RAW_TABLES = """
CREATE TABLE raw_inbox (message text PRIMARY KEY);
CREATE TABLE raw_effects (id uuid PRIMARY KEY, data bytea NOT NULL)
"""


async def measure(admin: str, broker: str, rounds: int, messages: int = MESSAGES) -> AsyncIterator[Measurement]:
    """Each try fills the inbox with the same messages, and measures until the last one's effect is committed."""
    async with databases(admin, "iom_bench_made") as url:
        bodies = await _bodies(url, messages)
    async with empty_inbox(broker) as channel:

        async def heard(consume: Callable[..., Awaitable[float]], *args: int) -> float:
            async with databases(admin, "iom_bench_heard") as url:
                await _send(channel, bodies)
                return await consume(url, broker, messages, *args)

        tries = {
            "plain": partial(heard, _raw, 1),
            "pooled": partial(heard, _raw, CONNECTIONS),
            "ours": partial(heard, _ours),
        }
        found = await interleaved(rounds, tries)
    name, unit = "consumer: inbox, effect, acknowledgement", "messages/s"
    plain, pooled = "one connection, one message after another", f"{CONNECTIONS} connections side by side"
    yield compared(name, unit, f"raw aio-pika, {plain}", found["ours"], found["plain"])
    yield compared(name, unit, f"raw aio-pika, {pooled}", found["ours"], found["pooled"])


async def _bodies(url: str, messages: int) -> list[bytes]:
    store = PostgresStore(url, [notes], KeyRing(os.urandom(32)))
    await store.open()
    try:
        await fill(store, messages)
        facts = await store.read_log(0, messages)
    finally:
        await store.close()
    return [envelope(fact, promise, WRITING) for fact in facts if (promise := publish(fact))]


async def _send(channel: AbstractChannel, bodies: list[bytes]) -> None:
    key, contract = routing_key("writing.note_taken.v1"), "writing.note_taken.v1"
    pipeline = Pipeline(channel, 0, window=200, patience=10)
    for position, body in enumerate(bodies, 1):
        await pipeline.put(position, outgoing(key, str(uuid4()), contract, CONTENT_TYPE, body))
    while pipeline.confirmed < len(bodies):
        await asyncio.sleep(0.001)
        pipeline.advance()


async def _until(count: Callable[[], Awaitable[int]], messages: int) -> float:
    """Messages a second until all have their effect; looks often enough to be right within a hundredth."""
    started = time.perf_counter()
    async with asyncio.timeout(120):
        while await count() < messages:  # noqa: ASYNC110 - the database tells
            await asyncio.sleep(0.01)
    return messages / (time.perf_counter() - started)


async def _ours(url: str, broker: str, messages: int) -> float:
    store = PostgresStore(url, [notes], KeyRing(os.urandom(32)))
    await store.open()
    task = asyncio.create_task(Consumers(broker, HEARING, Executor(store), HEARINGS).run())

    async def count() -> int:
        return int((await store.fetch("SELECT count(*) AS facts FROM facts"))[0]["facts"])

    try:
        return await _until(count, messages)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await store.close()


async def _raw(url: str, broker: str, messages: int, connections: int) -> float:
    """Both statements in a transaction, then the acknowledgement; as many messages at once as there are connections."""
    pool = await asyncpg.create_pool(url, min_size=connections, max_size=connections)
    await pool.execute(RAW_TABLES)
    bus = await aio_pika.connect(broker)
    done = 0

    async def handle(message: AbstractIncomingMessage) -> None:
        nonlocal done
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO raw_inbox VALUES ($1) ON CONFLICT DO NOTHING", message.message_id)
            await connection.execute("INSERT INTO raw_effects VALUES ($1, $2)", uuid4(), message.body)
        await message.ack()
        done += 1

    async def count() -> int:
        return done

    try:
        channel = await bus.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.get_queue(inbox_queue(HEARING), ensure=False)
        await queue.consume(handle)
        return await _until(count, messages)
    finally:
        await bus.close()
        await pool.close()
