"""`iom rebuild` and `iom reconcile`: what an operator sees and what a script can rely on."""

import asyncio
import re
from importlib.resources import files
from typing import Any
from uuid import uuid4

import pytest

from deploy import rebuild as command
from deploy.cli import main
from deploy.secrets import Secrets
from services.routes.categories import categories
from shared.rebuild import Difference, Progress
from shared.rebuild.rebuild import LOCK
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from tests.databases import connected
from tests.rebuild.depot import MASTER
from tests.rebuild.lives import LIVES, lived

Capture = pytest.CaptureFixture[str]


async def _fill(url: str) -> None:
    await migrate(url, None, files("services.routes").joinpath("schema.sql").read_text())
    store = PostgresStore(url, categories(), KeyRing(MASTER))
    await store.open()
    await lived(store, LIVES["routes"])
    await store.close()


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own process keeps its signal handlers, and what the caller's environment says is not meant for us."""
    monkeypatch.setattr(command, "interruptible", lambda: None)
    for name in ("IOM_OWNER_URL", "IOM_DATABASE_URL", "IOM_MASTER_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def region(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with routes, named by the environment."""
    asyncio.run(_fill(database))
    monkeypatch.setenv("IOM_OWNER_URL", database)
    return database


def sql(url: str, statement: str, *args: object) -> Any:
    async def done() -> Any:
        async with connected(url) as connection:
            return await connection.fetch(statement, *args)

    return asyncio.run(done())


def test_damage_is_told_with_a_status_and_mended(region: str, capsys: Capture) -> None:
    assert main(["reconcile", "routes"]) == 0
    tables, streams = LIVES["routes"].tables, len(LIVES["routes"].told)
    said = capsys.readouterr().out
    assert re.fullmatch(rf"routes: {len(tables)} tables are what \d+ facts say, row by row\n", said), said

    (lost, *_) = sql(region, "DELETE FROM route_methodists RETURNING *")
    (changed,) = sql(region, "UPDATE routes SET stage = 7, model = E'a\\x1b[2J' WHERE status = 'completed' RETURNING *")
    assert main(["reconcile", "routes"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"route_methodists  missing  route_id={lost['route_id']} methodist_id={lost['methodist_id']}"
        f"  of route-{lost['route_id']}",
        f"routes  changed  id={changed['id']}  of route-{changed['id']}"
        "  model: a?[2J, facts say regional; stage: 7, facts say 5",
    ]
    assert "2 rows differ (1 changed, 1 missing). iom rebuild routes mends it." in err

    assert main(["rebuild", "routes", "--workers", "1"]) == 0
    out, err = capsys.readouterr()
    anew = f"routes: {len(tables)} tables made anew: {', '.join(tables)}"
    assert re.match(rf"{anew}\n\d+ facts of {streams} streams", out), out
    assert "writers waited for at most 0." in out
    assert [line for line in err.splitlines() if line.startswith("routes: rebuild: ")] == [
        f"routes: rebuild: {stage}" for stage in ("counting", "folding", "catching up", "indexing", "swapping", "done")
    ]
    assert main(["reconcile", "routes"]) == 0


def test_it_says_who_is_in_the_way(region: str, capsys: Capture) -> None:
    async def tried() -> int:
        async with connected(region) as other:
            await other.execute(f"SELECT pg_advisory_lock({LOCK})")
            return await asyncio.to_thread(main, ["rebuild", "routes"])

    assert asyncio.run(tried()) == 1
    assert "Another rebuild or reconciliation of this database is running" in capsys.readouterr().err


def test_the_services_own_role_is_not_enough(region: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    role = f"r_{uuid4().hex[:12]}"
    sql(region, f"CREATE ROLE {role} LOGIN PASSWORD 'very-secret'")
    try:
        monkeypatch.setenv("IOM_OWNER_URL", f"postgresql://{role}:very-secret@{region.rpartition('@')[2]}")
        assert main(["reconcile", "routes"]) == 1
        told = capsys.readouterr().err
        assert "IOM_OWNER_URL must name the role that owns" in told
        assert "very-secret" not in told
    finally:
        sql(region, f"DROP ROLE {role}")


def test_anothers_database_is_left_alone(region: str, capsys: Capture) -> None:
    before = sql(region, "SELECT * FROM routes")
    assert main(["rebuild", "people"]) == 1
    told = capsys.readouterr().err
    assert "has the unknown kind" in told
    assert "another service's" in told
    assert sql(region, "SELECT * FROM routes") == before


def test_a_database_that_is_away_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("IOM_OWNER_URL", "postgresql://iom:very-secret@127.0.0.1:1/iom")
    assert main(["rebuild", "routes"]) == 1
    told = capsys.readouterr().err
    assert "does not answer" in told
    assert "iom status" in told
    assert "very-secret" not in told


@pytest.mark.parametrize("service", ["portal", "nobody"])
def test_a_service_without_facts_is_told(service: str, capsys: Capture) -> None:
    assert main(["rebuild", service]) == 1
    assert "these do: people, routes" in capsys.readouterr().err


def test_without_a_suite_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(command, "described", lambda: None)
    assert main(["reconcile", "routes"]) == 1
    told = capsys.readouterr().err
    assert "iom up" in told
    assert "IOM_OWNER_URL" in told


def test_a_key_that_is_none_is_told(region: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("IOM_MASTER_KEY", "not a key")
    assert main(["rebuild", "routes"]) == 1
    assert "IOM_MASTER_KEY must be 32 bytes in hexadecimal" in capsys.readouterr().err


def test_the_running_suites_database_is_taken_as_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = Secrets()
    running = {"postgres": {"url": "postgresql://iom:x@127.0.0.1:5999/postgres"}}
    monkeypatch.setattr(command, "described", lambda: running)
    monkeypatch.setattr(command, "kept_secrets", lambda _: secrets)
    monkeypatch.delenv("IOM_DATABASE_PREFIX", raising=False)
    source = command.source_of("people")
    assert source.url == f"postgresql://iom_people_owner:{secrets.owner['people']}@127.0.0.1:5999/iom_people"
    assert source.master_key == bytes.fromhex(secrets.master_key["people"])
    assert [category.name for category in source.categories()] == ["organisation", "person", "invitation", "act"]
    monkeypatch.setenv("IOM_OWNER_URL", "postgresql://else/where")
    assert (command.source_of("people").url, command.source_of("people").master_key) == (
        "postgresql://else/where",
        None,
    )


def test_values_that_may_be_personal_are_not_shown() -> None:
    columns = {"name": (None, None), "stage": (1, 2)}
    difference = Difference(table="t", kind="changed", key={"id": 1}, streams=("a-1",), columns=columns)
    assert command.told(difference) == "t  changed  id=1  of a-1  name; stage: 1, facts say 2"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.usefixtures("terminal")
def test_a_terminal_shows_how_far_it_is(capsys: Capture) -> None:
    with command.Painter("routes: rebuild") as painter:
        painter.tell(
            Progress(stage="swapping", facts=1200, total=60000, caught_up=1234, seconds=4, locked_seconds=0.25)
        )
    out, err = capsys.readouterr()
    assert out == ""
    for words in ("routes: rebuild: swapping", "1200/60000", "300/s", "1,234 streams caught up", "waited 0.25 s"):
        assert words in err


@pytest.mark.parametrize("name", ["rebuild", "reconcile"])
def test_the_help_teaches(name: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"iom {name} routes" in capsys.readouterr().out


@pytest.mark.parametrize("workers", ["0", "65", "two", "-1"])
def test_workers_are_counted(workers: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["rebuild", "routes", "--workers", workers])
    assert "from 1 to 64" in capsys.readouterr().err
