"""`make bench`: everything in one run on servers of its own, printed as ratios and kept in .local/bench.json."""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bench import append, effect, replay
from bench.report import Measurement, keep, show
from deploy.paths import local
from deploy.servers import postgres, rabbitmq
from deploy.servers.admin import drop_database, make_database


async def every(server: postgres.Postgres, broker: str, rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    for name, measured in (
        ("iom_bench", lambda url: append.measure(url, rounds, seconds)),
        ("iom_bench_routes", lambda url: replay.measure(url, rounds)),
    ):
        await drop_database(server.url, name)
        await make_database(server.url, name)
        async for measurement in measured(server.with_database(name)):
            yield measurement
        await drop_database(server.url, name)
    async for measurement in effect.measure(server.url, broker, rounds * seconds):
        yield measurement


async def run(server: postgres.Postgres, broker: str, rounds: int, seconds: float) -> list[Measurement]:
    done = []
    with Console().status("measuring …") as status:
        async for measurement in every(server, broker, rounds, seconds):
            done.append(measurement)
            status.update(f"measured {measurement.name}; going on …")
    return done


@contextmanager
def servers(folder: Path) -> Iterator[tuple[postgres.Postgres, str]]:
    """Servers of this run's own: a database that really writes to the disk, and a broker's address."""
    database = postgres.start(folder / "postgres", folder / "postgres.log", lasting=False, fsync=True)
    try:
        log, cache = folder / "rabbitmq.log", local() / "packages"
        broker = rabbitmq.start(folder / "rabbitmq", log, cache=cache, lasting=False)
        try:
            yield database, broker.url("/")
        finally:
            broker.stop()
    finally:
        database.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="Measure the suite against its floors.")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds of a comparison (default 5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one round (default 2)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iom-bench-") as folder, servers(Path(folder)) as (database, broker):
        done = asyncio.run(run(database, broker, wanted.rounds, wanted.seconds))
    show(done)
    keep(done, local() / "bench.json")


if __name__ == "__main__":
    main()
