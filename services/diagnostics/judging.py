"""The service's reaction to its own scores: a scored session of a route is noted in that route's comparison."""

from services.diagnostics.categories import COMPARISONS
from services.diagnostics.domain.comparison import noting
from services.diagnostics.domain.dynamics import Policy
from services.diagnostics.domain.session_facts import SessionScored
from services.diagnostics.following import Follower, note
from shared.store.execute import Executor
from shared.store.types import Recorded


def judge(policy: Policy) -> Follower:
    async def react(executor: Executor, fact: Recorded[SessionScored]) -> None:
        wish = noting(fact.stream_id, fact.event, policy)
        if wish is not None:
            await note(executor, COMPARISONS, *wish, fact, policy.version)

    return Follower("diagnostics.judging", frozenset({"session.session_scored"}), react)
