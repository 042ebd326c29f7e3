"""The stores side by side, each asked in its own way: to append, to be followed, to be read again from its start."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from bench.append import rate
from bench.bus import SIGNER
from bench.peers import installed, messagedb
from bench.peers.following import CALM, Followed, Reader
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer

Rate = Callable[[int, int, float], Awaitable[float]]


@dataclass(slots=True)
class Peer:
    """A store under measurement: *rate* of (writers, facts, seconds); *stored* counts its facts; *follow* is a context
    whose reader has been given whatever it is going to be when the context has ended."""

    name: str
    rate: Rate
    stored: Callable[[], Awaitable[int]]
    follow: Callable[[], AbstractAsyncContextManager[Followed]]
    replay: Callable[[], Awaitable[float]] | None = None


async def count(url: str, table: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608 - a name of ours
    finally:
        await connection.close()


async def child(*words: str) -> asyncio.subprocess.Process:
    """The peer's own process; nothing it is asked holds a word of ours but the address and the numbers."""
    script = Path(__file__).with_name("eventsourced.py")
    return await asyncio.create_subprocess_exec(str(installed.python()), str(script), *words, stdin=-1, stdout=-1)


async def answer(process: asyncio.subprocess.Process, given: bytes = b"") -> dict[str, float]:
    out, _ = await process.communicate(given)
    assert process.returncode == 0, "eventsourcing failed"
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


def eventsourcing(url: str, mode: str) -> Peer:
    async def speed(writers: int, facts: int, seconds: float) -> float:
        return (await answer(await child("write", url, mode, str(writers), str(facts), str(seconds))))["rate"]

    async def stored() -> int:
        return await count(url, "application_events")

    async def replay() -> float:
        return (await answer(await child("replay", url, mode)))["rate"]

    @asynccontextmanager
    async def follow() -> AsyncIterator[Followed]:
        process = await child("tail", url, mode, str(CALM))
        assert process.stdout is not None
        await process.stdout.readline()
        followed = Followed()
        yield followed
        found = await answer(process)
        followed.given, followed.different = int(found["given"]), int(found["different"])

    name = "eventsourcing 9.5.6" + (", database functions" if mode == "functions" else ", default")
    return Peer(name, speed, stored, follow, replay if mode == "default" else None)


def message_db(url: str) -> Peer:
    async def speed(writers: int, facts: int, seconds: float) -> float:
        return await messagedb.rate(url, writers, facts, seconds)

    async def stored() -> int:
        return await count(url, "message_store.messages")

    @asynccontextmanager
    async def follow() -> AsyncIterator[Followed]:
        async with messagedb.pages(url) as page, following(page) as followed:
            yield followed

    return Peer("message-db 1.3.1", speed, stored, follow)


def ours(store: PostgresStore) -> Peer:
    async def speed(writers: int, facts: int, seconds: float) -> float:
        return await rate(store, writers, facts, seconds)

    async def stored() -> int:
        return await count(store.url, "facts")

    @asynccontextmanager
    async def follow() -> AsyncIterator[Followed]:
        sequencer, position = Sequencer(store, SIGNER, origin="bench/peers"), 0

        async def page() -> list[UUID]:
            nonlocal position
            await sequencer.wait_beyond(position, 0.01)
            facts = await store.read_log(position)
            position = facts[-1].position or position if facts else position
            return [fact.id for fact in facts]

        task = asyncio.create_task(sequencer.run())
        try:
            async with following(page) as followed:
                yield followed
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return Peer("this store", speed, stored, follow)


@asynccontextmanager
async def following(page: Callable[[], Awaitable[Sequence[UUID]]]) -> AsyncIterator[Followed]:
    """A reader beside the block; what it was given is known behind it."""
    reader, followed = Reader(page), Followed()
    reading = asyncio.create_task(reader.run())
    try:
        yield followed
        reader.ended.set()
        found = await reading
        followed.given, followed.different = found.given, found.different
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
