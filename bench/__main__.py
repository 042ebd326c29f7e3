"""`make bench`: everything in one run on servers of its own, printed as ratios and kept in .local/bench.json."""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console

from bench import append
from bench.report import Measurement, keep, show
from deploy.paths import local
from deploy.servers import postgres
from deploy.servers.admin import drop_database, make_database


async def every(server: postgres.Postgres, rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    name = "iom_bench"
    await drop_database(server.url, name)
    await make_database(server.url, name)
    async for measurement in append.measure(server.with_database(name), rounds, seconds):
        yield measurement
    await drop_database(server.url, name)


async def run(server: postgres.Postgres, rounds: int, seconds: float) -> list[Measurement]:
    done = []
    with Console().status("measuring …") as status:
        async for measurement in every(server, rounds, seconds):
            done.append(measurement)
            status.update(f"measured {measurement.name}; going on …")
    return done


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="Measure the suite against its floors.")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds of a comparison (default 5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one round (default 2)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iom-bench-") as folder:
        server = postgres.start(Path(folder) / "postgres", Path(folder) / "postgres.log", lasting=False, fsync=True)
        try:
            done = asyncio.run(run(server, wanted.rounds, wanted.seconds))
        finally:
            server.stop()
    show(done)
    keep(done, local() / "bench.json")


if __name__ == "__main__":
    main()
