"""`iom import` against the real service: killed while it writes, the import is completed; bad rows are told."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.suite import Suite
from services.people.imports_api import roster_of
from tests.alone import alone
from tests.architecture.source import ROOT
from tests.bus.wire import until_async
from tests.issuer import Issuer
from tests.people import importing as i

MANY = 1_500


@pytest.fixture
def suite(tmp_path: Path, postgres_url: str, amqp_url: str) -> Iterator[Suite]:
    with alone("people", tmp_path, postgres_url, amqp_url, Issuer()) as suite:
        yield suite


async def iom(suite: Suite, *arguments: str) -> asyncio.subprocess.Process:
    told = {
        "IOM_PEOPLE_URL": suite.url("people"),
        "IOM_ADMIN_EMAIL": suite.secrets.admin_email,
        "IOM_ADMIN_PASSWORD": suite.secrets.admin_password,
    }
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "deploy.cli", "import", *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=os.environ | told, stdout=pipe, stderr=pipe)


async def said(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    out, errors = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode, (out + errors).decode()


async def test_bad_rows_are_printed_and_a_good_file_survives_the_service_being_killed(suite: Suite, tmp_path: Path):
    """One suite for both: it takes longer to start than they do."""
    await bad_rows_are_printed_and_nothing_is_written(suite, tmp_path)
    await an_import_goes_on_after_the_service_was_killed(suite, tmp_path)


async def an_import_goes_on_after_the_service_was_killed(suite: Suite, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    workers = [i.ANNA | {"key": f"t-{n}", "email": f"w{n}@school.example"} for n in range(MANY)]
    file.write_bytes(i.as_csv(*workers))
    database = await asyncpg.connect(suite.databases.admin_url("people"))
    try:
        running = await iom(suite, str(file), "--no-letters")

        async def some() -> bool:
            return bool(await database.fetchval("SELECT count(*) > 200 FROM persons"))

        await until_async(some, within=60)
        os.kill(suite.services["people"].pid, signal.SIGKILL)
        before = await database.fetchval("SELECT count(*) FROM persons")
        assert before < MANY, "it was over before it was killed"
        status, told = await said(running)
        assert status == 0, told
        kinds = dict(await database.fetch("SELECT kind, count(*) FROM facts GROUP BY kind"))
        assert kinds["person.person_registered"] == kinds["person.role_granted"] == MANY + 1
        assert await database.fetchval("SELECT count(*) FROM imported_rows") == MANY
        status, told = await said(await iom(suite, str(file), "--no-letters"))
        assert (status, f"unchanged      {MANY}" in told) == (0, True), told
    finally:
        await database.close()


async def bad_rows_are_printed_and_nothing_is_written(suite: Suite, tmp_path: Path) -> None:
    file, report, template = tmp_path / "bad.csv", tmp_path / "bad.json", tmp_path / "form.xlsx"
    file.write_bytes(i.as_csv(i.ANNA, i.BORIS | {"email": "не адрес"}))
    status, told = await said(await iom(suite, str(file), "--report", str(report)))
    assert status == 1
    assert "Это не адрес электронной почты" in told
    assert [(one["row"], one["column"]) for one in json.loads(report.read_text())] == [(3, "Электронная почта")]
    status, told = await said(await iom(suite, "--template", str(template)))
    assert (status, roster_of(template.read_bytes()).faults) == (0, []), told
    status, told = await said(await iom(suite, str(template), "--check"))
    assert (status, "nothing was written" in told) == (0, True), told
    status, told = await said(await iom(suite, str(tmp_path / "absent.csv")))
    assert (status, "cannot be read" in told) == (1, True), told
