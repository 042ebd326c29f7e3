"""`make bench`: everything in one run on servers of its own, printed as ratios and kept in .local/bench.json."""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bench import append, consumer, effect, growth, importing, navigator, rebuild, relay, replay, sequencer
from bench.report import ENOUGH, Measurement, keep, show
from deploy.paths import local
from deploy.servers import postgres, rabbitmq
from deploy.servers.admin import drop_database, make_database
from shared.collector import look_seldom

ABOUT = """Measure the suite against its floors, on a PostgreSQL and a RabbitMQ of its own.

Ratios count, absolute numbers belong to this machine: run nothing else meanwhile. What was measured replaces what
.local/bench.json says of the same names; the rest of it stays."""
EXAMPLES = """
  make bench                                      all of it, about twenty minutes
  python -m bench --only append effect            a part
  python -m bench --only append --rounds 9 --seconds 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a bench is given: servers, and how long to measure."""

    database: postgres.Postgres
    broker: str
    rounds: int
    seconds: float

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        """The address of an empty database."""
        name = "iom_bench"
        await drop_database(self.database.url, name)
        await make_database(self.database.url, name)
        try:
            yield self.database.with_database(name)
        finally:
            await drop_database(self.database.url, name)


Bench = Callable[[Ground], AsyncIterator[Measurement]]


def in_store(measure: Callable[[str, Ground], AsyncIterator[Measurement]]) -> Bench:
    """A bench that needs an empty database."""

    async def measured(ground: Ground) -> AsyncIterator[Measurement]:
        async with ground.fresh() as url:
            async for measurement in measure(url, ground):
                yield measurement

    return measured


BENCHES: dict[str, Bench] = {
    "append": in_store(lambda url, g: append.measure(url, g.rounds, g.seconds)),
    "sequencer": in_store(lambda url, g: sequencer.measure(url, g.rounds, g.seconds)),
    "growth": lambda g: growth.measure(g.database.url, g.rounds, g.seconds),
    "replay": in_store(lambda url, g: replay.measure(url, g.rounds)),
    "rebuild": in_store(lambda url, g: rebuild.measure(url, g.rounds)),
    "import": in_store(lambda url, g: importing.measure(url, g.broker)),
    "navigator": in_store(lambda url, g: navigator.measure(url, g.rounds)),
    "relay": lambda g: relay.measure(g.database.url, g.broker, g.rounds),
    "consumer": lambda g: consumer.measure(g.database.url, g.broker, g.rounds),
    "effect": lambda g: effect.measure(g.database.url, g.broker, g.rounds * g.seconds),
}


async def run(ground: Ground, names: Sequence[str]) -> list[Measurement]:
    """Keep each bench's figures as soon as it is through: a long run that is broken off has not been for nothing."""
    done: list[Measurement] = []
    with Console().status("measuring …") as status:
        for place, name in enumerate(names, 1):
            status.update(f"{place}/{len(names)} {name} …")
            found = []
            async for measurement in BENCHES[name](ground):
                found.append(measurement)
                status.update(f"{place}/{len(names)} {name}: measured {measurement.name}; going on …")
            keep(found, local() / "bench.json")
            done += found
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


def arguments(
    about: str = ABOUT, names: Sequence[str] = tuple(BENCHES), examples: str = EXAMPLES
) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description=about, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names))
    few = f"a ratio of fewer than {ENOUGH} is marked as such"
    parser.add_argument("--rounds", type=int, default=5, help=f"interleaved rounds of a comparison (default 5); {few}")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one round (default 2)")
    return parser.parse_args()


def main() -> None:
    wanted = arguments()
    with tempfile.TemporaryDirectory(prefix="iom-bench-") as folder, servers(Path(folder)) as (database, broker):
        look_seldom()
        ground = Ground(database=database, broker=broker, rounds=wanted.rounds, seconds=wanted.seconds)
        show(asyncio.run(run(ground, wanted.only)))


if __name__ == "__main__":
    main()
