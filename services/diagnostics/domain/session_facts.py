"""What can have happened to a session of diagnostics, and what it then is."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from services.diagnostics.domain.instrument import Purpose, Taken
from services.diagnostics.domain.scoring import CompetencyMeasure, Mark, Measure
from shared.domain import message

WithdrawalReason = Literal["mistake", "postponed", "declined", "left", "other"]


@message
class Question:
    item: str
    options: tuple[str, ...]


@message
class Task:
    """What was assigned: everything about a session that never changes."""

    person: UUID
    route: UUID | None
    purpose: Purpose
    kind: Taken
    family: str
    instrument: str
    instrument_version: int
    questions: tuple[Question, ...]
    municipality: str
    school: str


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class SessionAssigned:
    task: Task
    at: datetime
    due: date | None = None
    by: UUID | None = None


@message
class SessionStarted:
    at: datetime


@message
class ItemAnswered:
    """`sequence` is the client's own count of saves, by which a late one is told; 0 where the client does not count."""

    item: str
    option: str
    at: datetime
    sequence: int = 0
    device: str = ""


@message
class SessionSubmitted:
    at: datetime


@message
class SessionScored:
    """Everything a second opinion needs: the marks with their difficulties, the calibration and the method."""

    task: Task
    overall: Measure
    competencies: tuple[CompetencyMeasure, ...]
    marks: tuple[Mark, ...]
    calibration: str
    method: str
    at: datetime


@message
class SessionWithdrawn:
    task: Task
    by: UUID
    reason: WithdrawalReason
    at: datetime


@message
class Save:
    """Where an answer came from."""

    sequence: int
    device: str


@message
class Assignment:
    at: datetime
    due: date | None = None
    by: UUID | None = None  # unknown in sessions of the first days


@message
class Unassigned: ...


@message
class Assigned:
    task: Task
    assignment: Assignment


NO_ANSWERS: Mapping[str, str] = MappingProxyType({})
NO_SAVES: Mapping[str, Save] = MappingProxyType({})


@message
class Started:
    task: Task
    assignment: Assignment
    at: datetime
    answers: Mapping[str, str] = field(default_factory=lambda: NO_ANSWERS)
    saves: Mapping[str, Save] = field(default_factory=lambda: NO_SAVES)

    @property
    def sequence(self) -> int:
        """The highest count of any client: the next save goes above it."""
        return max((save.sequence for save in self.saves.values()), default=0)


@message
class Scored:
    task: Task
    assignment: Assignment
    started_at: datetime
    answers: Mapping[str, str]
    score: SessionScored


@message
class Withdrawn:
    task: Task
    assignment: Assignment
    started_at: datetime | None
    answers: Mapping[str, str]
    reason: WithdrawalReason
    at: datetime


Event = SessionAssigned | SessionStarted | ItemAnswered | SessionSubmitted | SessionScored | SessionWithdrawn
Live = Assigned | Started | Scored | Withdrawn
State = Unassigned | Live
