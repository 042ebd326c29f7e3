"""`python -m services.notifications` as operators start it: killed, started again, and without people at first."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from deploy.mail import MailCatcher
from deploy.servers.ports import free_port
from services.notifications.categories import CATEGORIES
from services.notifications.consumers import hearings
from shared.bus.hearing import Listener
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from tests.architecture.source import ROOT
from tests.bus.wire import until, until_async
from tests.issuer import ISSUER, Issuer
from tests.notifications.examples import BORIS
from tests.notifications.telling import message, publish
from tests.notifications.test_consumers import HEARD
from tests.notifications.town import People

COMMAND = (sys.executable, "-m", "services.notifications")
APPOINTED, WITHDRAWN = "routes.tutor_appointed.v1", "people.consent_withdrawn.v1"
SETTLED = {"sent", "suppressed", "failed", "in_doubt"}


@dataclass
class Installation:
    """One service's surroundings; `running()` is one life of its process."""

    environment: dict[str, str]
    database: str
    broker: str
    log: Path

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        with self.log.open("a") as log:
            process = await asyncio.create_subprocess_exec(*COMMAND, cwd=ROOT, env=self.environment, stderr=log)
        try:
            await until_async(self.ready, within=60)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def ready(self) -> bool:
        try:
            return (await self.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def get(self, path: str, **more: Any) -> httpx.Response:
        url = f"http://127.0.0.1:{self.environment['IOM_PORT']}"
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            return await client.get(path, **more)

    async def rows(self, sql: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database)
        try:
            return list(await connection.fetch(sql))
        finally:
            await connection.close()

    async def notices(self) -> dict[UUID, str]:
        return {row["id"]: row["status"] for row in await self.rows("SELECT id, status FROM notices")}

    async def tell(self, *messages: tuple[str, str]) -> None:
        """Contracts and the ids of their messages, in this order."""
        for version, (contract, id) in enumerate(messages, 1):
            await publish(self.broker, contract, id, version)

    async def until_heard(self, *messages: tuple[str, str]) -> None:
        """Until every notice and announcement that follows from the messages is there."""
        expected = await effects(*messages)

        async def there() -> bool:
            found = await self.rows("SELECT id FROM notices UNION SELECT id FROM announcements")
            return expected <= {row["id"] for row in found}

        await until_async(there)

    async def all_settled(self) -> bool:
        open = await self.rows("SELECT id FROM announcements WHERE status <> 'closed'")
        return not open and set((await self.notices()).values()) <= SETTLED


@pytest.fixture
def installation(
    database: str, amqp_url: str, mail_catcher: MailCatcher, issuer: Issuer, people_port: int, tmp_path: Path
) -> Installation:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IOM_", "OTEL_"))}
    told = {
        "PORT": str(free_port()),
        "DATABASE_URL": database,
        "BROKER_URL": amqp_url,
        "ISSUER": ISSUER,
        "JWKS_FILE": issuer.keys(tmp_path),
        "MASTER_KEY": "11" * 32,
        "SIGNING_KEY": "22" * 32,
        "PEOPLE_URL": f"http://127.0.0.1:{people_port}",
        "SERVICE_SECRET": "s3",
        "SMTP_URL": mail_catcher.url,
        "PORTAL_URL": "https://portal.example",
        "DOUBT_AFTER": "1",
    }
    environment = kept | {f"IOM_{name}": value for name, value in told.items()}
    return Installation(environment, database, amqp_url, tmp_path / "notifications.log")


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def people_port() -> int:
    return free_port()


def mailed(mail_catcher: MailCatcher) -> Counter[UUID]:
    """How often the mail of each notice arrived."""
    return Counter(UUID(mail["Message-ID"].strip("<>").partition("@")[0]) for mail in mail_catcher.messages)


async def effects(*messages: tuple[str, str]) -> set[UUID]:
    """The notices and announcements that must come of the messages."""
    store = MemoryStore(CATEGORIES)
    listener = Listener("notifications", Executor(store), hearings())
    for contract, id in messages:
        await listener.hear(message(contract, id), "test")
    facts = await store.read_log(0)
    return {fact.stream_id for fact in facts if fact.kind in ("notice.planned", "announcement.announced")}


def fresh(*contracts: str) -> list[tuple[str, str]]:
    return [(contract, str(uuid4())) for contract in contracts]


async def test_everything_heard_is_mailed_once_although_people_came_late(
    installation: Installation, mail_catcher: MailCatcher, people_port: int, issuer: Issuer
):
    told = fresh(APPOINTED, *(contract for contract in HEARD if contract not in (APPOINTED, WITHDRAWN)))
    async with installation.running() as process:
        await installation.tell(*told)
        await installation.until_heard(*told)
        assert set((await installation.notices()).values()) == {"pending"}
        assert mail_catcher.count == 0
        assert await installation.ready()  # waiting for people is no reason to be restarted
        async with People().listening(people_port):
            await until_async(installation.all_settled, within=60)
            await installation.tell(*told)  # the broker may give everything again
            later = fresh("routes.route_opened.v1")
            await installation.tell(*later)
            await installation.until_heard(*later)
            await until_async(installation.all_settled)
        notices = await installation.notices()
        assert set(notices.values()) == {"sent"}
        assert mailed(mail_catcher) == Counter(notices.keys())
        own = (await installation.get("/notices", headers=issuer.bearer(BORIS))).json()["items"]
        boris = [mail for mail in mail_catcher.messages if mail["To"].addresses[0].addr_spec == "p2@s.example"]
        assert len(own) == len(boris) > 5
        assert {each["status_text"] for each in own} == {"письмо отправлено"}
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await process.wait() in (0, -signal.SIGTERM)
    told_to_operators = installation.log.read_text()
    assert "@" not in told_to_operators
    assert "Имя" not in told_to_operators
    assert "background" not in told_to_operators  # the office waited for people, and did not die of it
    assert not [line for line in told_to_operators.splitlines() if json.loads(line)["level"] == "error"]


async def test_killed_in_the_middle_of_its_mail_it_sends_nothing_twice_and_forgets_nothing(
    installation: Installation, mail_catcher: MailCatcher, people_port: int
):
    told = fresh(APPOINTED, *["routes.route_completed.v1"] * 10)
    async with People().listening(people_port):
        async with installation.running():
            await installation.tell(*told)
            await installation.until_heard(*told)
            await until(lambda: mail_catcher.count >= 5)
        # Leaving the block has killed it; the mail of this moment may or may not have arrived.
        for _ in range(2):
            async with installation.running():
                await installation.tell(*told)
                await until_async(installation.all_settled, within=60)
    notices = await installation.notices()
    doubtful = {id for id, status in notices.items() if status == "in_doubt"}
    assert len(notices) == 2 + 10 * 4  # the tutor and the teacher; then they and two leaders each time
    assert {status for status in notices.values()} <= {"sent", "in_doubt"}
    assert len(doubtful) <= 1
    assert set(mailed(mail_catcher).values()) == {1}
    assert notices.keys() - doubtful <= mailed(mail_catcher).keys()


async def test_whose_consent_is_withdrawn_is_not_written_to(
    installation: Installation, mail_catcher: MailCatcher, people_port: int
):
    invited, withdrawn = fresh("routes.route_invited.v1", WITHDRAWN)
    async with installation.running():
        await installation.tell(invited, withdrawn)
        await installation.until_heard(invited)
        await until_async(installation.all_settled)  # people need not be asked
        async with People().listening(people_port):
            again = fresh("routes.route_invited.v1")
            await installation.tell(*again)
            await installation.until_heard(*again)
            await until_async(installation.all_settled)
    assert list((await installation.notices()).values()) == ["suppressed"] * 2
    assert mail_catcher.count == 0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SMTP_URL", "mail:25", "notifications cannot start: IOM_SMTP_URL must look like smtp://host:port"),
        ("MAIL_FROM", "nobody", "notifications cannot start: IOM_MAIL_FROM: "),
        ("MASTER_KEY", "", "notifications cannot start: IOM_MASTER_KEY is missing"),
    ],
)
def test_a_wrong_environment_ends_the_start_in_one_line(name: str, value: str, words: str):
    told = {"IOM_MASTER_KEY": "11" * 32, "IOM_SIGNING_KEY": "22" * 32, f"IOM_{name}": value}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IOM_", "OTEL_"))}
    ended = subprocess.run(COMMAND, cwd=ROOT, env=kept | told, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith(words)
