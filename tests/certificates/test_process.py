"""`python -m services.certificates` as deploy starts it, from a completed route on the broker to a revoked paper."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import httpx
import pytest
import pytest_asyncio
from aio_pika.abc import AbstractChannel, AbstractQueue

from deploy.suite import Suite
from shared.bus.topology import EVENTS, routing_key
from tests.alone import alone
from tests.certificates.directory import people_at
from tests.certificates.examples import ANNA, BORIS, completion
from tests.issuer import Issuer

CONTRACT = "routes.route_completed.v1"


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def suite(tmp_path: Path, postgres_url: str, amqp_url: str, issuer: Issuer) -> Iterator[Suite]:
    with alone("certificates", tmp_path, postgres_url, amqp_url, issuer) as suite:
        yield suite


@pytest_asyncio.fixture
async def client(suite: Suite) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=suite.url("certificates"), trust_env=False) as client:
        yield client


@pytest_asyncio.fixture
async def channel(suite: Suite) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(suite.rabbitmq.url()) as connection:
        yield await connection.channel(on_return_raises=True)


async def complete(channel: AbstractChannel, *ids: str) -> None:
    exchange = await channel.get_exchange(EVENTS)
    for id in ids:
        await exchange.publish(aio_pika.Message(completion(id)), routing_key(CONTRACT, "m-ust", "s-011"))


async def subscribed(channel: AbstractChannel) -> AbstractQueue:
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(EVENTS, "certificates.#")
    return queue


async def next_promise(queue: AbstractQueue) -> dict[str, Any]:
    async with asyncio.timeout(30), queue.iterator() as messages:
        message = await anext(aiter(messages))
        await message.ack()
        told: dict[str, Any] = json.loads(message.body)
        return told


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - another process's doings ring no bell here
            await asyncio.sleep(0.02)


async def waiting(client: httpx.AsyncClient, anna: dict[str, str]) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while not (items := (await client.get("/certificates", headers=anna)).json()["items"]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    [one] = items
    found: dict[str, Any] = one
    return found


async def test_a_completed_route_heard_twice_gives_one_certificate_when_people_comes(
    suite: Suite, client: httpx.AsyncClient, channel: AbstractChannel, issuer: Issuer
) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
        assert (await client.get(path)).status_code == 200
    anna = issuer.bearer(ANNA)
    promises = await subscribed(channel)
    twice = str(uuid4())
    await complete(channel, twice, twice, str(uuid4()))
    granted = await waiting(client, anna)  # while people is absent
    assert (granted["status"], granted["number"]) == ("granted", None)
    with people_at(suite.ports["people"]) as people:
        await until(lambda: people.asked > 0)  # and answers 503
        assert (await waiting(client, anna))["status"] == "granted"
        people.at_work = True
        issued = await next_promise(promises)
        assert set(people.tokens) == {"Bearer the-service-itself"}
    assert (issued["type"], issued["data"]["certificate_id"]) == ("certificates.certificate_issued.v1", granted["id"])

    certificate = await waiting(client, anna)  # there is still one
    assert (certificate["status"], certificate["number"]) == ("issued", issued["data"]["number"])
    await shows_its_paper(suite, client, certificate, issuer)
    await is_revoked(client, certificate, issuer)
    revoked = await next_promise(promises)
    assert (revoked["type"], revoked["data"]["number"]) == (
        "certificates.certificate_revoked.v1",
        certificate["number"],
    )


async def shows_its_paper(suite: Suite, client: httpx.AsyncClient, certificate: dict[str, Any], issuer: Issuer) -> None:
    pdf = await client.get(certificate["pdf"], headers=issuer.bearer(ANNA))
    again = await client.get(certificate["pdf"], headers=issuer.bearer(BORIS, "school_curator", school="s-011"))
    assert pdf.content.startswith(b"%PDF-")
    assert hashlib.sha256(pdf.content).digest() == hashlib.sha256(again.content).digest()
    for path in (f"/certificates/{certificate['id']}", certificate["pdf"]):
        elsewhere = issuer.bearer(BORIS, "school_curator", school="s-012")
        assert (await client.get(path, headers=elsewhere)).status_code == 404
    assert certificate["verification"].startswith(suite.url("certificates"))
    page = await client.get(certificate["verification"])
    assert "Ёлкина Анна Петровна" in page.text
    assert "Сертификат действителен" in page.text


async def is_revoked(client: httpx.AsyncClient, certificate: dict[str, Any], issuer: Issuer) -> None:
    headers = issuer.bearer(BORIS, "regional_centre") | {"Idempotency-Key": "once"}
    path = f"/certificates/{certificate['id']}/revocation"
    answer = await client.post(path, json={"reason": "Ошибка в сроках"}, headers=headers)
    assert answer.json() == {"id": certificate["id"], "version": 3}
    assert "Сертификат отозван" in (await client.get(certificate["verification"])).text
