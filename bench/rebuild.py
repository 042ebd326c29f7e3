"""A region's year rebuilt while its service reads and writes: how long, how much memory, how long writers wait."""

import argparse
import asyncio
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console

from bench.replay import timed
from bench.report import ENOUGH, Measurement, compared, interleaved, show
from bench.sample import context
from deploy.servers import postgres
from deploy.servers.admin import make_database
from deploy.simulation.filling import fill
from deploy.simulation.shares import read_shares
from deploy.simulation.year import Wish
from services.routes.categories import categories
from shared.rebuild import Source
from shared.rebuild.refold import PAGE, RANGE_SQL, Folding, Refold, forms_of
from shared.store.execute import Executor
from shared.store.keys import KeyRing
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.routes import path as p

TEACHERS, TEACHERS_OF_A_SCHOOL = 37_000, 33
FACTS, ROUTES = 1_200_000, 20_000  # at least, of a year of so many teachers
SIGNER = Signer("bench", bytes(32))
CALM_SECONDS = 3.0  # of the service's work alone, before the rebuild
PAUSE = 0.02  # between two writes, and between two reads
REPLAYED = ("route-", "route-2")  # streams between these two: an eighth of them
GOING_ON_SQL = "SELECT id FROM routes WHERE status = 'running'"
PLACES_SQL = "SELECT DISTINCT municipality, school FROM routes"
LIST_SQL = "SELECT * FROM routes WHERE municipality = $1 AND school = $2 ORDER BY id LIMIT 50"


async def measure(
    url: str, rounds: int = 5, teachers: int = TEACHERS, calm_seconds: float = CALM_SECONDS
) -> AsyncIterator[Measurement]:
    """Over an empty database of its own."""
    key = os.urandom(32)
    total, routes = await asyncio.to_thread(a_year, url, key, teachers)
    assert teachers < TEACHERS or (total >= FACTS and routes >= ROUTES), (total, routes)
    yield Measurement(name="rebuild: facts of the year", value=total, unit="facts")
    yield Measurement(name="rebuild: routes of the year", value=routes, unit="routes")
    store = PostgresStore(url, categories(), KeyRing(key))
    await store.open()
    try:
        async with going_on(store) as calm:
            await asyncio.sleep(calm_seconds)
        async with going_on(store) as waits:
            run = await command(url, "rebuild", "routes")
        name = "rebuild, two workers, while the service goes on"
        yield Measurement(name=name, value=run.seconds, unit="s")
        yield Measurement(name=f"{name}: its rate", value=total / run.seconds, unit="facts/s")
        yield Measurement(name=f"{name}: peak memory of all its processes", value=run.peak_mb, unit="MB")
        for who, before, during in (("write", calm.writes, waits.writes), ("read", calm.reads, waits.reads)):
            yield Measurement(name=f"{name}: {who}s", value=len(during), unit=f"{who}s")
            yield Measurement(name=f"{name}: longest {who}", value=max(during) * 1000, unit="ms")
            yield Measurement(name=f"longest {who} before the rebuild", value=max(before) * 1000, unit="ms")
        run = await command(url, "reconcile", "routes")  # fails where a row was lost
        yield Measurement(name="reconciliation of the year: no row differs", value=run.seconds, unit="s")
        async for measurement in replayed(url, rounds):
            yield measurement
    finally:
        await store.close()


def a_year(url: str, key: bytes, teachers: int) -> tuple[int, int]:
    """A simulated year written into the store: how many facts and routes it has there."""
    schools = max(1, teachers // TEACHERS_OF_A_SCHOOL)
    wish = Wish(seed=1, schools=schools, teachers=teachers, months=12, shares=read_shares())
    told = fill(wish, url, key, workers=2)
    assert told.well, (told.surprises, told.broken)
    kept = {each.name for each in categories()}
    return sum(n for kind, n in told.facts.items() if kind.partition(".")[0] in kept), told.lives["route"]


@dataclass(slots=True)
class Waits:
    """How long each caller waited, in seconds."""

    writes: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)


