"""`make bench-peers`: the store beside PyPI eventsourcing and npm message-db, round by round in one run."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from bench.__main__ import arguments
from bench.append import SHAPES, named, opened, rate
from bench.bus import SIGNER
from bench.peers import installed, messagedb
from bench.report import Measurement, compared, interleaved, keep, show
from bench.sample import notes
from deploy.paths import local
from deploy.servers import postgres
from deploy.servers.admin import drop_database, make_database
from shared.collector import look_seldom
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer

ABOUT = """Measure the store beside what else one could take: how fast it appends, and what a reader that follows the
log misses while others write. The peers are fetched into .local/peers, and nothing of this project depends on them."""
EXAMPLES = """
  make bench-peers
  python -m bench.peers --only lost         what each one's reader missed
"""
LOSERS_SHAPE = (8, 1)
REPLAY_SHAPE = (8, 3)
PARTS = ("append", "lost", "replay")

Rate = Callable[[int, int, float], Awaitable[float]]


@dataclass(slots=True)
class Peer:
    """A store under measurement: *rate* of (writers, facts, seconds), *follow* a context that gives (seen, stored)."""

    name: str
    rate: Rate
    follow: Callable[[], "AsyncIterator[Followed]"]
    replay: Callable[[], Awaitable[float]] | None = None


@dataclass(slots=True)
class Followed:
    """What a reader saw of what was stored; known when the context has ended."""

    seen: int = 0
    stored: int = 0


async def _asked(*words: str) -> dict[str, float]:
    """The answer of the peer's own process."""
    process = await asyncio.create_subprocess_exec(
        str(installed.python()), str(Path(__file__).with_name("eventsourced.py")), *words, stdout=-1
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, f"eventsourcing failed: {words[0]}"
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


def eventsourcing(url: str, mode: str) -> Peer:
    async def speed(writers: int, facts: int, seconds: float) -> float:
        return (await _asked("write", url, mode, str(writers), str(facts), str(seconds)))["rate"]

    async def replay() -> float:
        return (await _asked("replay", url, mode))["rate"]

    @asynccontextmanager
    async def follow() -> AsyncIterator[Followed]:
        before = await _count(url, "SELECT count(*) FROM application_events")
        process = await asyncio.create_subprocess_exec(
            str(installed.python()), str(Path(__file__).with_name("eventsourced.py")), "tail", url, mode,
            stdin=-1, stdout=-1,
        )  # fmt: skip
        assert process.stdout is not None
        await process.stdout.readline()
        followed = Followed()
        yield followed
        out, _ = await process.communicate(b"")
        followed.seen = json.loads(out.splitlines()[-1])["seen"] - before
        followed.stored = await _count(url, "SELECT count(*) FROM application_events") - before

    name = "eventsourcing 9.5.6" + (", database functions" if mode == "functions" else ", default")
    return Peer(name, speed, follow, replay if mode == "default" else None)


def message_db(url: str) -> Peer:
    async def speed(writers: int, facts: int, seconds: float) -> float:
        return await messagedb.rate(url, writers, facts, seconds)

    @asynccontextmanager
    async def follow() -> AsyncIterator[Followed]:
        ended, followed = asyncio.Event(), Followed()
        reading = asyncio.create_task(messagedb.tail(url, ended))
        yield followed
        ended.set()
        followed.seen, followed.stored = await reading, await messagedb.stored(url)

    return Peer("message-db 1.3.1", speed, follow)


def ours(store: PostgresStore) -> Peer:
    async def speed(writers: int, facts: int, seconds: float) -> float:
        return await rate(store, writers, facts, seconds)

    @asynccontextmanager
    async def follow() -> AsyncIterator[Followed]:
        sequencer, followed = Sequencer(store, SIGNER, origin="bench/peers"), Followed()
        task = asyncio.create_task(sequencer.run())
        try:
            reading = asyncio.create_task(_tail(store, sequencer, followed))
            yield followed
            followed.stored = await _count(store.url, "SELECT count(*) FROM facts")
            await asyncio.wait_for(reading, 60)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return Peer("this store", speed, follow)


async def _tail(store: PostgresStore, sequencer: Sequencer, followed: Followed) -> None:
    ids = set()
    while not followed.stored or len(ids) < followed.stored:
        last = await sequencer.wait_beyond(followed.seen, 1)
        while followed.seen < last:
            page = await store.read_log(followed.seen)
            ids.update(fact.id for fact in page)
            followed.seen += len(page)
    followed.seen = len(ids)


async def _count(url: str, sql: str) -> int:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(sql))
    finally:
        await connection.close()


async def appends(us: Peer, peers: list[Peer], rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    for writers, facts in SHAPES:
        tries = {peer.name: partial(peer.rate, writers, facts, seconds) for peer in (us, *peers)}
        rates = await interleaved(rounds, tries)
        for peer in peers:
            name = f"{named(writers, facts)}, beside {peer.name}"
            yield compared(name, "commands/s", peer.name, rates[us.name], rates[peer.name])


async def losses(peers: list[Peer], seconds: float) -> AsyncIterator[Measurement]:
    """A reader follows while eight write; none is asked more than to give what was committed."""
    for peer in peers:
        async with peer.follow() as followed:
            await peer.rate(*LOSERS_SHAPE, seconds)
        share = 100 * (followed.stored - followed.seen) / followed.stored
        yield Measurement(name=f"missed by a reader that follows {peer.name}", value=share, unit="% of facts")


async def replays(store: PostgresStore, peer: Peer, rounds: int) -> Measurement:
    """Everything stored, read in order as typed facts; ours are folded too."""
    for each in (ours(store), peer):
        await each.rate(*REPLAY_SHAPE, 1.0)  # so that there is something, whatever else was measured
    total = await _count(store.url, "SELECT count(*) FROM facts")
    sequencer = Sequencer(store, SIGNER, origin="bench/peers")
    while sequencer.position < total:
        await sequencer.step()
    await sequencer.stop()
    assert peer.replay is not None
    found: tuple[list[float], list[float]] = [], []
    for _ in range(rounds):
        found[0].append(await _replayed(store, total))
        found[1].append(await peer.replay())
    return compared(f"replay, beside {peer.name}", "facts/s", peer.name, *found)


async def _replayed(store: PostgresStore, total: int) -> float:
    started, position, states = time.perf_counter(), 0, dict[str, int]()
    while page := await store.read_log(position):
        for fact in page:
            states[fact.stream] = notes.decider.evolve(states.get(fact.stream, 0), fact.event)
        position = page[-1].position or position
    assert (position, sum(states.values())) == (total, total)
    return total / (time.perf_counter() - started)


async def every(server: postgres.Postgres, parts: list[str], rounds: int, seconds: float) -> AsyncIterator[Measurement]:
    names = {name: f"iom_bench_{name}" for name in ("ours", "default", "functions", "message_db")}
    for database in names.values():
        await drop_database(server.url, database)
        await make_database(server.url, database)
    urls = {name: server.with_database(database) for name, database in names.items()}
    await messagedb.install(urls["message_db"], installed.message_db())
    for mode in ("default", "functions"):
        await _asked("write", urls[mode], mode, "1", "1", "0.1")  # makes its tables
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
            yield await replays(store, peers[0], rounds)


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
