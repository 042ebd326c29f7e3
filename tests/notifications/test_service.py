"""The whole way: a promise on the broker becomes mail, while people comes and goes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import aio_pika
import httpx
import pytest_asyncio
from fastapi import FastAPI

from deploy.mail import MailCatcher
from services.notifications.app import build
from services.notifications.settings import NotificationsSettings
from shared.bus.topology import EVENTS, routing_key
from shared.runtime import Runtime
from tests.contracts.house import sample
from tests.notifications.examples import BORIS, NOON, VERA


class People:
    """A directory over HTTP that may be absent."""

    def __init__(self) -> None:
        self.away = False
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away", request=request)
        self.asked.append(request.url.path)
        if request.url.path == "/directory":
            leads = request.url.params["role"] == "school_administrator"
            return httpx.Response(200, json={"items": [{"id": str(each)} for each in (BORIS, VERA) if leads]})
        id = request.url.path.rpartition("/")[2]
        person = {"given_name": "Имя", "patronymic": None, "email": f"p{UUID(id).int % 1000}@s.example"}
        return httpx.Response(200, json={"id": id, "consented": True, **person})


@pytest_asyncio.fixture
async def people() -> People:
    return People()


@pytest_asyncio.fixture
async def service(database: str, amqp_url: str, mail_catcher: MailCatcher, people: People) -> AsyncIterator[FastAPI]:
    settings = NotificationsSettings(
        database_url=database,
        broker_url=amqp_url,
        master_key="11" * 32,
        signing_key="22" * 32,
        smtp_url=mail_catcher.url,
    )
    app = build(settings)
    runtime: Runtime = app.state.runtime
    await runtime.people.aclose()
    runtime.people = httpx.AsyncClient(base_url="http://people", transport=httpx.MockTransport(people.answer))
    async with app.router.lifespan_context(app):
        await runtime.until_started()
        await until(lambda: not runtime.reasons())
        yield app


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - other processes' doings ring no bell here
            await asyncio.sleep(0.02)


async def publish(url: str, contract: str, id: str, version: int = 1) -> None:
    told = {
        "specversion": "1.0",
        "id": id,
        "source": "/services/routes",
        "type": contract,
        "subject": f"route-{UUID(int=100)}",
        "time": NOON.isoformat(),
        "streamversion": version,
        "data": json.loads(sample(contract)),
    }
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(EVENTS)
        await exchange.publish(aio_pika.Message(json.dumps(told).encode()), routing_key(contract, "m-ust", "s-011"))


async def test_a_promise_becomes_mail_once(service: FastAPI, amqp_url: str, mail_catcher: MailCatcher):
    id = str(uuid4())
    await publish(amqp_url, "routes.route_submitted.v1", id)
    await until(lambda: mail_catcher.count == 2)
    await publish(amqp_url, "routes.route_submitted.v1", id)
    await publish(amqp_url, "routes.route_invited.v1", str(uuid4()), version=2)
    await until(lambda: mail_catcher.count >= 3)
    assert mail_catcher.count == 3
    assert len({mail["Message-ID"] for mail in mail_catcher.messages}) == 3


async def test_mail_waits_for_people_and_then_goes(
    service: FastAPI, amqp_url: str, mail_catcher: MailCatcher, people: People
):
    people.away = True
    await publish(amqp_url, "routes.route_invited.v1", str(uuid4()))
    runtime: Runtime = service.state.runtime

    await until(lambda: runtime.sequencer.position > 0)
    rows = await runtime.store.fetch("SELECT status FROM notices")
    assert [row["status"] for row in rows] == ["pending"]
    assert runtime.reasons() == []  # waiting for people is no reason to be restarted
    people.away = False
    await until(lambda: mail_catcher.count == 1)


async def test_logs_and_questions_carry_no_address(
    service: FastAPI, amqp_url: str, mail_catcher: MailCatcher, people: People, caplog
):
    caplog.set_level("DEBUG", logger="services.notifications")
    await publish(amqp_url, "routes.route_submitted.v1", str(uuid4()))
    await until(lambda: mail_catcher.count == 2)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("services", "shared"))]
    assert not [line for line in (*ours, *people.asked) if "@" in line or "Имя" in line]
