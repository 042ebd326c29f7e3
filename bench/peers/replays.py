"""Logs read again from the beginning and folded: notes and completed routes, ours beside the same of a peer."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import msgspec

from bench import replay
from bench.bus import SIGNER
from bench.peers.stores import Peer, answer, child, count, eventsourcing
from bench.report import Measurement, compared, interleaved
from bench.sample import notes
from services.routes.categories import routes
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.routes.path import COMPLETED, POLICIES, facts

SHAPE = (8, 3)
NOTES = "replay of notes: typed facts, folded"
ROUTES = "replay of completed routes: typed facts, texts unsealed, folded by the route's own evolve"

Read = Callable[[], Awaitable[float]]


async def replays(
    store: PostgresStore, us: Peer, peer: Peer, urls: tuple[str, str], rounds: int, completed: int = replay.ROUTES
) -> AsyncIterator[Measurement]:
    """*urls* are of two empty databases, for our routes and for the peer's, which are the same facts as JSON."""
    for each in (us, peer):
        await each.rate(*SHAPE, 1.0)  # so that there is something, whatever else was measured
    async with _our_routes(urls[0], completed) as ours:
        theirs = await _their_routes(urls[1], completed)
        assert peer.replay is not None
        total = await _placed(store)
        tries: dict[str, Read] = {
            "their notes": peer.replay,
            "notes": partial(replay.timed, partial(replay.replayed, store, notes.decider), total),
            "their routes": theirs,
            "routes": ours,
        }
        found = await interleaved(rounds, tries)
    notes_there = f"{peer.name}: notes as its domain events, applied to its aggregates"
    yield compared(NOTES, "facts/s", notes_there, found["notes"], found["their notes"])
    routes_there = f"{peer.name}: the same facts as domain events of untyped JSON, texts open, the last of a kind kept"
    yield compared(ROUTES, "facts/s", routes_there, found["routes"], found["their routes"])


@asynccontextmanager
async def _our_routes(url: str, completed: int) -> AsyncIterator[Read]:
    category = routes(POLICIES)
    store = PostgresStore(url, [category], KeyRing(os.urandom(32)))
    await migrate(url, None, replay.SCHEMA)
    await store.open()
    try:
        total = await replay.fill(store, category.stream, completed)
        yield partial(replay.timed, partial(replay.replayed, store, category.decider), total)
    finally:
        await store.close()


async def _their_routes(url: str, completed: int) -> Read:
    life = msgspec.json.encode([(type(fact).__name__, fact) for fact in facts(COMPLETED)])
    await answer(await child("tell", url, "default", str(completed)), life)
    read = eventsourcing(url, "default").replay
    assert read is not None
    return read


async def _placed(store: PostgresStore) -> int:
    """How many facts the log has, once it has all."""
    total = await count(store.url, "facts")
    sequencer = Sequencer(store, SIGNER, origin="bench/peers")
    while sequencer.position < total:
        await sequencer.step()
    await sequencer.stop()
    return total
