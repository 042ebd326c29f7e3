"""A service that promises and cannot hear: not ready, for that reason alone, until the obstacle is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from aio_pika import Message
from pydantic import SecretStr

from deploy.servers.admin import Management
from shared.bus.envelope import envelope
from shared.bus.topology import EVENTS, inbox_queue, routing_key
from tests.bus.wire import channel_to, until, until_async
from tests.bus.words import recorded
from tests.http.conftest import Live, key, runtime_of
from tests.http.door import Door
from tests.http.notebook import ThingDone

INBOX = inbox_queue("notes")
ALL = ".*"


class Account:
    """The service's own on the broker, whose rights may be withdrawn; writing and configuring stay."""

    def __init__(self, management: Management, amqp_url: str) -> None:
        self._name = self._password = uuid4().hex
        self._parts = urlsplit(amqp_url)
        self._management = management

    @property
    def url(self) -> str:
        server = self._parts.netloc.rpartition("@")[2]
        return self._parts._replace(netloc=f"{self._name}:{self._password}@{server}").geturl()

    async def make(self) -> None:
        await self._put(f"/users/{self._name}", {"password": self._password, "tags": ""})
        await self.may_read(ALL)

    async def may_read(self, names: str) -> None:
        rights = {"configure": ALL, "write": ALL, "read": names}
        await self._put(f"/permissions{self._parts.path}/{self._name}", rights)

    async def remove(self) -> None:
        await asyncio.to_thread(self._management.call, "DELETE", f"/users/{self._name}")

    async def _put(self, path: str, body: object) -> None:
        await asyncio.to_thread(self._management.call, "PUT", path, body)


@pytest_asyncio.fixture
async def account(management: Management, amqp_url: str) -> AsyncIterator[Account]:
    one = Account(management, amqp_url)
    await one.make()
    yield one
    await one.remove()


async def is_ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


async def is_deaf(client: httpx.AsyncClient) -> bool:
    said = await client.get("/readyz")
    return (said.status_code, said.json()["reasons"]) == (503, ["consumers: not attached to the inbox"])


async def promises(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """What is written goes out."""
    relay = runtime_of(client).relay
    assert relay is not None
    before = relay.published
    assert (await client.post("/notes", json={"text": "первая"}, headers=headers | key())).status_code == 201

    async def published() -> bool:
        return relay.published > before

    await until_async(published)


async def hears(client: httpx.AsyncClient, url: str, headers: dict[str, str]) -> None:
    promise = ThingDone(note_id=uuid4())
    async with channel_to(url) as channel:
        events = await channel.get_exchange(EVENTS)
        await events.publish(Message(envelope(recorded(), promise, "others")), routing_key(promise.contract))

    async def written() -> bool:
        return (await client.get(f"/notes/{promise.note_id}", headers=headers)).status_code == 200

    await until_async(written)


@asynccontextmanager
async def taken_over(url: str) -> AsyncIterator[None]:
    """The inbox is somebody else's queue, of another kind."""
    async with channel_to(url) as channel:
        await channel.queue_delete(INBOX)
        await channel.declare_queue(INBOX, durable=True)
        yield
        await channel.queue_delete(INBOX)


@asynccontextmanager
async def forbidden(account: Account) -> AsyncIterator[None]:
    """The service may read what all may, and not its inbox."""
    await account.may_read("^iom")
    yield
    await account.may_read(ALL)


@pytest.mark.parametrize(
    ("obstacle", "answer"), [("taken over", "ChannelPreconditionFailed"), ("forbidden", "ChannelAccessRefused")]
)
async def test_a_service_that_cannot_come_to_its_inbox_again_is_not_ready_until_it_can(
    live: Live, amqp_url: str, account: Account, anna: dict[str, str], obstacle: str, answer: str
):
    async with Door(account.url) as door, live(broker_url=SecretStr(door.url)) as client:
        consumers = runtime_of(client).consumers
        assert consumers is not None
        await until_async(lambda: is_ready(client))
        door.shut()
        async with taken_over(amqp_url) if obstacle == "taken over" else forbidden(account):
            door.open()
            await until(lambda: answer in consumers.last_error)
            await until_async(lambda: is_deaf(client))
            await promises(client, anna)
            assert await is_deaf(client)
        await until_async(lambda: is_ready(client))
        await hears(client, amqp_url, anna)
