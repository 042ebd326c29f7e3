"""The shapes of what diagnostics answers over HTTP; the right answers are in drafts only, which nobody takes."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class OptionShown(BaseModel):
    code: str
    text: str


class ItemShown(BaseModel):
    code: str
    competency: str
    competency_name: str
    text: str
    options: list[OptionShown]
    answer: str | None = None


class Chance(BaseModel):
    level: str
    percent: int


class LevelShown(BaseModel):
    competency: str
    competency_name: str
    level: str
    theta: str
    se: str
    scale: list[str]
    probabilities: list[Chance]
    text: str


class ResultShown(BaseModel):
    text: str
    theta: str
    se: str
    levels: list[LevelShown]


class DynamicsShown(BaseModel):
    verdict: str
    verdict_name: str
    text: str
    z: str
    theta_initial: str
    se_initial: str
    theta_final: str
    se_final: str
    initial_session_id: UUID
    judged_at: datetime


class InstrumentNamed(BaseModel):
    code: str
    version: int
    title: str
    kind: str


class SessionShown(BaseModel):
    id: UUID
    version: int
    person_id: UUID
    route_id: UUID | None
    purpose: str
    kind: str
    status: str
    instrument: InstrumentNamed
    municipality: str
    school: str
    assigned_at: datetime
    due_on: date | None
    overdue: bool
    started_at: datetime | None
    scored_at: datetime | None
    answered: int
    total: int
    sequence: int
    items: list[ItemShown]
    result: ResultShown | None
    dynamics: DynamicsShown | None


class SessionListed(BaseModel):
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
    answered: int
    total: int
    assigned_at: datetime
    due_on: date | None
    started_at: datetime | None
    scored_at: datetime | None
    verdict: str | None


class SessionPage(BaseModel):
    items: list[SessionListed]
    next: str | None


class CompetencyNamed(BaseModel):
    code: str
    name: str


class InstrumentListed(InstrumentNamed):
    family: str
    status: str
    competencies: list[CompetencyNamed]
    items_initial: int
    items_final: int


class InstrumentPage(BaseModel):
    items: list[InstrumentListed]
    next: str | None = None


class CompetencyScale(CompetencyNamed):
    cuts: list[str]
    levels: list[str]


class ItemInBank(ItemShown):
    difficulty: str
    anchor: bool


class OptionInBank(OptionShown):
    points: int


class ItemDrafted(BaseModel):
    """An item as its author wrote it, the right option included: it is not in use yet."""

    code: str
    competency: str
    text: str
    options: list[OptionInBank]
    correct: str
    difficulty: str
    anchor: bool


class DraftShown(InstrumentNamed):
    """A version on its way, for those who write and review it."""

    status: str
    stream_version: int
    family: str
    calibration: str
    competencies: list[CompetencyScale]
    items: list[ItemDrafted]
    initial: list[str]
    final: list[str]
    author_ids: list[UUID]
    returned: str | None
    flaws: list[str]


class BankShown(InstrumentNamed):
    """An item bank for its keepers: everything but the keys."""

    family: str
    status: str
    calibration: str
    competencies: list[CompetencyScale]
    items: list[ItemInBank]
    initial: list[str]
    final: list[str]
