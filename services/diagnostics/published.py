"""What diagnostics promises the rest of the suite: what was measured, never what was answered.

A v1 never changes; a v2 stands beside it.
"""

from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.diagnostics.domain import comparison, session
from shared.store.types import Recorded

Purpose = Literal["initial", "final"]
Kind = Literal["test", "self"]
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


def publish(fact: Recorded[Any]) -> BaseModel | None:
    match fact.event:
        case session.SessionAssigned():
            return _assigned(fact.stream_id, fact.event)
        case session.SessionScored():
            return _scored(fact.stream_id, fact.event)
        case comparison.DynamicsJudged():
            return _judged(fact.event)
        case _:
            return None  # answers and instruments are nobody else's business


def _assigned(id: UUID, fact: session.SessionAssigned) -> SessionAssigned:
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


def _scored(id: UUID, fact: session.SessionScored) -> SessionScored:
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
