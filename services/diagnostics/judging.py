"""The service's reaction to its own facts: a scored session of a route is noted in that route's comparison.

It follows the log from a checkpoint, so a crash between the score and the verdict only delays the verdict.
"""

from uuid import uuid5

from services.diagnostics.categories import COMPARISONS
from services.diagnostics.domain.comparison import noting
from services.diagnostics.domain.dynamics import Policy
from services.diagnostics.domain.session import SessionScored
from shared.store.execute import Executor
from shared.store.types import Context, Moving, Recorded, Store

READER = "diagnostics.judging"
SCORED = frozenset({"session.session_scored"})


async def follow(store: Store, executor: Executor, log: Moving, policy: Policy) -> None:
    """Note every scored session for ever; the caller supervises."""
    while True:
        reached = log.position
        await catch_up(store, executor, policy)
        await log.wait_beyond(reached, within=5)


async def catch_up(store: Store, executor: Executor, policy: Policy) -> None:
    """Note what was scored since the checkpoint. Noting twice is silent, so the checkpoint may lag."""
    position = await store.checkpoint(READER)
    while facts := await store.read_log(position, kinds=SCORED):
        for fact in facts:
            await _note(executor, fact, policy)
        position = facts[-1].position or position
        await store.move_checkpoint(READER, position)


async def _note(executor: Executor, fact: Recorded[SessionScored], policy: Policy) -> None:
    wish = noting(fact.stream_id, fact.event, policy)
    if wish is None:
        return
    id, command = wish
    context = Context(
        actor=None,
        role="service",
        scope="service:diagnostics",
        command=uuid5(fact.id, "note"),
        command_name="note",
        causation=str(fact.id),
        correlation=fact.context.correlation,
        trace=fact.context.trace,
        occurred_at=command.at,
        policy=policy.version,
    )
    await executor.execute(COMPARISONS, id, command, context)
