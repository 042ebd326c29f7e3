"""The suite of one folder: started, described, kept alive, ended; `iom up`, `down` and `status` around it."""

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aio_pika import DeliveryMode, Message

from deploy.databases import Databases
from deploy.paths import ROOT
from deploy.rabbitmq.definitions import known
from deploy.say import Missing
from deploy.secrets import SERVICES, STORING, Secrets
from deploy.servers.ports import answers
from deploy.servers.postgres import Postgres
from deploy.suite import Suite, is_ready
from shared.bus.topology import EVENTS, dead_queue, inbox_queue, routing_key
from tests.bus.wire import channel_to, depth, taken
from tests.deploy.waiting import alive, until

PREFIX = f"t{uuid4().hex[:8]}"  # an address may have been given where a real suite lives


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="iom-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def suite(folder: Path) -> Iterator[Suite]:
    one = Suite(folder / "suite", lasting=False, module="tests.deploy.stub", prefix=PREFIX)
    one.start()
    one.wait_until_ready()
    yield one
    asyncio.run(one.databases.drop())
    pids = [program.pid for program in one.services.values()]
    one.stop()
    assert not any(map(alive, pids))
    assert not any(map(answers, one.ports.values()))


def told(url: str) -> dict[str, str]:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own stub
        found: dict[str, str] = json.load(answer)
    return found


def run_file(suite: Suite) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(suite.run_file.read_text())
    return found


def test_each_service_gets_its_own_secrets_and_no_others(suite: Suite) -> None:
    for name in SERVICES:
        environment = told(suite.url(name))
        assert environment["IOM_MASTER_KEY"] == suite.secrets.master_key[name]
        foreign = [suite.secrets.database[other] for other in STORING if other != name]
        assert not any(secret in value for secret in foreign for value in environment.values())
        assert ("IOM_ADMIN_PASSWORD" in environment) == (name == "people")


