"""`iom demo` as a visitor runs it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.demo import command
from deploy.demo.client import until
from deploy.demo.walk import Broken, story
from deploy.paths import ROOT
from deploy.suite import is_ready
from tests.deploy.waiting import listening

STEPS = story()["steps"]


@pytest.fixture
def local(place: Path, request: pytest.FixtureRequest) -> Path:
    return place / str(request.node.name)


@pytest.fixture
def environment(local: Path, postgres_url: str, amqp_url: str) -> dict[str, str]:
    """The run's own servers, and a place of its own for everything else."""
    given = {"IOM_LOCAL": str(local), "IOM_POSTGRES_URL": postgres_url, "IOM_AMQP_URL": amqp_url}
    return {**os.environ, **given, "COLUMNS": "120"}


@contextmanager
def demo(environment: dict[str, str], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "demo", *arguments],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as running:  # fmt: skip
        try:
            yield running
        finally:
            running.kill()


def nothing_is_left(services: dict[str, str], postgres_url: str) -> bool:
    ports = [urlsplit(url).port for url in services.values()]
    return not any(listening(port) for port in ports if port) and asyncio.run(_databases(postgres_url)) == []


async def _databases(url: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'iom_demo_%'"))
    finally:
        await connection.close()


def test_it_walks_stays_up_and_ends_without_a_trace(
    environment: dict[str, str], local: Path, postgres_url: str
) -> None:
    report = local / "report.json"
    with demo(environment, "--report", str(report)) as running:
        until(lambda: report.exists() or running.poll() is not None, "the report", 120)
        assert running.poll() is None, running.communicate()[0]
        told = json.loads(report.read_text(encoding="utf-8"))
        assert (told["ok"], told["broken"]) == (True, "")
        assert len(told["steps"]) == len(STEPS)
        assert all(map(is_ready, told["services"].values()))
        assert Path(told["certificate"]["pdf"]).read_bytes().startswith(b"%PDF")
        assert told["facts"]["routes"] > 40
        assert all(count for count in told["facts"].values())
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=60)
    assert running.returncode == 0, said
    assert told["certificate"]["number"] in said
    assert told["services"]["portal"] in said
    assert "Traceback" not in said
    assert nothing_is_left(told["services"], postgres_url)


def test_other_teachers_live_a_year_beside_the_story(environment: dict[str, str], local: Path) -> None:
    report = local / "report.json"
    with demo(environment, "--once", "--lives", "3", "--report", str(report)) as running:
        said, _ = running.communicate(timeout=180)
    assert running.returncode == 0, said
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["ok"], told["broken"]
    lived = sum(count for kind, count in told["lives"].items() if kind.startswith("route."))
    assert 0 < lived < told["facts"]["routes"], "their routes stand beside that of the story"
    assert "3 of 3 teachers" in said


def test_an_early_ctrl_c_ends_it_too(environment: dict[str, str], local: Path, postgres_url: str) -> None:
    with demo(environment, "--once") as running:
        until(lambda: (local / "demo" / "run.json").exists(), "the first service", 60)
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=60)
    assert running.returncode != 0
    assert "Traceback" not in said
    described = json.loads((local / "demo" / "run.json").read_text())
    services = {name: service["url"] for name, service in described["services"].items()}
    assert services
    assert nothing_is_left(services, postgres_url)


def test_a_step_that_does_not_hold_is_told_by_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def suite(_: Path) -> Iterator[Any]:
        yield SimpleNamespace(folder=tmp_path, names=(), wait_until_ready=lambda: None)

    def broken(*_: object) -> None:
        raise Broken("the third step")

    monkeypatch.setattr(command, "fresh_suite", suite)
    monkeypatch.setattr(command, "_walked", broken)
    monkeypatch.setattr(command, "interruptible", lambda: None)
    report = tmp_path / "report.json"
    assert command.demo(once=True, report=report) == 1
    assert json.loads(report.read_text(encoding="utf-8"))["broken"] == "the third step"
    assert "the third step" in capsys.readouterr().out
