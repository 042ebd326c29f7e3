"""What diagnostics promises the rest of the suite: what was measured, never what was answered.

A v1 never changes; a v2 stands beside it.
"""

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.diagnostics.domain import appraisal_facts, comparison, diagnostic, session_facts
from shared.store.types import Recorded

Purpose = Literal["initial", "final"]
Kind = Literal["test", "self"]
Procedure = Literal["test", "self", "observation", "pupils", "interview", "own_work"]
Verdict = Literal["improved", "no_reliable_change", "declined", "not_comparable"]


class Promise(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(Promise):
    competency: str
    level: str
    theta: str
    se: str


class SessionAssigned(Promise):
    contract: ClassVar[str] = "diagnostics.session_assigned.v1"

    session_id: UUID
    person_id: UUID
    route_id: UUID | None
    purpose: Purpose
    instrument: str
    instrument_version: int
    municipality: str
    school: str
    assigned_at: AwareDatetime


class SessionScored(Promise):
    contract: ClassVar[str] = "diagnostics.session_scored.v1"

    session_id: UUID
    person_id: UUID
    route_id: UUID | None
    purpose: Purpose
    kind: Kind
    instrument: str
    instrument_version: int
    municipality: str
    school: str
    levels: tuple[Level, ...]
    scored_at: AwareDatetime


class DynamicsJudged(Promise):
    """`z` is empty when the two sessions are not comparable."""

    contract: ClassVar[str] = "diagnostics.dynamics_judged.v1"

    route_id: UUID
    person_id: UUID
    initial_session_id: UUID
    final_session_id: UUID
    verdict: Verdict
    theta_initial: str
    se_initial: str
    theta_final: str
    se_final: str
    z: str
    policy: str
    municipality: str
    school: str
    judged_at: AwareDatetime


class SessionWithdrawn(Promise):
    """An assigned session will not be taken: nobody is reminded of it any more."""

    contract: ClassVar[str] = "diagnostics.session_withdrawn.v1"

    session_id: UUID
    person_id: UUID
    route_id: UUID | None
    purpose: Purpose
    reason: Literal["mistake", "postponed", "declined", "left", "other"]
    municipality: str
    school: str
    withdrawn_at: AwareDatetime


class AppraisalAssigned(Promise):
    """Experts are asked to rate a lesson, pupils' results, own work or an interview."""

    contract: ClassVar[str] = "diagnostics.appraisal_assigned.v1"

    appraisal_id: UUID
    person_id: UUID
    route_id: UUID | None
    rater_ids: tuple[UUID, ...]
    purpose: Purpose
    kind: Procedure
    instrument: str
    instrument_version: int
    municipality: str
    school: str
    due_on: date | None
    assigned_at: AwareDatetime


class LevelFound(Promise):
    competency: str
    level: str


class LevelsFound(Promise):
    """A procedure other than a session taken here gave levels: experts' ratings, or a diagnostic held elsewhere.

    `instrument_version` is 0 where the instrument is not ours.
    """

    contract: ClassVar[str] = "diagnostics.levels_found.v1"

    diagnostic_id: UUID
    finding_id: UUID
    person_id: UUID
    route_id: UUID | None
    purpose: Purpose
    source: Literal["appraisal", "import"]
    kind: Procedure
    instrument: str
    instrument_version: int
    municipality: str
    school: str
    levels: tuple[LevelFound, ...]
    held_on: date
    found_at: AwareDatetime


def publish(fact: Recorded[Any]) -> BaseModel | None:
    match fact.event:
        case session_facts.SessionAssigned():
            return _assigned(fact.stream_id, fact.event)
        case session_facts.SessionScored():
            return _scored(fact.stream_id, fact.event)
        case comparison.DynamicsJudged():
            return _judged(fact.event)
        case session_facts.SessionWithdrawn():
            return _withdrawn(fact.stream_id, fact.event)
        case appraisal_facts.AppraisalAssigned():
            return _arranged(fact.stream_id, fact.event)
        case diagnostic.FindingNoted():
            return _found(fact.stream_id, fact.event)
        case _:
            return None  # answers, ratings and instruments are nobody else's business


def _assigned(id: UUID, fact: session_facts.SessionAssigned) -> SessionAssigned:
    task = fact.task
    return SessionAssigned(
        session_id=id,
        person_id=task.person,
        route_id=task.route,
        purpose=task.purpose,
        instrument=task.instrument,
        instrument_version=task.instrument_version,
        municipality=task.municipality,
        school=task.school,
        assigned_at=fact.at,
    )


def _withdrawn(id: UUID, fact: session_facts.SessionWithdrawn) -> SessionWithdrawn:
    task = fact.task
    return SessionWithdrawn(
        session_id=id,
        person_id=task.person,
        route_id=task.route,
        purpose=task.purpose,
        reason=fact.reason,
        municipality=task.municipality,
        school=task.school,
        withdrawn_at=fact.at,
    )


def _scored(id: UUID, fact: session_facts.SessionScored) -> SessionScored:
    task = fact.task
    return SessionScored(
        session_id=id,
        person_id=task.person,
        route_id=task.route,
        purpose=task.purpose,
        kind=task.kind,
        instrument=task.instrument,
        instrument_version=task.instrument_version,
        municipality=task.municipality,
        school=task.school,
        levels=tuple(
            Level(competency=each.competency, level=each.level, theta=each.theta, se=each.se)
            for each in fact.competencies
        ),
        scored_at=fact.at,
    )


def _judged(fact: comparison.DynamicsJudged) -> DynamicsJudged:
    return DynamicsJudged(
        route_id=fact.subject.route,
        person_id=fact.subject.person,
        initial_session_id=fact.initial.session,
        final_session_id=fact.final.session,
        verdict=fact.judgement.verdict,
        theta_initial=fact.initial.theta,
        se_initial=fact.initial.se,
        theta_final=fact.final.theta,
        se_final=fact.final.se,
        z=fact.judgement.z,
        policy=fact.policy.version,
        municipality=fact.subject.municipality,
        school=fact.subject.school,
        judged_at=fact.at,
    )


def _arranged(id: UUID, fact: appraisal_facts.AppraisalAssigned) -> AppraisalAssigned:
    held = fact.appraisal
    return AppraisalAssigned(
        appraisal_id=id,
        person_id=held.person,
        route_id=held.route,
        rater_ids=fact.raters,
        purpose=held.purpose,
        kind=held.kind,
        instrument=held.instrument,
        instrument_version=held.instrument_version,
        municipality=held.municipality,
        school=held.school,
        due_on=fact.due,
        assigned_at=fact.at,
    )


def _found(id: UUID, fact: diagnostic.FindingNoted) -> LevelsFound | None:
    whose, finding = fact.whose, fact.finding
    if finding.source == "session":
        return None  # told as session_scored already
    return LevelsFound(
        diagnostic_id=id,
        finding_id=finding.id,
        person_id=whose.person,
        route_id=whose.route,
        purpose=whose.purpose,
        source=finding.source,
        kind=finding.kind,
        instrument=finding.instrument,
        instrument_version=finding.instrument_version,
        municipality=whose.municipality,
        school=whose.school,
        levels=tuple(LevelFound(competency=each.competency, level=each.level) for each in finding.levels),
        held_on=finding.held_on,
        found_at=fact.at,
    )
