"""The whole service over a real database and a real broker: what it promises reaches a subscriber's queue."""

import asyncio
import json
from uuid import UUID, uuid4

import aio_pika
import httpx
from pydantic import SecretStr

from services.diagnostics.app import build
from shared.bus.topology import EVENTS
from tests.diagnostics.test_api import ANNA, PLACE, taken


async def test_what_was_measured_reaches_a_subscriber(settings, amqp_url, bearer):
    anna, tutor = bearer(ANNA, "teacher", **PLACE), bearer(UUID(int=2), "tutor", **PLACE)
    route = str(uuid4())
    app = build(settings.model_copy(update={"broker_url": SecretStr(amqp_url)}))
    async with app.router.lifespan_context(app), asyncio.timeout(60):
        await app.state.runtime.until_started()
        connection = await aio_pika.connect(amqp_url)
        async with connection, httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://d") as client:
            channel = await connection.channel()
            await channel.declare_exchange(EVENTS, "topic", durable=True)
            queue = await channel.declare_queue(exclusive=True)
            await queue.bind(EVENTS, "diagnostics.#.m-ust.s-011")
            await taken(client, tutor, anna, right=8, route_id=route)
            await taken(client, tutor, anna, right=17, route_id=route, purpose="final")
            heard = []
            async with queue.iterator() as messages:
                async for message in messages:
                    await message.ack()
                    heard.append(json.loads(message.body))
                    if len(heard) == 5:
                        break
    kinds = [each["type"] for each in heard]
    assert kinds.count("diagnostics.session_assigned.v1") == kinds.count("diagnostics.session_scored.v1") == 2
    [judged] = [each["data"] for each in heard if each["type"] == "diagnostics.dynamics_judged.v1"]
    assert (judged["route_id"], judged["verdict"]) == (route, "improved")
