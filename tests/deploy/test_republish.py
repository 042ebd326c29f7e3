"""`iom republish`: the operator's step that lets a service send its promises again."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import asyncpg
import pytest

from deploy.cli import main
from deploy.servers.admin import drop_database, make_database
from deploy.servers.postgres import Postgres
from shared.bus.topology import inbox_queue
from shared.store.migrate import migrate
from tests.bus.wire import depth

SENT = "INSERT INTO checkpoints VALUES ('relay', 40)"
RUNS = "UPDATE lease SET expires_at = clock_timestamp() + interval '1 minute'"
ENDED = "UPDATE lease SET expires_at = '-infinity'"


def sql(url: str, statement: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close(timeout=10)

    return asyncio.run(run())


@pytest.fixture
def routes(postgres_server: Postgres, amqp_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database whose relay has sent forty facts."""
    name = f"t_{uuid4().hex[:20]}"
    asyncio.run(make_database(postgres_server.url, name))
    url = postgres_server.with_database(name)
    asyncio.run(migrate(url, None, ""))
    sql(url, SENT)
    monkeypatch.setenv("IOM_DATABASE_URL", url)
    monkeypatch.setenv("IOM_BROKER_URL", amqp_url)
    monkeypatch.delenv("IOM_OWNER_URL", raising=False)
    yield url
    asyncio.run(drop_database(postgres_server.url, name))


def test_a_relay_that_stands_still_begins_again_and_every_queue_is_there(routes: str, amqp_url: str) -> None:
    sql(routes, ENDED)
    assert main(["republish", "routes", "--after", "7"]) == 0
    assert sql(routes, "SELECT position FROM checkpoints WHERE reader = 'relay'") == 7
    assert asyncio.run(depth(amqp_url, inbox_queue("certificates"))) == 0


def test_a_service_at_work_is_left_alone(routes: str, capsys: pytest.CaptureFixture[str]) -> None:
    sql(routes, RUNS)
    assert main(["republish", "routes"]) == 1
    assert "routes runs: stop it first" in "".join(capsys.readouterr())
    assert sql(routes, "SELECT position FROM checkpoints WHERE reader = 'relay'") == 40


def test_only_services_that_keep_facts_can_send_them_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["republish", "portal"]) == 1
    assert "No service portal keeps facts" in "".join(capsys.readouterr())
