"""Messages a service could not take: looked at, and given back to it once the cause is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.bus.connect import PATIENCE, connect
from shared.bus.envelope import Unreadable, parse
from shared.bus.topology import dead_queue, inbox_queue

MOST = 1000  # letters held in hand at once


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message as its reader left it; `reason` is the broker's: rejected, or delivery_limit."""

    id: str
    service: str
    contract: str
    subject: str
    reason: str
    died_at: str
    readable: bool
    body: bytes


async def list_dead(url: str, service: str, limit: int = MOST) -> list[DeadLetter]:
    """The oldest *limit* letters; while they are looked at, nobody else sees them."""
    async with _channel(url) as channel:
        return [_letter(service, message) async for message in _held(channel, service, limit)]


async def show_dead(url: str, service: str, id: str) -> DeadLetter | None:
    """The letter with this message id."""
    return next((letter for letter in await list_dead(url, service) if letter.id == id), None)


async def replay_dead(
    url: str, service: str, wanted: Callable[[DeadLetter], bool] = lambda _: True, limit: int = MOST
) -> int:
    """Give the wanted letters back to the service that refused them, to nobody else; how many there were.

    A letter is removed only after the broker has confirmed its copy in the inbox; a crash between leaves both, and the
    inbox drops the second.
    """
    async with _channel(url) as channel:
        replayed = 0
        async for message in _held(channel, service, limit):
            if not wanted(_letter(service, message)):
                continue
            async with asyncio.timeout(PATIENCE):
                await channel.default_exchange.publish(_fresh(message), inbox_queue(service), mandatory=True)
                await message.ack()
            replayed += 1
        return replayed


@asynccontextmanager
async def _channel(url: str) -> AsyncIterator[AbstractChannel]:
    """Closing the connection gives back every letter that was looked at and not removed."""
    connection = await connect(url)
    try:
        async with asyncio.timeout(PATIENCE):
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        yield channel
    finally:
        async with asyncio.timeout(PATIENCE):
            await connection.close()


async def _held(channel: AbstractChannel, service: str, limit: int) -> AsyncIterator[AbstractIncomingMessage]:
    try:
        queue = await channel.declare_queue(dead_queue(service), passive=True, timeout=PATIENCE)
    except ChannelNotFoundEntity:
        return  # never declared: nobody has died there
    for _ in range(limit):
        message = await queue.get(fail=False, timeout=PATIENCE)
        if message is None:
            return
        yield message


def _letter(service: str, message: AbstractIncomingMessage) -> DeadLetter:
    died: list[Any] = message.headers.get("x-death") or [{}]  # type: ignore[assignment]
    try:
        read = parse(message.body)
    except Unreadable:
        read = None
    return DeadLetter(
        id=read.id if read else message.message_id or "",
        service=service,
        contract=read.type if read else message.type or "",
        subject=read.subject if read else "",
        reason=str(died[0].get("reason", "")),
        died_at=str(died[0].get("time", "")),
        readable=read is not None,
        body=message.body,
    )


def _fresh(message: AbstractIncomingMessage) -> Message:
    """The original without the marks of its death, which would count against it a second time."""
    return Message(
        message.body,
        headers={key: value for key, value in message.headers.items() if not key.startswith("x-")},
        content_type=message.content_type,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=message.message_id,
        type=message.type,
    )
