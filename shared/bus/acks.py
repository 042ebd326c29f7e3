"""Acknowledgements in bundles: a quorum queue settles a hundred messages in one frame as fast as a single one."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from shared.supervise import told

BUNDLE_SECONDS = 0.01

log = logging.getLogger(__name__)


class Settles(Protocol):
    """The part of a received message that is needed here; the broker counts `delivery_tag` from 1 for each channel."""

    @property
    def delivery_tag(self) -> int | None: ...

    async def ack(self, multiple: bool = False) -> None: ...


class Acks:
    """Acknowledges one channel's messages a moment after they are done with.

    Nothing is lost by the delay: a message whose acknowledgement did not reach the broker comes again, and the inbox
    knows it. Whatever is done in an unbroken row goes in one frame. A message that takes long does not hold up those
    behind it, or they would fill the prefetch window: they are acknowledged each by itself.
    """

    def __init__(self, seconds: float = BUNDLE_SECONDS) -> None:
        self._seconds = seconds
        self._settled = 0  # up to this tag the broker has heard of every message
        self._done: dict[int, Settles | None] = {}  # tag -> the message, None when the broker has heard of it
        self._flush: asyncio.Task[None] | None = None
        self._telling = asyncio.Lock()  # what one flush has told must not be told by another

    def done(self, message: Settles) -> None:
        """*message* has had its effect."""
        self._keep(message, message)

    def rejected(self, message: Settles) -> None:
        """The broker has already been told about *message*."""
        self._keep(message, None)

    def _keep(self, message: Settles, kept: Settles | None) -> None:
        if message.delivery_tag is None:
            raise ValueError("a message without a delivery tag cannot be acknowledged")
        self._done[message.delivery_tag] = kept
        if self._flush is None or self._flush.done():
            self._flush = asyncio.create_task(self._flush_soon(), name="acks")

    async def _flush_soon(self) -> None:
        try:
            while any(self._done.values()):  # more may be done while the broker is told
                await asyncio.sleep(self._seconds)
                await self.flush()
        except Exception as error:
            log.debug("messages were not acknowledged and will come again: %s", told(error))

    async def flush(self) -> None:
        """Tell the broker now; raises when the channel is gone."""
        async with self._telling:
            last = None
            while (tag := self._settled + 1) in self._done:
                last = self._done.pop(tag) or last
                self._settled = tag
            if last is not None:
                await last.ack(multiple=True)
            for tag, message in sorted(self._done.items()):
                if message is not None:
                    self._done[tag] = None
                    await message.ack()
