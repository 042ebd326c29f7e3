"""The service's own clock: people are reminded of a last day that nears, and a passed one is marked (p. 1.9)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from services.routes import queries
from services.routes.categories import Routes
from services.routes.domain.calendar import local_day
from services.routes.domain.policy import Policies
from services.routes.domain.route.deadlines import MarkOverdue, RemindOfDeadline
from services.routes.domain.route.records import Actor
from shared.domain import Refusal
from shared.store.execute import Executor
from shared.store.types import Context, Store

AT_ONCE = 500
SERVICE = Actor(person=UUID(int=0), role="service")

Mark = MarkOverdue | RemindOfDeadline

log = logging.getLogger(__name__)


class Deadlines:
    """Looks every *seconds*; marking twice is silent, so any number of processes may look."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        routes: Routes,
        policies: Policies,
        clock: Callable[[], datetime],
        seconds: float,
    ) -> None:
        self._store = store
        self._executor = executor
        self._routes = routes
        self._policies = policies
        self._clock = clock
        self._seconds = seconds

    async def run(self) -> None:
        """For ever; the caller supervises."""
        while True:
            await self.look()
            await asyncio.sleep(self._seconds)

    async def look(self) -> int:
        """Mark and remind of what is due; returns how many."""
        now = self._clock()
        today = local_day(now, self._policies.zone)
        distances = self._policies.at(now).reminders
        overdue = MarkOverdue(by=SERVICE, at=now, today=today)
        remind = RemindOfDeadline(by=SERVICE, at=now, today=today)
        marked = await self._all(overdue, lambda: queries.passed(self._store, today, AT_ONCE))
        return marked + await self._all(remind, lambda: queries.near(self._store, today, distances, AT_ONCE))

    async def _all(self, command: Mark, find: Callable[[], Awaitable[list[UUID]]]) -> int:
        """Give the command to everything that is found, until nothing more is done by it."""
        done = 0
        while ids := await find():
            marked = sum([await self._mark(id, command) for id in ids])
            done += marked
            if not marked:
                break
        return done

    async def _mark(self, id: UUID, command: Mark) -> bool:
        name = type(command).__name__
        try:
            outcome = await self._executor.execute(self._routes, id, command, self._context(id, name, command.today))
        except Refusal as refusal:  # somebody extended or ended it in this moment
            log.info("%s of route %s: %s", name, id, type(refusal).__name__)
            return False
        return bool(outcome.facts)

    def _context(self, id: UUID, name: str, today: date) -> Context:
        now = self._clock()
        return Context(
            actor=None,
            role="service",
            scope="service:routes",
            command=uuid5(NAMESPACE_URL, f"{id}/{name}/{today}"),
            command_name=name,
            causation=None,
            correlation="",
            occurred_at=now,
            policy=self._policies.at(now).version,
        )
