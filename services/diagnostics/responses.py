"""What people read of diagnostics: questions without keys, results with their uncertainty."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.diagnostics import texts
from services.diagnostics.domain.instrument import Competency, Instrument, Item
from services.diagnostics.domain.levels import percents
from services.diagnostics.domain.scoring import CompetencyMeasure
from services.diagnostics.domain.session import Assigned, Scored, SessionScored, Started
from services.diagnostics.shapes import (
    BankShown,
    Chance,
    CompetencyNamed,
    CompetencyScale,
    DynamicsShown,
    InstrumentListed,
    InstrumentNamed,
    InstrumentPage,
    ItemInBank,
    ItemShown,
    LevelShown,
    OptionShown,
    ResultShown,
    SessionListed,
    SessionPage,
    SessionShown,
)

WORTH_SAYING = 10  # percent: a rival level less likely than this is not mentioned

Live = Assigned | Started | Scored


def session_shown(
    id: UUID, version: int, state: Live, of: Instrument, dynamics: Mapping[str, Any] | None, *, own: bool
) -> SessionShown:
    """A session as its teacher sees it; others see how far it is and what it gave, never what was answered."""
    task = state.task
    answers: Mapping[str, str] = {} if isinstance(state, Assigned) else state.answers
    return SessionShown(
        id=id,
        version=version,
        person_id=task.person,
        route_id=task.route,
        purpose=task.purpose,
        kind=task.kind,
        status=_status(state),
        instrument=_named(of),
        municipality=task.municipality,
        school=task.school,
        assigned_at=state.at if isinstance(state, Assigned) else state.assigned_at,
        started_at=_started_at(state),
        scored_at=state.score.at if isinstance(state, Scored) else None,
        answered=len(answers),
        total=len(task.questions),
        items=_questions(state, of, answers) if own else [],
        result=_result(state.score, of) if isinstance(state, Scored) else None,
        dynamics=_dynamics(dynamics) if dynamics else None,
    )


def session_page(rows: Sequence[Mapping[str, Any]], limit: int) -> SessionPage:
    """*rows* are up to *limit* and one more, which is not shown."""
    items = [SessionListed.model_validate(dict(row)) for row in rows[:limit]]
    return SessionPage(items=items, next=str(items[-1].id) if len(rows) > limit else None)


def instrument_page(instruments: Sequence[Instrument]) -> InstrumentPage:
    return InstrumentPage(items=[_listed(each) for each in instruments])


def _listed(of: Instrument) -> InstrumentListed:
    return InstrumentListed(
        **_named(of).model_dump(),
        family=of.family,
        competencies=[CompetencyNamed(code=each.code, name=each.name) for each in of.competencies],
        items_initial=len(of.forms.initial),
        items_final=len(of.forms.final),
    )


def bank_shown(of: Instrument) -> BankShown:
    return BankShown(
        **_named(of).model_dump(),
        family=of.family,
        calibration=of.calibration,
        competencies=[
            CompetencyScale(code=each.code, name=each.name, cuts=list(each.cuts), levels=list(each.levels))
            for each in of.competencies
        ],
        items=[
            ItemInBank(**_item(each, of).model_dump(), difficulty=each.difficulty, anchor=each.anchor)
            for each in of.items
        ],
        initial=list(of.forms.initial),
        final=list(of.forms.final),
    )


def _questions(state: Live, of: Instrument, answers: Mapping[str, str]) -> list[ItemShown]:
    if isinstance(state, Assigned):
        return []  # questions are shown to those who started
    return [_item(each, of, answers.get(each.code)) for each in of.form(state.task.purpose)]


def _item(item: Item, of: Instrument, answer: str | None = None) -> ItemShown:
    return ItemShown(
        code=item.code,
        competency=item.competency,
        competency_name=of.competency(item.competency).name,
        text=item.text,
        options=[OptionShown(code=each.code, text=each.text) for each in item.options],
        answer=answer,
    )


def _result(score: SessionScored, of: Instrument) -> ResultShown:
    overall = score.overall
    return ResultShown(
        text=texts.result_text(overall.right, overall.of, overall.theta, overall.se),
        theta=overall.theta,
        se=overall.se,
        levels=[_level(each, of.competency(each.competency)) for each in score.competencies],
    )


def _level(measured: CompetencyMeasure, competency: Competency) -> LevelShown:
    chances = [
        Chance(level=name, percent=percent)
        for name, percent in zip(competency.levels, percents(measured.theta, measured.se, competency.cuts), strict=True)
    ]
    percent = next(each.percent for each in chances if each.level == measured.level)
    rivals = [each for each in chances if each.level != measured.level and each.percent >= WORTH_SAYING]
    rival = max(rivals, key=lambda each: each.percent, default=None)
    return LevelShown(
        competency=competency.code,
        competency_name=competency.name,
        level=measured.level,
        theta=measured.theta,
        se=measured.se,
        scale=list(competency.levels),
        probabilities=chances,
        text=texts.level_text(
            competency.name, measured.level, percent, (rival.level, rival.percent) if rival else None
        ),
    )


def _dynamics(row: Mapping[str, Any]) -> DynamicsShown:
    return DynamicsShown(
        verdict=row["verdict"],
        verdict_name=texts.VERDICTS[row["verdict"]][0],
        text=texts.verdict_text(row["verdict"], row["obstacle"]),
        z=row["z"],
        theta_initial=row["theta_initial"],
        se_initial=row["se_initial"],
        theta_final=row["theta_final"],
        se_final=row["se_final"],
        initial_session_id=row["initial_session_id"],
        judged_at=row["judged_at"],
    )


def _named(of: Instrument) -> InstrumentNamed:
    return InstrumentNamed(code=of.code, version=of.version, title=of.title, kind=of.kind)


def _status(state: Live) -> str:
    match state:
        case Assigned():
            return "assigned"
        case Started():
            return "started"
        case Scored():
            return "scored"


def _started_at(state: Live) -> datetime | None:
    match state:
        case Assigned():
            return None
        case Started(at=at):
            return at
        case Scored(started_at=at):
            return at
