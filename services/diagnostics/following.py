"""How the service follows its own log: from a checkpoint, so that a crash only delays what follows from a fact.

The effects are silent when they come twice, so the checkpoint may lag.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid5

from shared.store.execute import Executor
from shared.store.types import Category, Context, Moving, Recorded, Store

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Follower:
    """Who reads which facts, and what is done about each."""

    reader: str
    kinds: frozenset[str]
    react: Callable[[Executor, Recorded[Any]], Awaitable[None]]


async def follow(store: Store, executor: Executor, log: Moving, follower: Follower) -> None:
    """React for ever; the caller supervises."""
    while True:
        reached = log.position
        await catch_up(store, executor, follower)
        await log.wait_beyond(reached, within=5)


async def catch_up(store: Store, executor: Executor, follower: Follower) -> None:
    """React to everything since the checkpoint."""
    position = await store.checkpoint(follower.reader)
    while facts := await store.read_log(position, kinds=follower.kinds):
        for fact in facts:
            await follower.react(executor, fact)
        position = facts[-1].position or position
        await store.move_checkpoint(follower.reader, position)


async def note(
    executor: Executor, category: Category[C, Any, Any], id: UUID, command: C, cause: Recorded[Any], policy: str
) -> None:
    """Give a command of the service's own, caused by a fact."""
    context = Context(
        actor=None,
        role="service",
        scope="service:diagnostics",
        command=uuid5(cause.id, f"note:{category.stream(id)}"),
        command_name="note",
        causation=str(cause.id),
        correlation=cause.context.correlation,
        trace=cause.context.trace,
        occurred_at=cause.context.occurred_at,
        policy=policy,
    )
    await executor.execute(category, id, command, context)
