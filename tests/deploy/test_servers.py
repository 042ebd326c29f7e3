"""Every way of getting the servers works, ends without a trace, and says in one line what it lacks."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import asyncpg
import pytest

from deploy.paths import local
from deploy.say import Missing
from deploy.servers import packages, postgres, rabbitmq
from deploy.servers.admin import Management
from deploy.servers.ports import answers
from tests.deploy.waiting import LOOPBACK, listening, until


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that an unprivileged user may pass through."""
    made = Path(tempfile.mkdtemp(prefix="iom-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def closed_folder(tmp_path: Path) -> Path:
    made = tmp_path / "closed to others"
    made.mkdir(mode=0o700)
    return made


async def version(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SHOW server_version_num")) // 10_000
    finally:
        await connection.close()


@pytest.mark.parametrize("way", ["installed", "wheel"])
async def test_a_private_postgres(way: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOM_POSTGRES_FROM", way)
    if way == "installed" and not any(found.way == way for found in postgres.candidates()):
        pytest.skip("no PostgreSQL is installed on this machine")
    server = postgres.start(folder / "postgres", folder / "postgres.log")
    try:
        assert server.way == way
        assert await version(server.url) >= postgres.OLDEST
        with pytest.raises(asyncpg.InvalidPasswordError):
            await version(server.url.replace("iom:", "iom:not-"))
    finally:
        server.stop()
    assert not answers(server.port)


async def test_a_postgres_in_a_folder_closed_to_others(
    closed_folder: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("IOM_LOCAL", str(closed_folder))
    server = postgres.start(closed_folder / "postgres", closed_folder / "postgres.log", lasting=False)
    try:
        assert await version(server.url) >= postgres.OLDEST
    finally:
        server.stop()
    assert stat.S_IMODE(os.stat(closed_folder).st_mode) == 0o700


def test_programs_that_another_user_may_not_run_are_copied(
    closed_folder: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root only: the wheel may lie in a folder closed to the user who runs the database."""
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("IOM_LOCAL", str(closed_folder))
    wheel = next(found for found in postgres.candidates() if found.way == "wheel")
    package = wheel.folder.parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, closed_folder / part.name, symlinks=True)
    closed = closed_folder / wheel.folder.relative_to(package.parent)
    monkeypatch.setattr(postgres, "candidates", lambda: iter([postgres.Binaries(closed, wheel.major, "wheel")]))
    server = postgres.start(closed_folder / "postgres", closed_folder / "postgres.log", lasting=False)
    assert answers(server.port)
    server.stop()


async def test_data_is_found_again(folder: Path) -> None:
    for expected in (0, 1):
        server = postgres.start(folder / "postgres", folder / "postgres.log", lasting=False)
        try:
            connection = await asyncpg.connect(server.url)
            await connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            assert await connection.fetchval("SELECT count(*) FROM kept") == expected
            await connection.execute("INSERT INTO kept VALUES (1)")
            await connection.close()
        finally:
            server.stop()


async def test_a_given_postgres_is_used(postgres_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOM_POSTGRES_URL", postgres_url)
    server = postgres.start(folder / "postgres", folder / "postgres.log")
    assert (server.way, server.program) == ("address", None)
    assert await version(server.with_database("template1")) >= postgres.OLDEST


@pytest.mark.parametrize("way", ["installed", "packages"])
async def test_a_private_rabbitmq(way: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOM_RABBITMQ_FROM", way)
    try:
        found = rabbitmq.find(way, local() / "packages")
    except Missing as missing:
        pytest.skip(str(missing))
    assert found.way == way
    data = folder / "a folder with spaces"
    ports: dict[str, int] = {}
    server = rabbitmq.start(data, folder / "rabbitmq.log", cache=local() / "packages", ports=ports, lasting=False)
    try:
        management = Management(server)
        management.make_vhost("v")
        async with await aio_pika.connect(server.url("v")) as connection:
            queue = await (await connection.channel()).declare_queue("q", durable=True)
            assert queue.name == "q"
        assert "q" in management.queues("v")
        assert set(ports) == set(rabbitmq.PORTS)
        for port in ports.values():
            assert set() < listening(port) <= LOOPBACK
    finally:
        server.stop()
    until(lambda: not any(answers(port) for port in ports.values()))


def test_a_given_rabbitmq_is_used(amqp_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOM_AMQP_URL", amqp_url)
    server = rabbitmq.start(folder / "rabbitmq", folder / "rabbitmq.log", cache=folder)
    assert (server.way, server.programs, server.url()) == ("address", [], amqp_url)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("IOM_POSTGRES_FROM", "moon", "unknown"),
        ("IOM_POSTGRES_URL", "postgresql://x@127.0.0.1:1/postgres", "No PostgreSQL answers"),
        ("IOM_POSTGRES_URL", "http://x", "must be the address"),
    ],
)
def test_what_is_wrong_with_postgres_is_one_line(
    name: str, value: str, says: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Missing, match=says) as caught:
        postgres.start(folder / "postgres", folder / "postgres.log")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("IOM_RABBITMQ_FROM", "moon", "unknown"),
        ("IOM_AMQP_URL", "amqp://x@127.0.0.1:1/", "No RabbitMQ answers"),
        ("IOM_AMQP_URL", "http://x", "must be the broker's address"),
    ],
)
def test_what_is_wrong_with_rabbitmq_is_one_line(
    name: str, value: str, says: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Missing, match=says) as caught:
        rabbitmq.start(folder / "rabbitmq", folder / "rabbitmq.log", cache=folder)
    assert "\n" not in str(caught.value)


def test_no_package_manager_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(Missing, match="apt-get is missing"):
        packages.unpacked(folder / "cache")


def test_no_network_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = folder / "apt-get"
    broken.write_text("#!/bin/sh\necho 'E: Temporary failure resolving' >&2\nexit 100\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    with pytest.raises(Missing, match=r"is there a network\? \(E: Temporary failure resolving\): install rabbitmq"):
        packages.unpacked(folder / "cache")
