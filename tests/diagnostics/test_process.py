"""`python -m services.diagnostics` as deploy starts it: what it promises is heard, and a kill is soon past."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import aio_pika
import httpx
import pytest

from deploy.suite import Suite
from shared.bus.topology import EVENTS
from tests.alone import alone
from tests.bus.wire import until_async
from tests.diagnostics.test_api import ANNA, PLACE, assigned, taken
from tests.issuer import Issuer

READY = 5.0  # seconds from a kill to the next readiness: the supervisor's pause, the imports, the connections
FLOWING = 7.0  # seconds from a kill to the next position: the lease of the dead lasts 5 s, and runs meanwhile


@pytest.fixture
def suite(tmp_path: Path, postgres_url: str, amqp_url: str, issuer: Issuer) -> Iterator[Suite]:
    with alone("diagnostics", tmp_path, postgres_url, amqp_url, issuer) as suite:
        yield suite


async def test_what_was_measured_reaches_a_subscriber(suite: Suite, issuer: Issuer):
    anna, tutor = issuer.bearer(ANNA, "teacher", **PLACE), issuer.bearer(UUID(int=2), "tutor", **PLACE)
    route = str(uuid4())
    client = httpx.AsyncClient(base_url=suite.url("diagnostics"), trust_env=False)
    connection = await aio_pika.connect(suite.rabbitmq.url())
    async with client, connection, asyncio.timeout(60):
        for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
            assert (await client.get(path)).status_code == 200
        channel = await connection.channel()
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


async def test_a_killed_service_is_soon_ready_and_gives_positions_once_the_lease_of_the_dead_has_run_out(
    suite: Suite, issuer: Issuer
):
    tutor, auditor = issuer.bearer(UUID(int=2), "tutor", **PLACE), issuer.bearer(UUID(int=3), "auditor")
    service, killed = suite.services["diagnostics"], suite.services["diagnostics"].pid
    async with httpx.AsyncClient(base_url=suite.url("diagnostics"), trust_env=False) as client:

        async def ready() -> bool:
            try:
                return service.pid != killed and (await client.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        async def in_the_log(session: str) -> bool:
            feed = (await client.get("/events", params={"limit": 1000}, headers=auditor)).json()
            return session in {each["data"].get("session_id") for each in feed["items"]}

        before = await assigned(client, tutor)
        await until_async(lambda: in_the_log(before))  # it holds the lease, and dies with it
        os.kill(killed, signal.SIGKILL)
        at = time.monotonic()
        await until_async(ready)
        assert time.monotonic() - at <= READY
        after = await assigned(client, tutor)
        await until_async(lambda: in_the_log(after))
        assert time.monotonic() - at <= FLOWING
