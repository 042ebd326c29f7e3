"""Judges a world that has recovered: waits until it is quiet, then lets every invariant look at what is there.

    findings = await check(world)          # [] when all is well
    assert names(findings) == set()

The conditions of quiet: every process ready; no fact without a position; every checkpoint signed; the relay at the
log's end; the inbox empty, with nothing in hand. A message of our own, sent through the inbox behind all others, tells
that the reader has been given everything before it.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
from aio_pika import Message
from aio_pika.abc import AbstractChannel

from shared.bus.connect import connect
from shared.bus.topology import dead_queue, inbox_queue
from tests.faults.invariants import INVARIANTS
from tests.faults.snapshot import View, take
from tests.faults.world import SERVICES, NotInTime, World, until

SETTLED_SQL = """SELECT NOT EXISTS (SELECT FROM pending)
    AND coalesce((SELECT max(position) FROM log), 0) = (SELECT count(*) FROM facts)
    AND coalesce((SELECT max(size) FROM tree_heads), 0) = (SELECT count(*) FROM facts)
    AND coalesce((SELECT position FROM checkpoints WHERE reader = 'relay'), 0) = (SELECT count(*) FROM facts)"""


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold, and one example of it."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


def names(findings: list[Finding]) -> set[str]:
    return {finding.invariant for finding in findings}


async def check(world: World) -> list[Finding]:
    """Every finding after quiet, or after the world's patience without it, which is a finding too: "quiet"."""
    findings = []
    try:
        await quiet(world, world.patience)
    except NotInTime as problem:
        findings.append(Finding("quiet", str(problem)))
    return findings + judge(await take(world))


def judge(view: View) -> list[Finding]:
    return [Finding(name, what) for name, invariant in INVARIANTS.items() for what in invariant(view)]


async def quiet(world: World, within: float) -> None:
    """Return when nothing moves any more; raises NotInTime, which says what still does."""
    end = time.monotonic() + within
    await world.ready(within=within)
    for service in SERVICES:
        connection = await asyncpg.connect(world.urls[service], timeout=10)
        try:

            async def settled(connection: Any = connection) -> bool:
                return bool(await connection.fetchval(SETTLED_SQL))

            # Hearing's log still grows until its inbox is empty: it is looked at again behind the inbox.
            await until(settled, f"{service}: log, checkpoint and relay at the last fact", end - time.monotonic())
            if service == "writing":
                await inbox_empty(world, end)
        finally:
            await connection.close(timeout=10)


async def inbox_empty(world: World, end: float) -> None:
    """Every message that stood in the inbox has been given to the reader and is done with."""
    connection = await connect(world.broker)
    try:
        channel = await connection.channel()
        readers = [name for name in world.names if name.startswith("hearing")]

        async def seen() -> tuple[int, int]:
            """Fences that the readers met so far, and messages in their hands."""
            told = [await world.status(reader) for reader in readers]
            return sum(status.get("unread", 0) for status in told), sum(status.get("in_hand", 1) for status in told)

        before, _ = await seen()

        async def passed() -> bool:
            fences, in_hand = await seen()
            return fences > before and not in_hand

        await fence(channel)
        await until(passed, "nothing in hand, inbox read", end - time.monotonic())

        async def empty() -> bool:
            return await ready_messages(channel, inbox_queue("hearing")) == 0

        await until(empty, "the inbox is empty", end - time.monotonic())
    finally:
        await connection.close()


async def fence(channel: AbstractChannel) -> None:
    """A message nobody has a hearing for: it is acknowledged unread, and counted."""
    body = {
        "specversion": "1.0", "id": str(uuid4()), "source": "/tests", "type": "tests.fence.v1", "subject": "fence-1",
        "time": "2026-01-09T12:00:00Z", "streamversion": 1, "data": {},
    }  # fmt: skip
    message = Message(msgspec.json.encode(body))
    await channel.default_exchange.publish(message, inbox_queue("hearing"), mandatory=True)


async def ready_messages(channel: AbstractChannel, queue: str) -> int:
    declared = await channel.declare_queue(queue, passive=True)
    return declared.declaration_result.message_count or 0


async def drained(world: World) -> list[Finding]:
    """Stops the readers, so that what they were given and never acknowledged comes back, and counts what is there.

    Only at the end of an experiment: nobody reads afterwards.
    """
    for name in [name for name in world.names if name.startswith("hearing")]:
        world.stop(name)
    connection = await connect(world.broker)
    try:
        channel = await connection.channel()
        left = await ready_messages(channel, inbox_queue("hearing"))
        dead = await ready_messages(channel, dead_queue("hearing"))
    finally:
        await connection.close()
    findings = [Finding("queues_drained", f"{left} messages are left in the inbox")] if left else []
    if dead != len(world.ledger.traps) + world.ledger.poison:
        findings.append(Finding("queues_drained", f"{dead} dead letters"))
    return findings
