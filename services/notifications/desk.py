"""How the office speaks to its streams: by whom, why, and until it is written."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from shared.store.execute import Executor, Outcome
from shared.store.types import Category, Context, StoreUnavailable
from shared.supervise import growing

LONGEST_PAUSE: Final = 5.0

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    executor: Executor
    clock: Callable[[], datetime]

    async def state(self, category: Category[C, S, E], id: UUID) -> S:
        state, _ = await self.executor.state(category, id)
        return state

    async def context(self, category: Category[Any, Any, Any], id: UUID, command: object) -> Context:
        """The service's own doing, because of the stream's first fact."""
        first = (await self.executor.history(category, id))[0]
        return Context(
            actor=None,
            role="service",
            scope="service:notifications",
            command=uuid4(),
            command_name=type(command).__name__,
            causation=str(first.id),
            correlation=first.context.correlation,
            trace=first.context.trace,
            occurred_at=self.clock(),
            policy=first.context.policy,
        )

    async def do(self, category: Category[C, S, E], id: UUID, command: C, context: Context | None = None) -> Outcome[S]:
        """Run it once; the caller hears of a store that does not answer."""
        return await self.executor.execute(category, id, command, context or await self.context(category, id, command))

    async def insist(self, category: Category[C, S, E], id: UUID, command: C) -> Outcome[S]:
        """Run it until the store answers: what it records has happened in the world and is known only here."""
        pause = growing(0.1, LONGEST_PAUSE)
        while True:
            try:
                return await self.do(category, id, command)
            except (StoreUnavailable, OSError) as error:
                log.warning("%s of %s is not recorded yet: %s", type(command).__name__, id, type(error).__name__)
            await asyncio.sleep(pause())
