"""Publishing with confirms, many messages under way at once, and how far everything is confirmed."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import aiormq
from aio_pika import DeliveryMode
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import PublishError
from pamqp.commands import Basic

from shared.bus.topology import EVENTS
from shared.supervise import Plain

LONGEST = 5  # windows: how far the newest message may be ahead of the oldest that is not confirmed


class Unroutable(Plain):
    """The broker has no queue for a message: the topology is damaged, for the history stream takes everything."""


class Unconfirmed(Plain):
    """It is not known whether the broker has a message: the connection died or the answer did not come in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message ready for the wire."""

    routing_key: str
    body: bytes
    properties: Basic.Properties


def outgoing(routing_key: str, id: str, contract: str, content_type: str, body: bytes) -> Outgoing:
    properties = Basic.Properties(
        content_type=content_type,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=id,
        correlation_id=id,  # where there is none, FastStream makes one up for every message it is given
        message_type=contract,
    )
    return Outgoing(routing_key=routing_key, body=body, properties=properties)


@dataclass(frozen=True, slots=True)
class Underway:
    """A position on its way; without a task there is nothing to send. One clock is cheaper than a timer for each."""

    position: int
    since: float
    task: asyncio.Task[None] | None


class Pipeline:
    """At most *window* messages under way on one channel, put on the wire in the order given.

    A broker confirms out of turn; whatever it has confirmed makes room, so that one that is late does not hold up many.
    `confirmed` is the highest position up to which everything is confirmed or was nothing to publish. Until the first
    confirm only one message is under way, so that a broker that accepts connections but blocks publishers is not fed a
    window of duplicates at every attempt. Any failure is final: the owner makes a new channel, starting at `confirmed`.
    """

    def __init__(self, channel: AbstractChannel, confirmed: int, *, window: int, patience: float) -> None:
        self.confirmed = confirmed
        self.published = 0
        self._channel = channel
        self._window = window
        self._patience = patience
        self._room = 1
        self._unconfirmed = 0
        self._answered = asyncio.Event()
        self._underway: deque[Underway] = deque()

    async def put(self, position: int, out: Outgoing | None) -> None:
        """Send when there is room; None is a position at which nothing is to be sent."""
        while self._unconfirmed >= self._room or len(self._underway) >= LONGEST * self._window:
            await self._await_answer()
        self._underway.append(Underway(position, time.monotonic(), self._sent(out) if out else None))
        self.advance()

    def advance(self) -> None:
        """Note what was confirmed meanwhile; raises what went wrong with a message."""
        while self._underway:
            oldest = self._underway[0]
            if oldest.task is not None:
                if not oldest.task.done():
                    if time.monotonic() - oldest.since > self._patience:
                        raise Unconfirmed(f"no confirm within {self._patience:g} s: the broker is blocked or gone")
                    return
                if oldest.task.cancelled():  # a dying channel cancels those who wait on it
                    raise Unconfirmed("the connection died")
                if error := oldest.task.exception():
                    raise error
                self._room = self._window
                self.published += 1
            self.confirmed = oldest.position
            self._underway.popleft()

    async def close(self) -> None:
        """Count what was confirmed to the last, and leave the rest."""
        with suppress(Exception):
            self.advance()
        tasks = [one.task for one in self._underway if one.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._underway.clear()

    def _sent(self, out: Outgoing) -> asyncio.Task[None]:
        task = asyncio.create_task(self._publish(out))
        task.add_done_callback(self._note_answer)
        self._unconfirmed += 1
        return task

    def _note_answer(self, _: asyncio.Task[None]) -> None:
        self._unconfirmed -= 1
        self._answered.set()

    async def _await_answer(self) -> None:
        """Any message's; the oldest one's patience is what ends the wait."""
        self._answered.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self._underway[0].since + self._patience - time.monotonic()) + 0.01):
                await self._answered.wait()
        self.advance()

    async def _publish(self, out: Outgoing) -> None:
        try:
            # The channel below aio-pika's lets go of its lock without a flush for each message.
            channel = cast(aiormq.Channel, await self._channel.get_underlay_channel())
            await channel.basic_publish(
                out.body,
                exchange=EVENTS,
                routing_key=out.routing_key,
                properties=out.properties,
                mandatory=True,
                wait=False,
            )
        except PublishError:
            raise Unroutable(f"no queue takes {out.routing_key}") from None
