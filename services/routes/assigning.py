"""The service's own hand: methodists named for a teacher are assigned to the teacher's routes, one command a route.

A teacher is listed before there is a route, so whoever names a methodist cannot name the route. What is due is read of
the tables: it needs no memory, may be looked for by any number of processes, and is done again after a crash.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from services.routes import queries
from services.routes.categories import Routes, Supports
from services.routes.domain.policy import Policies
from services.routes.domain.route.accompanying import AssignMethodist
from services.routes.domain.route.records import Actor
from services.routes.domain.rule import Command
from services.routes.domain.support import Fact, MethodistNamed, Named, NoteReached
from shared.domain import Refusal
from shared.store.execute import Executor
from shared.store.types import Context, Moving, Recorded, Store

AT_ONCE = 500
FIRST = (UUID(int=0), UUID(int=0))
SERVICE = Actor(person=UUID(int=0), role="service")

log = logging.getLogger(__name__)


class Assigner:
    """Looks when something has happened, at most every *seconds*."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        routes: Routes,
        supports: Supports,
        policies: Policies,
        clock: Callable[[], datetime],
        seconds: float,
    ) -> None:
        self._store = store
        self._executor = executor
        self._routes = routes
        self._supports = supports
        self._policies = policies
        self._clock = clock
        self._seconds = seconds

    async def run(self, moving: Moving) -> None:
        """For ever; the caller supervises."""
        while True:
            reached = moving.position
            await self.look()
            await asyncio.sleep(self._seconds)
            await moving.wait_beyond(reached)

    async def look(self) -> int:
        """Assign what is due; returns to how many routes. What is refused is passed over until the next look."""
        done, after = 0, FIRST
        while due := await queries.due(self._store, self._policies.zone, after, AT_ONCE):
            done += sum([await self._assign(support, route) for support, route in due])
            after = due[-1]
        return done

    async def _assign(self, id: UUID, route: UUID) -> bool:
        state, _ = await self._executor.state(self._supports, id)
        if not isinstance(state, Named) or state.recalled or route in state.reached:
            return False
        named = await self._naming(id)
        by = Actor(person=named.context.actor or SERVICE.person, role=named.context.role)
        at = self._clock()
        assign = AssignMethodist(by=by, at=at, methodist=state.heading.methodist)
        try:
            await self._executor.execute(self._routes, route, assign, self._because_of(named, route, assign))
        except Refusal as refusal:  # it ended in this moment
            log.info("the methodist of support %s is not for route %s: %s", id, route, type(refusal).__name__)
            return False
        note = NoteReached(by=SERVICE, at=at, route=route)
        await self._executor.execute(self._supports, id, note, self._because_of(named, route, note))
        return True

    async def _naming(self, id: UUID) -> Recorded[Fact]:
        """The fact by which the methodist was named last: on behalf of who did it, the route is changed."""
        history = await self._executor.history(self._supports, id)
        return next(fact for fact in reversed(history) if isinstance(fact.event, MethodistNamed))

    def _because_of(self, named: Recorded[Fact], route: UUID, command: Command) -> Context:
        ours = command.by == SERVICE
        name = type(command).__name__
        return Context(
            actor=None if ours else named.context.actor,
            role=command.by.role,
            scope="service:routes" if ours else named.context.scope,
            command=uuid5(named.id, f"{route}/{name}"),
            command_name=name,
            causation=str(named.id),
            correlation=named.context.correlation,
            trace=named.context.trace,
            occurred_at=command.at,
            policy=self._policies.at(command.at).version,
        )