@asynccontextmanager
async def going_on(store: PostgresStore) -> AsyncIterator[Waits]:
    """The service's work on the store: commands to its routes, lists of its schools, positions given."""
    category, executor, waits = categories()[0], Executor(store), Waits()
    sequencer = Sequencer(store, SIGNER, origin="bench/rebuild")
    streams, places = await store.fetch(GOING_ON_SQL), await store.fetch(PLACES_SQL)

    async def write() -> None:
        command = p.but(p.support, support=random.choice(streams)["id"])  # noqa: S311 - any will do
        await executor.execute(category, random.choice(streams)["id"], command, context())  # noqa: S311

    async def read() -> None:
        place = random.choice(places)  # noqa: S311
        assert await store.fetch(LIST_SQL, place["municipality"], place["school"])

    work = [
        *(asyncio.create_task(again(write, waits.writes)) for _ in range(2)),
        asyncio.create_task(again(read, waits.reads)),
        asyncio.create_task(sequencer.run()),
    ]
    try:
        yield waits
        assert not any(each.done() for each in work), "the service was stopped"
    finally:
        for each in work:
            each.cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def again(step: Callable[[], Coroutine[Any, Any, None]], waits: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await step()
        waits.append(time.perf_counter() - started)
        await asyncio.sleep(PAUSE)


@dataclass(slots=True)
class Run:
    seconds: float
    peak_mb: float


async def command(url: str, *words: str) -> Run:
    """`iom` as an operator calls it; fails when it does."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *words), env={**os.environ, "IOM_OWNER_URL": url}
    )
    ended = asyncio.create_task(process.wait())
    peaks: dict[int, float] = {}
    while not ended.done():
        for pid in family(process.pid):
            peaks[pid] = max(peaks.get(pid, 0), peak(pid))
        await asyncio.wait([ended], timeout=0.1)
    assert ended.result() == 0, f"iom {' '.join(words)} ended with {ended.result()}"
    return Run(time.perf_counter() - started, sum(peaks.values()))


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *itertools.chain.from_iterable(family(int(child)) for child in children)]


def peak(pid: int) -> float:
    """The most memory it ever held, in MB; what processes share is counted for each."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0)


async def replayed(url: str, rounds: int) -> AsyncIterator[Measurement]:
    """Facts a second with all a rebuild does to a stream, of the same cursor left unread, and what one core decodes
    and folds of rows it has at hand."""
    connection = await asyncpg.connect(url)
    try:
        refold = Refold(Source(url=url, categories=categories), connection)
        rows = await connection.fetch(RANGE_SQL, *REPLAYED)

        async def shown() -> int:
            return (await refold.between(*REPLAYED)).facts

        tries = {
            "undecoded": partial(timed, partial(undecoded, connection), len(rows)),
            "ours": partial(timed, shown, len(rows)),
            "at hand": partial(timed, partial(folded, rows), len(rows)),
        }
        found = await interleaved(rounds, tries)
    finally:
        await connection.close()
    at_hand = "decode and the route's own evolve, rows at hand, one core"
    yield Measurement(name=at_hand, value=statistics.median(found["at hand"]), unit="facts/s")
    name = "replay in one process: read, decode, fold, show"
    yield compared(name, "facts/s", "the same rows undecoded", found["ours"], found["undecoded"])


async def folded(rows: Sequence[Any]) -> int:
    category = categories()[0]
    folding = Folding({category.name: category}, {form.kind: form for form in forms_of([category])})
    folding.take(rows, None)
    folding.end()
    return folding.shown.facts


async def undecoded(connection: Any) -> int:
    count = 0
    async with connection.transaction():
        cursor = await connection.cursor(RANGE_SQL, *REPLAYED)
        while page := await cursor.fetch(PAGE):
            count += len(page)
    return count


async def run(server: postgres.Postgres, rounds: int, teachers: int) -> list[Measurement]:
    await make_database(server.url, "iom_bench_region")
    console, done = Console(stderr=True), []
    console.print("writing a region's year …")
    async for measurement in measure(server.with_database("iom_bench_region"), rounds, teachers):
        done.append(measurement)
        console.print(f"measured: {measurement.name}")
    return done


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.rebuild", description="Measure a rebuild of a region's year.")
    few = f"a ratio of fewer than {ENOUGH} is marked as such"
    parser.add_argument("--rounds", type=int, default=5, help=f"interleaved rounds of the replay (default 5); {few}")
    parser.add_argument("--teachers", type=int, default=TEACHERS, help=f"how many there are (default {TEACHERS})")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iom-bench-") as folder:
        server = postgres.start(Path(folder) / "postgres", Path(folder) / "log", lasting=False, fsync=True)
        try:
            show(asyncio.run(run(server, wanted.rounds, wanted.teachers)))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
