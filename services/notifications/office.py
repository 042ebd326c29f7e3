"""The office: it works through announcements and notices for ever, and waits when people or the mail server is away."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.notifications import queries
from services.notifications.announcing import Announcer
from services.notifications.delivery import Courier, NotYet
from services.notifications.desk import Desk
from shared.http.directory import DirectoryUnavailable
from shared.mail.post import Post, ServerAway
from shared.store.types import Moving, Store
from shared.supervise import growing

BATCH: Final = 50
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
LONGEST_DEFERRAL: Final = 600.0
LOOK: Final = 2.0  # seconds between two looks when nothing moves

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Deferral:
    """A notice that has no address yet and must not stand in the way of the others."""

    pause: float
    until: float


class Office:
    def __init__(
        self, store: Store, desk: Desk, announcer: Announcer, courier: Courier, post: Post, doubt_after: timedelta
    ) -> None:
        self._store, self._desk, self._post = store, desk, post
        self._announcer, self._courier, self._doubt_after = announcer, courier, doubt_after
        self._deferred: dict[UUID, Deferral] = {}

    async def run(self, moving: Moving) -> None:
        """Work for ever; the caller supervises, and starts it again when the store was away."""
        pause = growing(FIRST_PAUSE, LONGEST_PAUSE)
        try:
            while True:
                reached = moving.position
                try:
                    done = await self.round()
                except (DirectoryUnavailable, ServerAway) as error:
                    seconds = pause()
                    log.warning("%s (%s): notices wait %.1f s", type(error).__name__, error, seconds)
                    await asyncio.sleep(seconds)
                    continue
                pause = growing(FIRST_PAUSE, LONGEST_PAUSE)
                if done < BATCH:
                    await moving.wait_beyond(reached, within=LOOK)
        finally:
            await self._post.leave()

    async def round(self) -> int:
        """One pass over everything whose time has come; how many notices went out.

        What waits for people does not hold up what does not: the first reason to wait is raised at the end.
        """
        waits: list[Exception] = []
        sent = 0
        for step in (self._doubt, self._suppress, self._announce, self._send):
            sent += await self._tried(step, waits)
        if waits:
            raise waits[0]
        return sent

    async def _tried(self, step: Callable[[], Awaitable[int]], waits: list[Exception]) -> int:
        try:
            return await step()
        except (DirectoryUnavailable, ServerAway) as error:
            waits.append(error)
            return 0

    async def _doubt(self) -> int:
        before = self._desk.clock() - self._doubt_after
        for id in await queries.stale(self._store, before, BATCH):
            if await self._courier.judge(id):
                log.warning("notice %s is in doubt: its sending was never finished", id)
        return 0

    async def _suppress(self) -> int:
        for id in await queries.unwelcome(self._store, BATCH):
            await self._courier.deliver(id)
        return 0

    async def _announce(self) -> int:
        await self._announcer.spread_all()
        return 0

    async def _send(self) -> int:
        now = time.monotonic()
        passing_over = [id for id, deferral in self._deferred.items() if deferral.until > now]
        sent = 0
        for id in await queries.pending(self._store, self._desk.clock(), passing_over, BATCH):
            try:
                sent += await self._courier.deliver(id)
            except NotYet as reason:
                self._defer(id, str(reason))
            else:
                self._deferred.pop(id, None)
        return sent

    def _defer(self, id: UUID, reason: str) -> None:
        before = self._deferred.get(id)
        pause = min(before.pause * 2, LONGEST_DEFERRAL) if before else 2.0
        self._deferred[id] = Deferral(pause=pause, until=time.monotonic() + pause)
        log.warning("notice %s waits %.0f s: %s", id, pause, reason)
