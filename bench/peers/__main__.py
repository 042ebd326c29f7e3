"""`make bench-peers`: the store beside PyPI eventsourcing and npm message-db, round by round in one run."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from rich.console import Console

from bench.__main__ import arguments
from bench.append import SHAPES, named, opened
from bench.peers import installed, messagedb
from bench.peers.replays import replays
from bench.peers.stores import Peer, answer, child, eventsourcing, message_db, ours
from bench.report import Measurement, compared, interleaved, keep, show
from deploy.paths import local
from deploy.servers import postgres
from deploy.servers.admin import drop_database, make_database
from shared.collector import look_seldom

ABOUT = """Measure the store beside what else one could take: how fast it appends, and what a reader that follows the
log misses while others write. The peers are fetched into .local/peers, and nothing of this project depends on them."""
EXAMPLES = """
  make bench-peers
  python -m bench.peers --only lost         what each one's reader missed
"""
LOSERS_SHAPE = (8, 1)
PARTS = ("append", "lost", "replay")


async def appends(us: Peer, peers: list[Peer], rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    for writers, facts in SHAPES:
        tries = {peer.name: partial(peer.rate, writers, facts, seconds) for peer in (us, *peers)}
        rates = await interleaved(rounds, tries)
        for peer in peers:
            name = f"{named(writers, facts)}, beside {peer.name}"
            yield compared(name, "commands/s", peer.name, rates[us.name], rates[peer.name])


async def losses(peers: list[Peer], seconds: float) -> AsyncIterator[Measurement]:
    """A reader follows while eight write; none is asked more than to give what was committed, and once."""
    for peer in peers:
        before = await peer.stored()
        async with peer.follow() as followed:
            await peer.rate(*LOSERS_SHAPE, seconds)
        stored = await peer.stored()
        for what, value in (
            (f"written while a reader follows {peer.name}", stored - before),
            (f"missed by a reader that follows {peer.name}", stored - followed.different),
            (f"given twice to a reader that follows {peer.name}", followed.given - followed.different),
        ):
            yield Measurement(name=what, value=value, unit="facts")


async def every(server: postgres.Postgres, parts: list[str], rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    names = {
        name: f"iom_bench_{name}" for name in ("ours", "default", "functions", "message_db", "routes", "their_routes")
    }
    for database in names.values():
        await drop_database(server.url, database)
        await make_database(server.url, database)
    urls = {name: server.with_database(database) for name, database in names.items()}
    await messagedb.install(urls["message_db"], installed.message_db())
    for mode in ("default", "functions"):
        await answer(await child("write", urls[mode], mode, "1", "1", "0.1"))  # makes its tables
    peers = [*(eventsourcing(urls[mode], mode) for mode in ("default", "functions")), message_db(urls["message_db"])]
    async with opened(urls["ours"]) as store:
        us = ours(store)
        if "lost" in parts:
            async for measurement in losses([us, *peers], rounds * seconds):
                yield measurement
        if "append" in parts:
            async for measurement in appends(us, peers, rounds, seconds):
                yield measurement
        if "replay" in parts:
            async for measurement in replays(store, us, peers[0], (urls["routes"], urls["their_routes"]), rounds):
                yield measurement


async def run(server: postgres.Postgres, parts: list[str], rounds: int, seconds: float) -> list[Measurement]:
    done = []
    with Console(stderr=True).status("measuring …") as status:
        async for measurement in every(server, parts, rounds, seconds):
            done.append(measurement)
            keep([measurement], local() / "bench.json")
            status.update(f"measured {measurement.name}; going on …")
    return done


def main() -> None:
    wanted = arguments(ABOUT, PARTS, EXAMPLES)
    look_seldom()
    with tempfile.TemporaryDirectory(prefix="iom-bench-") as name:
        folder = Path(name)
        server = postgres.start(folder / "postgres", folder / "postgres.log", lasting=False, fsync=True)
        try:
            show(asyncio.run(run(server, list(wanted.only), wanted.rounds, wanted.seconds)))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
