"""Stage 2 of p. 2.3, diagnostic and motivational: what the teacher lacks, struggles with and asks to learn."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.diagnosing import (
    DeficitRecorded,
    DiagnosticResultRecorded,
    DifficultyRecorded,
    RequestRecorded,
)
from services.routes.domain.route.records import DeficitSource, DiagnosticResult
from services.routes.domain.route.rules import (
    TUTEE,
    Command,
    Rule,
    live,
    only,
    private,
    stage,
)
from services.routes.domain.route.state import State
from shared.domain import Refusal, message


@message
class RecordDiagnosticResult(Command):
    """The service of diagnostics scored a session of this route."""

    person: UUID
    result: DiagnosticResult


@message
class RecordDeficit(Command):
    deficit: UUID
    competency: str
    source: DeficitSource
    text: str


@message
class RecordDifficulty(Command):
    difficulty: UUID
    text: str


@message
class RecordRequest(Command):
    request: UUID
    text: str


class StrangersResult(Refusal):
    """The diagnostics were taken by somebody else than the tutee of this route."""

    clause = "2.8.5"


def record_result(command: RecordDiagnosticResult, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.person != route.whose.tutee:
        raise StrangersResult
    if any(known.session == command.result.session for known in route.plan.results):
        return []
    return [*stage(route, 2, command.at), DiagnosticResultRecorded(result=command.result, at=command.at)]


def record_deficit(command: RecordDeficit, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.deficit in route.plan.deficits:
        return []
    found = DeficitRecorded(
        deficit=command.deficit,
        competency=command.competency,
        source=command.source,
        text=private(route, command.text),
        at=command.at,
    )
    return [*stage(route, 2, command.at), found]


def record_difficulty(command: RecordDifficulty, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.difficulty in route.plan.difficulties:
        return []
    found = DifficultyRecorded(difficulty=command.difficulty, text=private(route, command.text), at=command.at)
    return [*stage(route, 2, command.at), found]


def record_request(command: RecordRequest, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.request in route.plan.requests:
        return []
    asked = RequestRecorded(request=command.request, text=private(route, command.text), at=command.at)
    return [*stage(route, 2, command.at), asked]


def finders(policy: Policy) -> frozenset[str]:
    return policy.diagnosing | {"tutee", "tutor"}


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        RecordDiagnosticResult: Rule("2.5", record_result, only("service"), ("2.8.5.1",)),
        RecordDeficit: Rule("2.8.3", record_deficit, finders, ("2.8.1.5", "2.8.3.4", "2.8.4.3")),
        RecordDifficulty: Rule("2.8.3", record_difficulty, finders, ("2.8.3.4", "2.8.4.5")),
        RecordRequest: Rule("2.5", record_request, TUTEE, ("2.8.5.2",)),
    }
)
