"""Carries a service's promises from its log to the broker, in order, each at least once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from aio_pika.abc import AbstractConnection
from pydantic import BaseModel

from shared.bus.ahead import Ahead
from shared.bus.connect import LONGEST_PAUSE, PATIENCE, connect
from shared.bus.envelope import CONTENT_TYPE, contract_of, envelope
from shared.bus.pipeline import Outgoing, Pipeline, Unconfirmed, Unroutable, outgoing
from shared.bus.topology import declare_common, routing_key
from shared.bus.trail import Trail
from shared.store.types import Moving, Recorded, Store
from shared.supervise import keep_running, told

READER = "relay"
WINDOW = 100  # messages under way
IDLE = 1.0  # seconds between looks at a log that does not move
SAVE_EVERY = 0.1  # seconds between checkpoints: each costs a flush to the disk
CLOSE_WITHIN = 1.0  # seconds: a connection that died silently never answers, and the next one waits for this

log = logging.getLogger(__name__)


class Relay:
    """Publishes what *publish* makes of each fact behind the checkpoint; None is a private fact.

    A fact may be published again after a crash, never skipped: the checkpoint moves only over a prefix that the broker
    has confirmed. For health: `connected`, `lag` (positions not yet confirmed), `unroutable` (alarms so far),
    `published`, `last_error` ("" while all is well).
    """

    def __init__(
        self,
        store: Store,
        moving: Moving,
        publish: Callable[[Recorded[Any]], BaseModel | None],
        url: str,
        service: str,
        *,
        window: int = WINDOW,
        patience: float = PATIENCE,
    ) -> None:
        self.connected = False
        self.last_error = ""
        self.unroutable = 0
        self.published = 0
        self.position = 0
        self._store = store
        self._moving = moving
        self._publish = publish
        self._trail = Trail(store, publish)
        self._url = url
        self._service = service
        self._window = window
        self._patience = patience
        self._saved = 0
        self._saved_at = 0.0

    @property
    def lag(self) -> int:
        return max(0, self._moving.position - self.position)

    async def run(self) -> None:
        """Relay for ever; a lost connection or store is tried again with growing pauses."""
        await keep_running("relay", self._session, most=LONGEST_PAUSE, failed=self._failed)

    def _failed(self, reason: str) -> None:
        self.last_error = reason

    async def _session(self) -> None:
        """One connection's life: from the checkpoint on, until something breaks."""
        self._saved = self.position = await self._store.checkpoint(READER)
        self._saved_at = time.monotonic()
        connection = await connect(self._url)
        try:
            async with asyncio.timeout(PATIENCE):
                channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            await declare_common(channel)
            pipeline = Pipeline(channel, self.position, window=self._window, patience=self._patience)
            self.connected = True
            try:
                await self._follow(pipeline, connection)
            finally:
                self.connected = False
                await pipeline.close()
                await self._save(pipeline)
        except Unroutable as error:
            self.unroutable += 1
            log.error("ALARM: %s; the topology is declared again and the message is retried", error)
            raise
        finally:
            await _close(connection)

    async def _follow(self, pipeline: Pipeline, connection: AbstractConnection) -> None:
        """New facts are sent while earlier ones still await their confirm; nothing here waits for the one to end."""
        ahead = Ahead(self._store, pipeline.confirmed)
        try:
            while not connection.is_closed:
                last = await self._moving.wait_beyond(ahead.read, IDLE if self._saved == ahead.read else SAVE_EVERY)
                page = await ahead.page() if last > ahead.read else []
                await self._trail.meet(page)
                for fact in page:
                    await pipeline.put(fact.position or 0, await self._made(fact))
                pipeline.advance()
                self._look(pipeline)
                if time.monotonic() - self._saved_at > SAVE_EVERY:
                    await self._save(pipeline)
            raise Unconfirmed("the connection to the broker is closed")
        finally:
            await ahead.close()

    def _look(self, pipeline: Pipeline) -> None:
        self.position = pipeline.confirmed
        if pipeline.published or not self.lag:
            self.last_error = ""
        self.published += pipeline.published
        pipeline.published = 0

    async def _save(self, pipeline: Pipeline) -> None:
        self._look(pipeline)
        if self.position > self._saved:
            await self._store.move_checkpoint(READER, self.position)
            self._saved = self.position
            self._saved_at = time.monotonic()

    async def _made(self, fact: Recorded[Any]) -> Outgoing | None:
        promise = self._publish(fact)
        follows = await self._trail.follows(fact, promise)
        if promise is None:
            return None
        contract = contract_of(promise)
        key = routing_key(contract, getattr(promise, "municipality", None), getattr(promise, "school", None))
        return outgoing(key, str(fact.id), contract, CONTENT_TYPE, envelope(fact, promise, self._service, follows))


async def _close(connection: AbstractConnection) -> None:
    """A dying connection may refuse to close; it is left behind then, and its sockets go with its tasks."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN):
            await connection.close()
    except Exception as error:
        log.debug("closing the relay's connection: %s", told(error))
