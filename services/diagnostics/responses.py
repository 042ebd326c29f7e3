"""What people read of diagnostics: questions without keys, results with their uncertainty."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.diagnostics import texts
from services.diagnostics.domain import authoring_facts
from services.diagnostics.domain.instrument import Competency, Instrument, Item
from services.diagnostics.domain.instrument_view import status as instrument_status
from services.diagnostics.domain.levels import percents
from services.diagnostics.domain.scoring import CompetencyMeasure
from services.diagnostics.domain.session_facts import Assigned, Live, Scored, SessionScored, Started
from services.diagnostics.domain.session_view import answers as answers_of
from services.diagnostics.domain.session_view import started_at, status
from services.diagnostics.domain.soundness import unsound
from services.diagnostics.shapes import (
    BankShown,
    Chance,
    CompetencyNamed,
    CompetencyScale,
    DraftShown,
    DynamicsShown,
    InstrumentListed,
    InstrumentNamed,
    InstrumentPage,
    ItemDrafted,
    ItemInBank,
    ItemShown,
    LevelShown,
    OptionInBank,
    OptionShown,
    ResultShown,
    SessionListed,
    SessionPage,
    SessionShown,
)

WORTH_SAYING = 10  # percent: a rival level less likely than this is not mentioned


def session_shown(
    id: UUID, version: int, state: Live, of: Instrument, dynamics: Mapping[str, Any] | None, *, own: bool, today: date
) -> SessionShown:
    """A session as its teacher sees it; others see how far it is and what it gave, never what was answered."""
    task = state.task
    answers, due = answers_of(state), state.assignment.due
    return SessionShown(
        id=id,
        version=version,
        person_id=task.person,
        route_id=task.route,
        purpose=task.purpose,
        kind=task.kind,
        status=status(state),
        instrument=_named(of),
        municipality=task.municipality,
        school=task.school,
        assigned_at=state.assignment.at,
        due_on=due,
        overdue=due is not None and due < today and isinstance(state, Assigned | Started),
        started_at=started_at(state),
        scored_at=state.score.at if isinstance(state, Scored) else None,
        answered=len(answers),
        total=len(task.questions),
        sequence=state.sequence if isinstance(state, Started) else 0,
        items=_questions(state, of, answers) if own else [],
        result=_result(state.score, of) if isinstance(state, Scored) else None,
        dynamics=_dynamics(dynamics) if dynamics else None,
    )


def session_page(rows: Sequence[Mapping[str, Any]], limit: int) -> SessionPage:
    """*rows* are up to *limit* and one more, which is not shown."""
    items = [SessionListed.model_validate(dict(row)) for row in rows[:limit]]
    return SessionPage(items=items, next=str(items[-1].id) if len(rows) > limit else None)


def instrument_page(states: Sequence[authoring_facts.State]) -> InstrumentPage:
    return InstrumentPage(items=[_listed(each) for each in states if not isinstance(each, authoring_facts.Unpublished)])


def _listed(
    state: authoring_facts.Unfinished | authoring_facts.Published | authoring_facts.Retired,
) -> InstrumentListed:
    of = state.instrument
    return InstrumentListed(
        **_named(of).model_dump(),
        family=of.family,
        status=instrument_status(state),
        competencies=[CompetencyNamed(code=each.code, name=each.name) for each in of.competencies],
        items_initial=len(of.forms.initial),
        items_final=len(of.forms.final),
    )


def bank_shown(state: authoring_facts.Published | authoring_facts.Retired) -> BankShown:
    of = state.instrument
    return BankShown(
        **_named(of).model_dump(),
        family=of.family,
        status=instrument_status(state),
        calibration=of.calibration,
        competencies=_scales(of),
        items=[
            ItemInBank(**_item(each, of).model_dump(), difficulty=each.difficulty, anchor=each.anchor)
            for each in of.items
        ],
        initial=list(of.forms.initial),
        final=list(of.forms.final),
    )


def draft_shown(state: authoring_facts.Unfinished, reached: int) -> DraftShown:
    of = state.instrument
    returned = state.returned if isinstance(state, authoring_facts.Drafted) else None
    return DraftShown(
        **_named(of).model_dump(),
        status=instrument_status(state),
        stream_version=reached,
        family=of.family,
        calibration=of.calibration,
        competencies=_scales(of),
        items=[_drafted(each) for each in of.items],
        initial=list(of.forms.initial),
        final=list(of.forms.final),
        author_ids=sorted(state.authors),
        returned=returned.text if returned else None,
        flaws=[texts.flaw_text(flaw.wrong, flaw.place) for flaw in unsound(of)],
    )


def _drafted(item: Item) -> ItemDrafted:
    return ItemDrafted(
        code=item.code,
        competency=item.competency,
        text=item.text,
        options=[OptionInBank(code=each.code, text=each.text, points=each.points) for each in item.options],
        correct=item.key,
        difficulty=item.difficulty,
        anchor=item.anchor,
    )


def _scales(of: Instrument) -> list[CompetencyScale]:
    return [
        CompetencyScale(code=each.code, name=each.name, cuts=list(each.cuts), levels=list(each.levels))
        for each in of.competencies
    ]


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
