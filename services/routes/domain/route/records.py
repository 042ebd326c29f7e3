"""The records a route is made of: what the sections of p. 2.5 hold, and who acts."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from shared.domain import message

Model = Literal["regional", "school"]  # p. 3.1 and 3.2
Medium = Literal["ais", "paper"]  # p. 2.7
Level = str  # a code of the region's published vocabulary, as are the other kinds and forms below
DeficitSource = Literal["own_work", "pupils_results", "diagnostics"]  # p. 2.8.3
Purpose = Literal["initial", "final"]
Reason = Literal["request", "deficit", "interim_result", "final_result"]  # p. 1.11
Verdict = Literal["improved", "no_reliable_change", "declined", "not_comparable"]
Basis = Literal["assessment", "activities", "final_diagnostics"]  # p. 2.8.4
Part = Literal["dates", "tasks", "activities"]
Mentoring = str  # annex 1
ProductKind = str  # p. 1.3
PresentationForm = str  # p. 2.8.5
ActivityKind = str

Subject = Literal["content", "forms", "technologies", "pace", "dates", "presentation"]  # p. 1.5
SupportKind = Literal["diagnostics", "request", "task", "forms", "practice", "reflection"]  # p. 1.3, support
Helper = Literal["methodist", "coordinator", "school"]  # p. 2.8.5
EVERY_MODEL: Final[frozenset[Model]] = frozenset({"regional", "school"})


@message
class Actor:
    """Who does it, and in which part: "tutee" and "tutor" are parts in this very route, the others are grants."""

    person: UUID
    role: str


@message
class Whose:
    """The teacher a route belongs to, and the school they work at."""

    tutee: UUID
    municipality: str
    school: str


@message
class CompetencyLevel:
    """What diagnostics found about one competency; the numbers are texts, exactly as they were promised."""

    competency: str
    level: str
    theta: str
    se: str


@message
class DiagnosticResult:
    session: UUID
    purpose: Purpose
    kind: str
    instrument: str
    instrument_version: int
    levels: tuple[CompetencyLevel, ...]


@message
class Term:
    """From the first day to the last, both included."""

    start: date
    end: date


@message
class PickedResource:
    """The entry of the navigator an activity was planned from, in the revision it had then."""

    id: UUID
    revision: int


@message
class Activity:
    """An entry of the activity section without its texts, which are personal."""

    id: UUID
    kind: ActivityKind
    tasks: tuple[UUID, ...]
    competencies: tuple[str, ...]
    to_practice: bool
    planned: Term
    level: Level
    mentoring: Mentoring | None = None
    hours: int | None = None
    resource: PickedResource | None = None
    mentors: tuple[UUID, ...] = ()
    capacity: int | None = None  # how many people a self-regulated mentor said they would take


@message
class Presentation:
    form: PresentationForm
    level: Level
    planned: Term


@message
class Assessment:
    """One expert's verdict on one version of the product: the three answers of p. 1.13 a."""

    id: UUID
    expert: UUID
    role: str
    product: int
    developed: bool
    deficits_removed: bool | None  # None: there were none to remove
    dynamics: bool

    @property
    def positive(self) -> bool:
        return self.developed or bool(self.deficits_removed) or self.dynamics


@message
class Judgement:
    """Initial against final diagnostics, as the service of diagnostics judged it; the numbers are texts."""

    initial_session: UUID
    final_session: UUID
    verdict: Verdict
    z: str
    policy: str
    judged_at: datetime


@message
class TaskVerdict:
    task: UUID
    achieved: bool


@message
class Conclusion:
    verdicts: tuple[TaskVerdict, ...]
    achieved: bool
    bases: tuple[Basis, ...]

    @property
    def tasks_achieved(self) -> int:
        return sum(verdict.achieved for verdict in self.verdicts)


@message
class Change:
    """What an adjustment changes; what is None or empty stays. What it adds was proposed under these ids before."""

    end: date | None = None
    added_tasks: tuple[UUID, ...] = ()
    dropped_tasks: tuple[UUID, ...] = ()
    added_activities: tuple[UUID, ...] = ()
    dropped_activities: tuple[UUID, ...] = ()

    @property
    def parts(self) -> frozenset[Part]:
        touched: dict[Part, bool] = {
            "dates": self.end is not None,
            "tasks": bool(self.added_tasks or self.dropped_tasks),
            "activities": bool(self.added_activities or self.dropped_activities),
        }
        return frozenset(part for part, is_touched in touched.items() if is_touched)