def test_files_with_secrets_are_private(suite: Suite) -> None:
    for file in (suite.run_file, suite.folder / "secrets.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_service_reads_no_other_database(suite: Suite) -> None:
    own = told(suite.url("routes"))["IOM_DATABASE_URL"]
    connection = await asyncpg.connect(own)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE mine (n int)")
    await connection.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(own.rpartition("/")[0] + "/" + suite.databases.name("people"))
    owner = await asyncpg.connect(told(suite.url("routes"))["IOM_OWNER_URL"])
    await owner.execute("CREATE TABLE mine (n int)")
    await owner.close()


async def test_every_readers_queue_is_there_before_its_first_start(suite: Suite) -> None:
    async with channel_to(suite.rabbitmq.url()) as channel:
        for service in known():  # the stub that runs in a service's place declares nothing
            await channel.declare_queue(inbox_queue(service), passive=True)
            await channel.declare_queue(dead_queue(service), passive=True)
        promise = Message(b"promised early", delivery_mode=DeliveryMode.PERSISTENT)
        events = await channel.get_exchange(EVENTS)
        await events.publish(promise, routing_key("routes.route_completed.v1", "m-1", "s-1"))
    assert await depth(suite.rabbitmq.url(), inbox_queue("certificates")) == 1


def test_a_killed_service_comes_back_at_the_same_address(suite: Suite) -> None:
    killed = run_file(suite)["services"]["routes"]
    os.kill(killed["pid"], signal.SIGKILL)
    until(lambda: run_file(suite)["services"]["routes"]["pid"] not in (0, killed["pid"]))
    until(lambda: is_ready(killed["url"]))
    back = run_file(suite)["services"]["routes"]
    assert back == killed | {"pid": back["pid"]}
    assert (alive(back["pid"]), alive(killed["pid"])) == (True, False)
    assert told(back["url"])["IOM_MASTER_KEY"] == suite.secrets.master_key["routes"]


async def test_a_killed_database_comes_back_with_its_data(suite: Suite) -> None:
    pid = run_file(suite)["postgres"]["pid"]
    if pid is None:
        pytest.skip("an address was given: that server is not ours")
    os.kill(pid, signal.SIGKILL)
    until(lambda: run_file(suite)["postgres"]["pid"] not in (0, pid) and answers(suite.ports["postgres"]))

    connection = await connected(suite.postgres.url)
    try:
        kept = await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname LIKE $1", f"{PREFIX}%")
    finally:
        await connection.close()
    assert kept == len(STORING)


async def connected(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Waits for a server that is recovering."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await asyncpg.connect(url)
            except (asyncpg.CannotConnectNowError, OSError):
                await asyncio.sleep(0.05)


async def test_a_killed_broker_comes_back_with_what_it_was_told(suite: Suite) -> None:
    pid = run_file(suite)["rabbitmq"]["pid"]
    if pid is None:
        pytest.skip("an address was given: that server is not ours")
    inbox = inbox_queue("routes")  # the stub that runs in its place takes nothing
    async with channel_to(suite.rabbitmq.url()) as channel:
        promise = Message(b"promised before", delivery_mode=DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(promise, inbox)
    os.kill(pid, signal.SIGKILL)
    until(lambda: run_file(suite)["rabbitmq"]["pid"] not in (0, pid), seconds=30)
    until(lambda: answers(suite.ports["rabbitmq_amqp"]), seconds=60)
    assert [message.body for message in await taken(suite.rabbitmq.url(), inbox, 1)] == [b"promised before"]


@pytest.fixture
def given(postgres_url: str, amqp_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The run's own servers, by address; a prefix for the databases, which are dropped afterwards."""
    prefix = f"t{uuid4().hex[:8]}"
    monkeypatch.setenv("IOM_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("IOM_AMQP_URL", amqp_url)
    monkeypatch.setenv("IOM_DATABASE_PREFIX", prefix)
    yield prefix
    asyncio.run(Databases(Postgres(postgres_url, "address"), Secrets(), prefix).drop())


def test_a_service_that_cannot_start_is_named_in_one_line(folder: Path, given: str) -> None:
    absent = frozenset(SERVICES) - {"portal"}
    one = Suite(folder / "failing", without=absent, module="tests.deploy.absent", prefix=given)
    try:
        one.start()
        with pytest.raises(Missing, match=r"Service portal ends again and again: .*No module named") as caught:
            one.wait_until_ready()
    finally:
        one.stop()
    assert "\n" not in str(caught.value)


def iom(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "IOM_LOCAL": str(folder), "IOM_SERVICE_MODULE": "tests.deploy.stub"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.usefixtures("given")
def test_up_twice_status_and_down(folder: Path) -> None:
    place = folder / "up and down"
    place.mkdir()
    assert iom("status", folder=place).returncode == 1
    assert iom("down", folder=place).returncode == 0
    first = iom("up", folder=place)
    assert first.returncode == 0, first.stderr
    described = json.loads((place / "run.json").read_text())
    pids = [service["pid"] for service in described["services"].values()]
    try:
        assert all(map(alive, pids))
        second = iom("up", folder=place)
        assert (second.returncode, "runs already" in second.stderr) == (0, True)
        assert json.loads((place / "run.json").read_text())["services"] == described["services"]
        assert iom("status", folder=place).returncode == 0
    finally:
        assert iom("down", folder=place).returncode == 0
    assert not any(map(alive, pids))
    assert json.loads((place / "run.json").read_text())["state"] == "stopped"


@pytest.mark.usefixtures("given")
def test_a_killed_runner_leaves_nothing_and_up_works_again(folder: Path) -> None:
    place = folder / "killed"
    place.mkdir()
    assert iom("up", folder=place).returncode == 0
    described = json.loads((place / "run.json").read_text())
    pids = [service["pid"] for service in described["services"].values()]
    os.kill(int((place / "run.lock").read_text()), signal.SIGKILL)
    try:
        assert iom("status", folder=place).returncode == 1
        assert iom("up", folder=place).returncode == 0
        assert not any(map(alive, pids))
        again = json.loads((place / "run.json").read_text())
        assert [service["url"] for service in again["services"].values()] == [
            service["url"] for service in described["services"].values()
        ]
    finally:
        assert iom("down", folder=place).returncode == 0
