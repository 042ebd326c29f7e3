"""The whole way: a promise on the broker becomes mail, while people comes and goes."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest_asyncio
from fastapi import FastAPI

from deploy.mail import MailCatcher
from services.notifications.app import build
from services.notifications.settings import NotificationsSettings
from shared.runtime import Runtime
from tests.bus.wire import until
from tests.notifications.telling import publish
from tests.notifications.town import People


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
    assert people.asked
    assert not [line for line in (*ours, *people.asked) if "@" in line or "Имя" in line]
