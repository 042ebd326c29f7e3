"""The service's reaction to its own results: whatever a procedure gave is noted in the teacher's diagnostic."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from services.diagnostics.categories import DIAGNOSTICS
from services.diagnostics.domain.appraisal_facts import AppraisalConcluded
from services.diagnostics.domain.conduct import Conduct
from services.diagnostics.domain.diagnostic import (
    Finding,
    NoteFinding,
    Whose,
    diagnostic_id,
    of_appraisal,
    of_session,
)
from services.diagnostics.domain.outside import ResultsImported, found
from services.diagnostics.domain.session_facts import SessionScored
from services.diagnostics.following import Follower, note
from shared.store.execute import Executor
from shared.store.types import Recorded

KINDS = frozenset({"session.session_scored", "appraisal.appraisal_concluded", "import.results_imported"})


def gather(conduct: Conduct, zone: tzinfo) -> Follower:
    async def react(executor: Executor, fact: Recorded[Any]) -> None:
        for whose, finding in findings(fact, zone):
            command = wish(whose, finding, conduct, fact.event.at)
            await note(executor, DIAGNOSTICS, diagnostic_id(whose), command, fact, conduct.version)

    return Follower("diagnostics.gathering", KINDS, react)


def wish(whose: Whose, finding: Finding, conduct: Conduct, at: datetime) -> NoteFinding:
    return NoteFinding(whose=whose, finding=finding, precedence=conduct.precedence, policy=conduct.version, at=at)


def findings(fact: Recorded[Any], zone: tzinfo) -> Iterator[tuple[Whose, Finding]]:
    """Days are those of the region's calendar."""
    day = fact.event.at.astimezone(zone).date()
    match fact.event:
        case SessionScored() as scored:
            yield of_session(fact.stream_id, scored, day)
        case AppraisalConcluded() as concluded:
            yield of_appraisal(fact.stream_id, concluded, day)
        case ResultsImported(results=results):
            yield from map(found, results)
