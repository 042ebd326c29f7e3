"""A whole service: made, started against real servers, heard and published, ended, and run as its own process."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from aio_pika import Message
from pydantic import SecretStr

from deploy.servers.admin import quoted
from shared.bus.envelope import envelope
from shared.bus.topology import EVENTS
from shared.runtime import Runtime
from shared.settings import ServiceSettings
from shared.store.connect import connect
from shared.store.postgres import PostgresStore
from shared.store.types import StoreUnavailable
from tests.architecture.source import ROOT
from tests.bus.wire import channel_to, history, until_async
from tests.bus.words import recorded
from tests.http.conftest import Live, key, runtime_of, talking_to
from tests.http.notebook import ThingDone, build
from tests.issuer import ISSUER, Issuer

Headers = dict[str, str]


async def ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


async def test_what_is_done_here_is_told_to_others(live: Live, amqp_url: str, anna: Headers):
    async with live(broker_url=SecretStr(amqp_url)) as client:
        await until_async(lambda: ready(client))
        id = (await client.post("/notes", json={"text": "первая"}, headers=anna | key())).json()["id"]
        (message,) = await history(amqp_url, 1)
        told = json.loads(message.body)
        assert (told["type"], told["subject"]) == ("notes.note_written.v1", f"note-{id}")
        assert told["data"] == {"note_id": id, "letters": 6, "municipality": "m-ust"}
        assert message.routing_key == "notes.note_written.v1.m-ust.-"


async def test_what_others_say_is_heard_once(live: Live, amqp_url: str, anna: Headers):
    told, later, stream = uuid4(), uuid4(), uuid4()
    once = envelope(recorded(id=stream), ThingDone(note_id=told), "others")
    last = envelope(recorded(id=stream, version=2), ThingDone(note_id=later), "others")
    async with live(broker_url=SecretStr(amqp_url)) as client:
        await until_async(lambda: ready(client))
        async with channel_to(amqp_url) as channel:
            exchange = await channel.get_exchange(EVENTS)
            for body in (once, once, last):
                await exchange.publish(Message(body), "others.thing_done.v1.m-ust.-")

        async def heard() -> bool:
            return (await client.get(f"/notes/{later}", headers=anna)).status_code == 200

        await until_async(heard)
        (fact,) = await runtime_of(client).store.read(f"note-{told}")
        assert (fact.context.role, fact.context.scope, fact.context.actor) == ("service", "service:notes", None)


async def test_a_service_runs_as_a_role_that_may_not_change_history(settings: ServiceSettings, anna: Headers):
    owner = settings.database_url.get_secret_value()
    role = f"notes_{uuid4().hex[:12]}"
    connection = await connect(owner)
    try:
        await connection.execute(f"CREATE ROLE {quoted(role)} LOGIN PASSWORD 'tests'")
        own = owner.replace("//" + owner.split("//")[1].partition("@")[0], f"//{role}:tests")
        app = build(settings.model_copy(update={"database_url": SecretStr(own), "owner_url": SecretStr(owner)}))
        async with talking_to(app) as client:
            await app.state.runtime.until_started()
            made = await client.post("/notes", json={"text": "первая"}, headers=anna | key())
            assert made.status_code == 201
            with pytest.raises(Exception, match="permission denied"):
                await app.state.runtime.store.fetch("DELETE FROM facts")
    finally:
        await connection.execute(f"DROP OWNED BY {quoted(role)}; DROP ROLE {quoted(role)}")
        await connection.close()


async def test_preparation_is_done_before_the_service_is_ready_and_again_until_it_succeeds(
    settings: ServiceSettings, caplog: pytest.LogCaptureFixture
):
    done: list[str] = []
    held = asyncio.Event()

    async def first(runtime: Runtime) -> None:
        assert runtime.reasons()
        done.append("first")
        if done == ["first"]:
            raise RuntimeError("a password")

    async def second(_: Runtime) -> None:
        await held.wait()
        done.append("second")

    app = build(settings, prepare=[first, second])
    async with talking_to(app) as client:
        assert not await ready(client)
        held.set()
        await app.state.runtime.until_started()
        assert await ready(client)
    assert done == ["first", "first", "second"]
    assert "preparation failed: RuntimeError at test_runtime.py" in caplog.text
    assert "a password" not in caplog.text


async def test_background_work_is_started_again_and_ended_with_the_service(settings: ServiceSettings):
    runs: list[Runtime] = []
    second, ended = asyncio.Event(), asyncio.Event()

    async def follow(runtime: Runtime) -> None:
        runs.append(runtime)
        if len(runs) == 1:
            raise RuntimeError("once")
        second.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    app = build(settings, background=[follow])
    async with talking_to(app):
        async with asyncio.timeout(20):
            await second.wait()
        assert not ended.is_set()
    assert ended.is_set()
    assert runs == [app.state.runtime] * 2


async def test_a_service_may_be_ended_while_it_still_waits_for_its_database(settings: ServiceSettings):
    app = build(settings.model_copy(update={"database_url": SecretStr("postgresql://a:b@127.0.0.1:1/c")}))
    async with asyncio.timeout(10):
        async with talking_to(app) as client:
            assert not await ready(client)
    with pytest.raises(StoreUnavailable):
        await app.state.runtime.store.fetch("SELECT 1")


async def test_a_server_that_hangs_up_during_the_start_is_waited_for(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
):
    opened, tries = PostgresStore.open, iter([True])

    async def hung_up_at_first(store: PostgresStore) -> None:
        if next(tries, False):
            raise asyncpg.InternalClientError("got result for unknown protocol state")
        await opened(store)

    monkeypatch.setattr(PostgresStore, "open", hung_up_at_first)
    app = build(settings)
    async with talking_to(app) as client:
        await app.state.runtime.until_started()
        assert await ready(client)


@pytest.mark.parametrize("name", ["master_key", "signing_key"])
def test_a_service_without_its_keys_is_not_made(settings: ServiceSettings, name: str):
    with pytest.raises(ValueError, match=f"IOM_{name.upper()} is missing"):
        build(settings.model_copy(update={name: SecretStr("")}))


PROGRAM = """
from shared.runtime import serve
from shared.settings import ServiceSettings
from tests.http.notebook import build

