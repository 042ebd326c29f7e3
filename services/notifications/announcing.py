"""Turns announcements into notices, exactly once: who is meant becomes a fact before anybody is told."""

import logging
from typing import Final
from uuid import UUID

from services.notifications import queries
from services.notifications.categories import ANNOUNCEMENTS, COMPANIONS, NOTICES
from services.notifications.desk import Desk
from services.notifications.domain.announcement import Finish, Open, Planning, Resolve
from services.notifications.domain.companion import Accompanied
from services.notifications.domain.notice import Plan, notice_id
from services.notifications.people import Directory
from services.notifications.reactions import EMAIL
from shared.http.directory import DirectoryUnavailable
from shared.store.types import Store

BATCH: Final = 50

log = logging.getLogger(__name__)


class Announcer:
    def __init__(self, store: Store, desk: Desk, directory: Directory) -> None:
        self._store, self._desk, self._directory = store, desk, directory

    async def spread_all(self) -> int:
        """How many were finished; those that only people can resolve wait, the others do not wait for them."""
        finished = 0
        away: DirectoryUnavailable | None = None
        for id in await queries.unfinished(self._store, BATCH):
            try:
                finished += await self.spread(id)
            except DirectoryUnavailable as error:
                away = error
        if away:
            raise away
        return finished

    async def spread(self, id: UUID) -> bool:
        state = await self._desk.state(ANNOUNCEMENTS, id)
        if isinstance(state, Open):
            recipients = await self._recipients(state)
            if not recipients:
                log.warning("announcement %s (%s) concerns nobody people knows of", id, state.matter.topic)
            resolve = Resolve(recipients=recipients, at=self._desk.clock())
            state = (await self._desk.do(ANNOUNCEMENTS, id, resolve)).state
        if not isinstance(state, Planning):
            return False
        context = await self._desk.context(ANNOUNCEMENTS, id, Plan)
        for recipient in state.recipients:
            plan = Plan(recipient=recipient, channel=EMAIL, matter=state.matter, at=self._desk.clock())
            await self._desk.do(NOTICES, notice_id(state.message, recipient, EMAIL), plan, context)
        await self._desk.do(ANNOUNCEMENTS, id, Finish(at=self._desk.clock()))
        return True

    async def _recipients(self, state: Open) -> tuple[UUID, ...]:
        match state.audience:
            case "school":
                return tuple(await self._directory.leaders(state.matter.municipality, state.matter.school))
            case "tutor":
                if state.matter.route is None:
                    return ()
                companion = await self._desk.state(COMPANIONS, state.matter.route)
                return (companion.tutor,) if isinstance(companion, Accompanied) else ()
            case "municipality":
                return tuple(await self._directory.coordinators(state.matter.municipality))
            case "region":
                return tuple(await self._directory.centre())
