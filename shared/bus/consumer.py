"""A service's attachment to its inbox: FastStream's subscriber, watched over, and rebuilt when it has died."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Coroutine, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any, cast

import aiormq
from aio_pika import IncomingMessage
from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection
from aio_pika.exceptions import AMQPError
from faststream.message import StreamMessage
from faststream.middlewares import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.rabbit.schemas.queue import QueueType

from shared.bus.acks import Acks
from shared.bus.connect import LONGEST_PAUSE, PATIENCE, addresses
from shared.bus.envelope import contract_of
from shared.bus.hearing import Executes, Hearing, Listener, Wish
from shared.bus.suspects import SUSPECT, Suspects, deliveries
from shared.bus.topology import declare, inbox_queue
from shared.bus.turns import Abandoned
from shared.supervise import Plain, keep_running, told

__all__ = ["Consumers", "Hearing", "Wish"]

PREFETCH = 64
LOOK_EVERY = 5.0  # seconds between the watchdog's looks
ATTACH = 15.0  # seconds for all that comes before the first message
SILENCE = 30.0  # seconds without a message while some are waiting
FLUSH = 0.5  # seconds for the last acknowledgements: a dead connection may never say that it took them
HASTE = 1.0  # seconds for each step of leaving a connection that is at fault: it may never answer
GRACE = 3.0  # seconds for handlers to finish when the connection is given up
log = logging.getLogger(__name__)


class Lost(Plain):
    """The consumer is no longer served by the broker."""


class Consumers:
    """Hears for one service; `run` never ends.

    For health: `attached`, `last_received`, `in_hand` (messages being handled), `last_error`, and the listener's
    `refused`, `rejected`, `unread`, `gaps`. Of several processes the broker gives everything to one; the others are
    attached too, stand by, and are given what that one leaves behind.
    """

    def __init__(
        self,
        url: str,
        service: str,
        executor: Executes,
        hearings: Sequence[Hearing],
        *,
        prefetch: int = PREFETCH,
        look_every: float = LOOK_EVERY,
        silence: float = SILENCE,
    ) -> None:
        self.attached = False
        self.last_received: datetime | None = None
        self.in_hand = 0
        self.listener = Listener(service, executor, hearings)
        self._addresses = itertools.cycle(addresses(url))
        self._service = service
        self._contracts = tuple(contract_of(hearing.reads) for hearing in hearings)
        self._prefetch = prefetch
        self._look_every = look_every
        self._silence = silence
        self._acks = Acks()
        self._suspects = Suspects()
        self._empty_handed = asyncio.Event()
        self._empty_handed.set()
        self._active_at = 0.0
        self._waiting = 0  # messages at the last look
        self._problem = ""

    @property
    def last_error(self) -> str:
        return self._problem or self.listener.last_error

    async def run(self) -> None:
        """Stay attached for ever; a service that hears nothing has nothing to attach to."""
        if not self._contracts:
            self.attached = True
            await asyncio.Event().wait()
        await keep_running("consumers", self._session, most=LONGEST_PAUSE, failed=self._failed)

    def _failed(self, reason: str) -> None:
        self._problem = reason

    async def _session(self) -> None:
        """One connection's life. The library's own healing is cut short: it may come back without its consumers."""
        lost = asyncio.Event()
        self._acks = Acks()
        self.listener.leaving.clear()
        broker = self._broker(lost)
        connection: AbstractRobustConnection | None = None
        try:
            async with asyncio.timeout(ATTACH):  # a queue without a leader answers nobody, and says nothing
                connection = await broker.connect()
                channel = await connection.channel(publisher_confirms=False)
                await declare(channel, self._service, self._contracts)
                await _hear_of_the_end(broker, lost)
                await broker.start()
            self.attached, self._problem = True, ""
            await self._watch(channel, lost)
        finally:
            self.attached = False
            self.listener.leave()
            stopping = (task := asyncio.current_task()) is not None and task.cancelling() > 0
            if stopping and not lost.is_set():
                await _within(GRACE + FLUSH, self._finish())
            # The library would cancel its consumer first; the broker then gives back what is on its way to it before
            # what came earlier, and the next reader meets a subject's messages out of order.
            if connection is not None:
                await _within(PATIENCE if stopping else HASTE, connection.close())
            await _within(GRACE + PATIENCE if stopping else HASTE, broker.stop())

    async def _finish(self) -> None:
        """Let the messages in hand have their effect, and say so, while there is a connection to say it on."""
        await self._empty_handed.wait()
        await self._acks.flush()

    def _broker(self, lost: asyncio.Event) -> RabbitBroker:
        def closed(*_: object) -> None:
            lost.set()

        broker = RabbitBroker(
            next(self._addresses),
            timeout=PATIENCE,
            default_channel=Channel(prefetch_count=self._prefetch, publisher_confirms=False),
            graceful_timeout=GRACE,
            on_close=[closed],
            apply_types=False,
            logger=None,  # its log of every message costs a third of the throughput
        )
        queue = RabbitQueue(inbox_queue(self._service), queue_type=QueueType.QUORUM, declare=False)
        subscribe = broker.subscriber(queue, ack_policy=AckPolicy.MANUAL, decoder=_whole, no_reply=True)
        subscribe(self._receive)
        return broker

    async def _receive(self, message: StreamMessage[IncomingMessage]) -> None:
        """Called by FastStream, concurrently up to the prefetch; must not raise, for nobody would see it."""
        if self.listener.leaving.is_set():
            return  # it stays with the broker, behind what is in hand
        self._active()
        acks = self._acks  # a later connection counts its messages anew
        self.last_received = datetime.now(UTC)
        self.in_hand += 1
        self._empty_handed.clear()
        try:
            await self._take(message, acks)
        except (Abandoned, AMQPError) as error:
            # The broker gives the message again; what was committed is known by the inbox.
            log.debug("message %s was not acknowledged: %s", message.message_id, told(error))
        except Exception as error:
            self._problem = told(error)
            log.error("message %s was not acknowledged: %s", message.message_id, self._problem)
        finally:
            self.in_hand -= 1
            if not self.in_hand:
                self._empty_handed.set()
            self._active()

    async def _take(self, message: StreamMessage[IncomingMessage], acks: Acks) -> None:
        raw = message.raw_message
        suspect = deliveries(raw) >= SUSPECT
        async with self._suspects.turn(raw) if suspect else nullcontext() as company:
            if await self.listener.hear(message.body, f"message {message.message_id}", company):
                acks.done(raw)
            else:
                await message.reject()
                acks.rejected(raw)
            if suspect:
                await acks.flush()  # the next one may be the end of this process

    def _active(self) -> None:
        self._active_at = time.monotonic()

    async def _watch(self, channel: AbstractRobustChannel, lost: asyncio.Event) -> None:
        self._active()
        unknown = 0
        while True:
            try:
                async with asyncio.timeout(self._look_every):
                    await lost.wait()
                raise Lost("the broker closed the connection or took the consumer off")
            except TimeoutError:
                unknown = 0 if await self._look(channel) or not self._idle(self._look_every) else unknown + 1
            if unknown == 2:
                raise Lost("the broker knows no consumer of the inbox")

    async def _look(self, channel: AbstractRobustChannel) -> bool:
        """Ask the broker over the very connection the consumer uses: a hanging one shows itself here too.

        False when it knows no consumer; a busy quorum queue says so too, instead of saying that it has no time.
        """
        async with asyncio.timeout(PATIENCE):
            # The channel below the library's: that one answers from what it once declared, without asking anybody.
            below = cast(aiormq.Channel, await channel.get_underlay_channel())
            found = await below.queue_declare(inbox_queue(self._service), passive=True)
        before, self._waiting = self._waiting, found.message_count or 0
        if self._waiting < before:
            self._active()  # somebody is given them: this process, or the one that it stands by for
        if self._waiting and self._idle(self._silence) and self.in_hand < self._prefetch:
            raise Lost(f"{self._waiting} messages wait and none was received for {self._silence:.0f} s")
        return bool(found.consumer_count)

    def _idle(self, seconds: float) -> bool:
        return time.monotonic() - self._active_at > seconds


async def _whole(message: StreamMessage[IncomingMessage]) -> StreamMessage[IncomingMessage]:
    """No decoding by content type: the handler reads the bytes itself, and says so when it cannot."""
    return message


async def _hear_of_the_end(broker: RabbitBroker, lost: asyncio.Event) -> None:
    """Of the consumer's channel or of the consumer alone, while the connection lives.

    The library would heal them by itself: on a channel that counts its messages from 1 again, where one acknowledgement
    takes others with it that are not done; and at a queue that has lost its bindings.
    """
    channel = await broker.config.channel_manager.get_channel()
    below = cast(aiormq.Channel, await channel.get_underlay_channel())
    below.closing.add_done_callback(lambda _: lost.set())
    below.on_consumer_cancel_callbacks.add(lambda _: lost.set())


async def _within(seconds: float, step: Coroutine[Any, Any, None]) -> None:
    """A step of leaving, in a task of its own: a dying connection cancels whoever waits on it, and others follow."""
    task = asyncio.create_task(step)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        task.cancel()
    if task.done() and not task.cancelled() and (error := task.exception()):
        log.debug("leaving the broker: %s", told(error))
