"""What the bus benches share: notes as promises, a log full of them, and a broker's queue in a known state."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, ClassVar
from uuid import UUID, uuid4

from aio_pika.abc import AbstractChannel
from pydantic import BaseModel, ConfigDict

from bench.sample import Note, Noted, context, note, notes
from deploy.servers.admin import drop_database, make_database
from shared.bus.connect import connect
from shared.bus.hearing import Hearing, Wish
from shared.bus.topology import declare, inbox_queue
from shared.store.migrate import migrate
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from shared.store.types import Append, Heard, Recorded

SIGNER = Signer("bench", bytes(32))
WRITING, HEARING = "writing", "hearing"
NOTHING = "CREATE TABLE IF NOT EXISTS nothing (id uuid PRIMARY KEY)"


class NoteTaken(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    contract: ClassVar[str] = "writing.note_taken.v1"

    note_id: UUID
    number: int
    text: str = ""


def publish(fact: Recorded[Any]) -> BaseModel | None:
    if not isinstance(fact.event, Noted):
        return None
    return NoteTaken(note_id=fact.stream_id, number=fact.event.number, text=fact.event.text)


def hear(promise: NoteTaken, _: Heard) -> Iterable[Wish]:
    yield Wish(category=notes, id=promise.note_id, command=Note(number=promise.number, text=promise.text))


HEARINGS = (Hearing(reads=NoteTaken, react=hear),)


@asynccontextmanager
async def databases(admin: str, name: str) -> AsyncIterator[str]:
    """The address of a fresh, migrated database called *name*."""
    base = admin.rpartition("/")[0]
    await drop_database(admin, name)
    await make_database(admin, name)
    try:
        await migrate(f"{base}/{name}", None, NOTHING)
        yield f"{base}/{name}"
    finally:
        await drop_database(admin, name)


@asynccontextmanager
async def empty_inbox(broker: str) -> AsyncIterator[AbstractChannel]:
    """A confirming channel to a broker whose hearing service has an inbox with nothing in it."""
    connection = await connect(broker)
    try:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await declare(channel, HEARING, (NoteTaken.contract,))
        queue = await channel.get_queue(inbox_queue(HEARING), ensure=False)
        await queue.purge()
        yield channel
        await queue.purge()
    finally:
        await connection.close()


async def fill(store: PostgresStore, streams: int, versions: int = 1) -> None:
    """Append and place *versions* notes for each of *streams*; every stream has its first before one has its second."""
    asked, ids = context(), [notes.stream(uuid4()) for _ in range(streams)]
    for version in range(versions):
        for start in range(0, streams, 200):
            await asyncio.gather(
                *(
                    store.append(Append(stream=ids[n], expected=version, facts=[note(n)], context=asked))
                    for n in range(start, min(start + 200, streams))
                )
            )
    sequencer = Sequencer(store, SIGNER, origin="bench/filled")
    while sequencer.position < streams * versions:
        await sequencer.step()
    await sequencer.stop()
