"""Logs read again from the beginning: our notes and our completed routes beside the notes of a peer."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from bench import replay
from bench.bus import SIGNER
from bench.peers.stores import Peer, count
from bench.report import Measurement, compared, interleaved
from bench.sample import notes
from services.routes.categories import routes
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.routes.path import POLICIES

SHAPE = (8, 3)
NOTES = "replay of notes: read, decoded into typed facts, folded"
ROUTES = "replay of completed routes: read, decoded into typed facts, texts unsealed, folded by the route's evolve"


async def replays(
    store: PostgresStore, us: Peer, peer: Peer, url: str, rounds: int, completed: int = replay.ROUTES
) -> AsyncIterator[Measurement]:
    """*url* is of an empty database, for the routes. The peer's notes become its domain events and are not folded."""
    for each in (us, peer):
        await each.rate(*SHAPE, 1.0)  # so that there is something, whatever else was measured
    category = routes(POLICIES)
    kept = PostgresStore(url, [category], KeyRing(os.urandom(32)))
    await migrate(url, None, replay.SCHEMA)
    await kept.open()
    try:
        written = await replay.fill(kept, category.stream, completed)
        assert peer.replay is not None
        tries: dict[str, Callable[[], Awaitable[float]]] = {
            "peer": peer.replay,
            "notes": partial(_notes, store, await _placed(store)),
            "routes": partial(replay.timed, partial(replay.replayed, kept, category.decider), written),
        }
        found = await interleaved(rounds, tries)
    finally:
        await kept.close()
    against = f"{peer.name}: notes read and made its domain events, not folded"
    yield compared(NOTES, "facts/s", against, found["notes"], found["peer"])
    yield compared(ROUTES, "facts/s", against, found["routes"], found["peer"])


async def _placed(store: PostgresStore) -> int:
    """How many facts the log has, once it has all."""
    total = await count(store.url, "facts")
    sequencer = Sequencer(store, SIGNER, origin="bench/peers")
    while sequencer.position < total:
        await sequencer.step()
    await sequencer.stop()
    return total


async def _notes(store: PostgresStore, total: int) -> float:
    return await replay.timed(partial(replay.replayed, store, notes.decider), total)
