"""What routes does about what it hears from diagnostics: results and dynamics become records of the route."""

from uuid import UUID

from services.routes.domain.route.diagnosing import RecordDiagnosticResult
from services.routes.domain.route.records import Actor, CompetencyLevel, DiagnosticResult, Judgement
from services.routes.domain.route.reflecting import RecordDynamics
from services.routes.subscribed import DynamicsJudged, LevelsFound, SessionScored


def by(person: UUID) -> Actor:
    """Nobody's hand: the service itself, about this person."""
    return Actor(person=person, role="service")


def record_result(heard: SessionScored) -> RecordDiagnosticResult:
    levels = tuple(
        CompetencyLevel(competency=each.competency, level=each.level, theta=each.theta, se=each.se)
        for each in heard.levels
    )
    result = DiagnosticResult(
        session=heard.session_id,
        purpose=heard.purpose,
        kind=heard.kind,
        instrument=heard.instrument,
        instrument_version=heard.instrument_version,
        levels=levels,
    )
    return RecordDiagnosticResult(by=by(heard.person_id), person=heard.person_id, result=result, at=heard.scored_at)


def record_levels(heard: LevelsFound) -> RecordDiagnosticResult:
    """What was not measured with an error has none."""
    result = DiagnosticResult(
        session=heard.finding_id,
        purpose=heard.purpose,
        kind=heard.kind,
        instrument=heard.instrument,
        instrument_version=heard.instrument_version,
        levels=tuple(
            CompetencyLevel(competency=each.competency, level=each.level, theta="", se="") for each in heard.levels
        ),
    )
    return RecordDiagnosticResult(by=by(heard.person_id), person=heard.person_id, result=result, at=heard.found_at)


def record_dynamics(heard: DynamicsJudged) -> RecordDynamics:
    judgement = Judgement(
        initial_session=heard.initial_session_id,
        final_session=heard.final_session_id,
        verdict=heard.verdict,
        z=heard.z,
        policy=heard.policy,
        judged_at=heard.judged_at,
    )
    return RecordDynamics(by=by(heard.person_id), person=heard.person_id, judgement=judgement, at=heard.judged_at)
