"""The shapes of what diagnostics answers over HTTP; none of them has a field for a key."""

from datetime import datetime
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
    started_at: datetime | None
    scored_at: datetime | None
    answered: int
    total: int
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


class BankShown(InstrumentNamed):
    """An item bank for its keepers: everything but the keys."""

    family: str
    calibration: str
    competencies: list[CompetencyScale]
    items: list[ItemInBank]
    initial: list[str]
    final: list[str]
