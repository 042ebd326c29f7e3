"""What people read of all procedures together, and of files with results from elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.diagnostics import texts
from services.diagnostics.domain.diagnostic import Diagnosed, FindingNoted, Standing, standings
from services.diagnostics.domain.outside import OutsideResult
from services.diagnostics.outside_rows import Understood

MOST_TOLD = 200  # flaws of one file: who has more mends these first


class FoundLevelShown(BaseModel):
    competency: str
    level: str
    theta: str
    se: str
    points: str


class FindingShown(BaseModel):
    id: UUID
    source: str
    kind: str
    kind_name: str
    instrument: str
    instrument_version: int
    levels: list[FoundLevelShown]
    held_on: date


class StandingShown(BaseModel):
    """`level` is null where only the teacher's own word is known; `self_level` never stands in its place."""

    competency: str
    level: str | None
    kind: str | None
    kind_name: str | None
    finding_id: UUID | None
    self_level: str | None


class DiagnosticShown(BaseModel):
    id: UUID
    version: int
    person_id: UUID
    route_id: UUID | None
    purpose: str
    municipality: str
    school: str
    levels: list[StandingShown]
    procedures: list[FindingShown]
    precedence: list[str]
    policy: str


class DiagnosticListed(BaseModel):
    id: UUID
    version: int
    person_id: UUID
    route_id: UUID | None
    purpose: str
    municipality: str
    school: str
    procedures: int
    noted_at: datetime


class DiagnosticPage(BaseModel):
    items: list[DiagnosticListed]
    next: str | None


class RowFlawShown(BaseModel):
    row: int
    column: str
    message: str


class ImportReport(BaseModel):
    """`new` results would be taken over, `known` ones were before; `id` is of the import once it is done."""

    id: UUID | None
    rows: int
    new: int
    known: int
    flaws: int
    errors: list[RowFlawShown]
    text: str


class ImportListed(BaseModel):
    id: UUID
    by_id: UUID
    rows: int
    results: int
    imported_at: datetime


class ImportPage(BaseModel):
    items: list[ImportListed]


def diagnostic_shown(id: UUID, version: int, state: Diagnosed) -> DiagnosticShown:
    whose, last = state.whose, state.findings[-1]
    return DiagnosticShown(
        id=id,
        version=version,
        person_id=whose.person,
        route_id=whose.route,
        purpose=whose.purpose,
        municipality=whose.municipality,
        school=whose.school,
        levels=[_standing(each) for each in standings(state)],
        procedures=[_finding(each) for each in state.findings],
        precedence=list(last.precedence),
        policy=last.policy,
    )


def diagnostic_page(rows: Sequence[Mapping[str, Any]], limit: int) -> DiagnosticPage:
    """*rows* are up to *limit* and one more, which is not shown."""
    items = [DiagnosticListed.model_validate(dict(row)) for row in rows[:limit]]
    return DiagnosticPage(items=items, next=str(items[-1].id) if len(rows) > limit else None)


def import_page(rows: Sequence[Mapping[str, Any]]) -> ImportPage:
    return ImportPage(items=[ImportListed.model_validate(dict(row)) for row in rows])


def report(found: Understood, new: Sequence[OutsideResult], id: UUID | None = None) -> ImportReport:
    flaws = sorted(found.flaws, key=lambda flaw: flaw.row)
    known = len(found.results) - len(new)
    return ImportReport(
        id=id,
        rows=found.rows,
        new=len(new),
        known=known,
        flaws=len(flaws),
        errors=[RowFlawShown(row=each.row, column=each.column, message=each.message) for each in flaws[:MOST_TOLD]],
        text=texts.import_text(found.rows, len(new), known, len(flaws), done=id is not None),
    )


def _standing(standing: Standing) -> StandingShown:
    return StandingShown(
        competency=standing.competency,
        level=standing.level,
        kind=standing.kind,
        kind_name=texts.KINDS[standing.kind] if standing.kind else None,
        finding_id=standing.finding,
        self_level=standing.self_level,
    )


def _finding(noted: FindingNoted) -> FindingShown:
    finding = noted.finding
    return FindingShown(
        id=finding.id,
        source=finding.source,
        kind=finding.kind,
        kind_name=texts.KINDS[finding.kind],
        instrument=finding.instrument,
        instrument_version=finding.instrument_version,
        levels=[
            FoundLevelShown(
                competency=each.competency, level=each.level, theta=each.theta, se=each.se, points=each.points
            )
            for each in finding.levels
        ],
        held_on=finding.held_on,
    )