class NotesSettings(ServiceSettings):
    __module__ = "services.notes.settings"

serve(build, NotesSettings)
"""


def command() -> list[str]:
    return [sys.executable, "-c", PROGRAM]


def surroundings(**values: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IOM_", "OTEL_"))}
    return kept | {"PYTHONPATH": str(ROOT)} | {f"IOM_{name.upper()}": value for name, value in values.items()}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "notes cannot start: IOM_MASTER_KEY is missing"),
        ({"master_key": "hidden"}, "notes cannot start: IOM_MASTER_KEY: "),
        ({"port": "http"}, "notes cannot start: IOM_PORT: "),
    ],
)
def test_a_wrong_environment_ends_in_one_line(values: dict[str, str], words: str):
    ended = subprocess.run(
        command(), env=surroundings(**values), capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(words)
    assert ended.stderr.count("\n") == 1
    assert "hidden" not in ended.stderr


async def test_a_service_is_a_process_that_speaks_json_and_ends_when_told(
    database: str, issuer: Issuer, tmp_path: Path, anna: Headers
):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = surroundings(
        port=str(port),
        database_url=database,
        issuer=ISSUER,
        jwks_file=issuer.keys(tmp_path),
        master_key="11" * 32,
        signing_key="22" * 32,
    )
    log = tmp_path / "notes.log"
    with log.open("w") as errors:
        process = await asyncio.create_subprocess_exec(*command(), env=environment, stderr=errors)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            await until_async(lambda: answers(client), within=60)
            made = await client.post("/notes", json={"text": "первая"}, headers=anna | key())
            assert (made.status_code, UUID(made.json()["id"]).version) == (201, 5)
            assert "server" not in made.headers
            broken = await client.get(f"/notes/{uuid4()}/defect")
            assert (broken.status_code, broken.headers["Content-Type"]) == (500, "application/problem+json")
            document = (await client.get("/openapi.json")).json()
            assert document["info"]["title"] == "IOM notes"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await process.wait() in (0, -signal.SIGTERM)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = [json.loads(each) for each in log.read_text().splitlines()]
    assert {each["service"] for each in lines} == {"notes"}
    (error,) = (each["message"] for each in lines if each["level"] == "error")
    assert error.startswith("GET failed: RuntimeError at notebook.py")
    assert "Иванова" not in log.read_text()


async def answers(client: httpx.AsyncClient) -> bool:
    try:
        return await ready(client)
    except httpx.TransportError:
        return False
