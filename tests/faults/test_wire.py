"""A wire is cut where the answer to an append or a publish was to come, and nowhere else."""

import asyncio

import aio_pika
import asyncpg
import pytest
from aio_pika import Message

from shared.bus.connect import connect
from shared.store.lane import Lane
from tests.faults.proxy import Proxy

TABLE = "CREATE TABLE facts (n integer PRIMARY KEY)"
APPEND, LOOK = "INSERT INTO facts VALUES ($1)", "SELECT max(n) FROM facts"


async def test_a_wire_is_cut_when_an_append_is_committed(database: str) -> None:
    direct = await asyncpg.connect(database)
    await direct.execute(TABLE)
    async with Proxy(database) as proxy:
        lane = Lane(proxy.url)
        await lane.connect()
        await lane.ask(APPEND, [1])
        proxy.cut_at_answer(2)
        for _ in range(5):
            await lane.ask(LOOK, [])
        with pytest.raises(asyncpg.UniqueViolationError):
            await lane.ask(APPEND, [1])
        await lane.ask(APPEND, [2])
        await lane.ask(LOOK, [])
        assert proxy.cuts == 0, "a look or a refusal counted as an append"
        with pytest.raises((asyncpg.PostgresConnectionError, OSError)):
            await lane.ask(APPEND, [3])
        assert proxy.cuts == 1
        lane.drop()
    assert await direct.fetchval(LOOK) == 3, "it was cut before the commit"
    await direct.close(timeout=5)


async def test_a_wire_is_cut_when_a_publish_is_confirmed(amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        connection = await connect(proxy.url)
        channel = await connection.channel()
        proxy.cut_at_answer(2)
        queue = await channel.declare_queue("kept", durable=True)
        for _ in range(5):
            await channel.declare_queue(queue.name, passive=True)
        await channel.default_exchange.publish(Message(b"one"), queue.name)
        assert await queue.get() is not None
        assert proxy.cuts == 0, "something else counted as a confirm"
        with pytest.raises((aio_pika.exceptions.AMQPError, asyncio.CancelledError, OSError)):
            await channel.default_exchange.publish(Message(b"two"), queue.name)
        assert proxy.cuts == 1
        await connection.close()
    again = await connect(amqp_url)
    try:
        kept = await (await again.channel()).declare_queue(queue.name, passive=True)
        assert kept.declaration_result.message_count == 2, "the first was never acknowledged, the second is there"
    finally:
        await again.close()
