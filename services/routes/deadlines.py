"""The service's own clock: a route whose last day has passed is marked, once for that day (p. 1.9)."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from services.routes import queries
from services.routes.categories import Routes
from services.routes.domain.calendar import local_day
from services.routes.domain.route.accompanying import MarkOverdue
from services.routes.domain.route.records import Actor
from shared.domain import Refusal
from shared.store.execute import Executor
from shared.store.types import Context, Store

AT_ONCE = 500
SERVICE = UUID(int=0)

log = logging.getLogger(__name__)


class Deadlines:
    """Looks every *seconds*; marking twice is silent, so any number of processes may look."""

    def __init__(
        self, store: Store, executor: Executor, routes: Routes, clock: Callable[[], datetime], zone: str, seconds: float
    ) -> None:
        self._store = store
        self._executor = executor
        self._routes = routes
        self._clock = clock
        self._zone = zone
        self._seconds = seconds

    async def run(self) -> None:
        """For ever; the caller supervises."""
        while True:
            await self.look()
            await asyncio.sleep(self._seconds)

    async def look(self) -> int:
        """Mark what has become overdue; returns how many."""
        marked = 0
        now = self._clock()
        while ids := await queries.passed(self._store, local_day(now, self._zone), AT_ONCE):
            done = [await self._mark(id, now) for id in ids]
            marked += sum(done)
            if not any(done):
                break
        return marked

    async def _mark(self, id: UUID, now: datetime) -> bool:
        today = local_day(now, self._zone)
        command = MarkOverdue(by=Actor(person=SERVICE, role="service"), at=now, today=today)
        context = Context(
            actor=None,
            role="service",
            scope="service:routes",
            command=uuid5(NAMESPACE_URL, f"{id}/overdue/{today}"),
            command_name="MarkOverdue",
            causation=None,
            correlation="",
            occurred_at=now,
        )
        try:
            outcome = await self._executor.execute(self._routes, id, command, context)
        except Refusal as refusal:  # somebody extended or ended it in this moment
            log.info("route %s is not overdue: %s", id, type(refusal).__name__)
            return False
        return bool(outcome.facts)
