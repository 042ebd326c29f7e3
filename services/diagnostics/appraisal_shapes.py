"""What people read of a procedure rated by experts: the rubric, their own grades, and in the end what all gave."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.diagnostics import texts
from services.diagnostics.domain.appraisal_facts import Concluded, Live, RatingGiven
from services.diagnostics.domain.appraisal_view import status
from services.diagnostics.domain.instrument import Instrument, Item
from services.diagnostics.shapes import InstrumentNamed, OptionShown


class GradeShown(OptionShown):
    points: int


class CriterionShown(BaseModel):
    code: str
    competency: str
    competency_name: str
    text: str
    grades: list[GradeShown]


class RatingShown(BaseModel):
    rater_id: UUID
    grades: dict[str, str]
    comment: str | None
    rated_at: datetime


class RatedLevel(BaseModel):
    competency: str
    competency_name: str
    level: str
    scale: list[str]
    points: str


class OutcomeShown(BaseModel):
    """Shares and alpha are empty where one expert rated alone."""

    levels: list[RatedLevel]
    exact: str
    near: str
    alpha: str
    divergent: bool
    combining: str
    policy: str
    text: str
    concluded_at: datetime


class AppraisalShown(BaseModel):
    id: UUID
    version: int
    person_id: UUID
    route_id: UUID | None
    purpose: str
    kind: str
    kind_name: str
    status: str
    instrument: InstrumentNamed
    municipality: str
    school: str
    rater_ids: list[UUID]
    rated: int
    due_on: date | None
    assigned_at: datetime
    criteria: list[CriterionShown]
    ratings: list[RatingShown]
    outcome: OutcomeShown | None


class AppraisalListed(BaseModel):
    id: UUID
    version: int
    person_id: UUID
    route_id: UUID | None
    purpose: str
    kind: str
    instrument: str
    instrument_version: int
    municipality: str
    school: str
    status: str
    raters: list[UUID]
    rated: int
    assigned_at: datetime
    due_on: date | None
    concluded_at: datetime | None


class AppraisalPage(BaseModel):
    items: list[AppraisalListed]
    next: str | None


def shown(id: UUID, version: int, state: Live, rubric: Instrument, *, reader: UUID, organises: bool) -> AppraisalShown:
    """An expert sees no other's grades before the end, so that each rates alone; the teacher sees the end."""
    held = state.appraisal
    everything = isinstance(state, Concluded) or (organises and reader not in state.raters)
    visible = [each for each in state.ratings.values() if everything or each.rater == reader]
    if reader == held.person and not isinstance(state, Concluded):
        visible = []
    return AppraisalShown(
        id=id,
        version=version,
        person_id=held.person,
        route_id=held.route,
        purpose=held.purpose,
        kind=held.kind,
        kind_name=texts.KINDS[held.kind],
        status=status(state),
        instrument=InstrumentNamed(code=rubric.code, version=rubric.version, title=rubric.title, kind=rubric.kind),
        municipality=held.municipality,
        school=held.school,
        rater_ids=list(state.raters),
        rated=len(state.ratings),
        due_on=state.assignment.due,
        assigned_at=state.assignment.at,
        criteria=[_criterion(item, rubric) for item in rubric.form(held.purpose)],
        ratings=[_rating(each) for each in visible],
        outcome=_outcome(state, rubric) if isinstance(state, Concluded) else None,
    )


def page(rows: Sequence[Mapping[str, Any]], limit: int) -> AppraisalPage:
    """*rows* are up to *limit* and one more, which is not shown."""
    items = [AppraisalListed.model_validate(dict(row)) for row in rows[:limit]]
    return AppraisalPage(items=items, next=str(items[-1].id) if len(rows) > limit else None)


def _criterion(item: Item, rubric: Instrument) -> CriterionShown:
    return CriterionShown(
        code=item.code,
        competency=item.competency,
        competency_name=rubric.competency(item.competency).name,
        text=item.text,
        grades=[GradeShown(code=each.code, text=each.text, points=each.points) for each in item.options],
    )


def _rating(given: RatingGiven) -> RatingShown:
    comment = given.comment.text if given.comment else None
    return RatingShown(rater_id=given.rater, grades=given.grades, comment=comment, rated_at=given.at)


def _outcome(state: Concluded, rubric: Instrument) -> OutcomeShown:
    fact, verdict = state.outcome, state.outcome.verdict
    agreement = verdict.agreement
    return OutcomeShown(
        levels=[
            RatedLevel(
                competency=each.competency,
                competency_name=rubric.competency(each.competency).name,
                level=each.level,
                scale=list(rubric.competency(each.competency).levels),
                points=each.points,
            )
            for each in verdict.competencies
        ],
        exact=agreement.exact,
        near=agreement.near,
        alpha=agreement.alpha,
        divergent=verdict.divergent,
        combining=verdict.combining,
        policy=fact.policy,
        text=texts.agreement_text(len(fact.ratings), agreement.near, divergent=verdict.divergent),
        concluded_at=fact.at,
    )
