"""The part of other services' promises that routes reads, and nothing more."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel


class Level(BaseModel):
    competency: str
    level: str
    theta: str
    se: str


class SessionScored(BaseModel):
    contract: ClassVar[str] = "diagnostics.session_scored.v1"

    session_id: UUID
    person_id: UUID
    route_id: UUID | None
    purpose: Literal["initial", "final"]
    kind: str
    instrument: str
    instrument_version: int
    levels: tuple[Level, ...]
    scored_at: AwareDatetime


class LevelWithoutError(BaseModel):
    competency: str
    level: str


class LevelsFound(BaseModel):
    """Of experts' ratings, or of a diagnostic held elsewhere."""

    contract: ClassVar[str] = "diagnostics.levels_found.v1"

    finding_id: UUID
    person_id: UUID
    route_id: UUID | None
    purpose: Literal["initial", "final"]
    kind: str
    instrument: str
    instrument_version: int
    levels: tuple[LevelWithoutError, ...]
    found_at: AwareDatetime


class DynamicsJudged(BaseModel):
    contract: ClassVar[str] = "diagnostics.dynamics_judged.v1"

    route_id: UUID
    person_id: UUID
    initial_session_id: UUID
    final_session_id: UUID
    verdict: Literal["improved", "no_reliable_change", "declined", "not_comparable"]
    z: str
    policy: str
    judged_at: AwareDatetime
