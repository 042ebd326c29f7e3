"""900 schools and 30 000 persons imported over HTTP by the real service, which publishes meanwhile; again; changed."""

import asyncio
import io
import json
import os
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import openpyxl

from bench.report import Measurement
from deploy.servers.ports import free_port
from services.people.importing.sheet import COLUMNS

SCHOOLS, PERSONS, MUNICIPALITIES = 900, 30_000, 40
ADMIN = {"email": "root@iom.example", "password": "bench-2026-iom"}
GOAL = 120  # seconds
FAMILY = ("Орлов", "Лебедев", "Соболев", "Журавлёв", "Соколов", "Воробьёв", "Голубев", "Чайкин")
GIVEN = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар")


def region(persons: int = PERSONS, schools: int = SCHOOLS) -> list[list[str]]:
    """A row for each invented worker, in no order: the same at every call."""
    chance = random.Random(38)  # noqa: S311 - invented people
    rows = []
    for n in range(persons):
        school = n % schools
        municipality = school % MUNICIPALITIES
        rows.append(
            [
                *(f"m-{municipality}", f"Муниципалитет {municipality}", f"s-{school}", f"Школа № {school}"),
                *(chance.choice(FAMILY), chance.choice(GIVEN), "Ивановна", f"t{n}@school.example"),
                *("+7 900 000-00-00", "учитель математики", str(n % 40), "первая", "2027-03"),
                *("педагог, тьютор" if n % 10 == 0 else "", f"t-{n}"),
            ]
        )
    chance.shuffle(rows)
    return rows


def csv_of(rows: list[list[str]]) -> bytes:
    return "\n".join(";".join(row) for row in [list(COLUMNS.values()), *rows]).encode("utf-8-sig")


def xlsx_of(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [list(COLUMNS.values()), *rows]:
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@asynccontextmanager
async def serving(database: str, broker: str) -> AsyncIterator[httpx.AsyncClient]:
    """The real service as a process of its own, with its sequencer and relay, and its administrator signed in."""
    port = free_port()
    told = {
        "PORT": str(port),
        "DATABASE_URL": database,
        "BROKER_URL": broker,
        "ISSUER": f"http://127.0.0.1:{port}",
        "JWKS_URLS": f"http://127.0.0.1:{port}/.well-known/jwks.json",
        "MASTER_KEY": os.urandom(32).hex(),
        "SIGNING_KEY": os.urandom(32).hex(),
        "ADMIN_EMAIL": ADMIN["email"],
        "ADMIN_PASSWORD": ADMIN["password"],
        "SMTP_URL": "smtp://127.0.0.1:9",  # nobody there: the letters wait
    }
    environment = os.environ | {f"IOM_{name}": value for name, value in told.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.people", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=600, trust_env=False) as client:
            await ready(client)
            token = (await client.post("/sign-in", json=ADMIN)).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield client
    finally:
        process.terminate()
        await process.wait()


async def ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await client.get("/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def sent(client: httpx.AsyncClient, content: bytes, query: str = "") -> tuple[float, dict[str, Any]]:
    """How many seconds the whole import took, from the request's first byte, and what it says it did."""
    started = time.perf_counter()
    headers = {"Idempotency-Key": str(uuid4())}
    answer = await client.post(f"/imports{query}", content=content, headers=headers)
    seconds = time.perf_counter() - started
    assert answer.is_success, answer.text[:2000]
    last: dict[str, Any] = json.loads(answer.text.splitlines()[-1])
    return seconds, last


async def measure(
    database: str, broker: str, persons: int = PERSONS, schools: int = SCHOOLS
) -> AsyncIterator[Measurement]:
    """Over an empty database of its own."""
    rows = region(persons, schools)
    changed = [[*row[:9], "учитель физики", *row[10:]] if n % 100 == 0 else row for n, row in enumerate(rows)]
    book = xlsx_of(changed)
    async with serving(database, broker) as client:
        seconds, told = await sent(client, csv_of(rows))
        assert told["finished"]["registered"] == persons, told
        assert told["finished"]["invited"] == persons, told
        name = f"import of {schools} schools and {persons:,} persons"
        yield Measurement(name=f"{name}, CSV, each invited", value=seconds, unit=f"s (goal {GOAL})")
        yield Measurement(name=f"{name}, its rate", value=persons / seconds, unit="persons/s")
        seconds, told = await sent(client, csv_of(rows))
        assert told["finished"]["unchanged"] == persons, told
        yield Measurement(name=f"{name}, the same file again: nothing changes", value=seconds, unit="s")
        seconds, told = await sent(client, book)
        assert told["finished"]["changed"] == persons // 100, told
        yield Measurement(name=f"{name}, XLSX with one row of a hundred changed", value=seconds, unit="s")
