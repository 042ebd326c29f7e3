"""Where a route is. A phase holds what only it has, so that an impossible route cannot be written down."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.routes.domain.route.company import Company
from services.routes.domain.route.plan import Doing, Plan, Task
from services.routes.domain.route.records import (
    Assessment,
    Change,
    Conclusion,
    Judgement,
    Medium,
    Model,
    Reason,
    Term,
    Whose,
)
from shared.domain import Personal, message

NONE: Final[Mapping[Any, Any]] = MappingProxyType({})


@message
class SubmittedProduct:
    number: int
    title: Personal
    link: Personal
    summary: Personal


@message
class Pending:
    """An adjustment that waits for the school's agreement."""

    reason: Reason
    change: Change


@message
class Assessed:
    assessment: Assessment
    text: Personal


@message
class Run:
    """A route being carried out: its term, and the reflection section as it grows."""

    term: Term
    counted_from: date  # the year of p. 1.9 begins here
    pending: Pending | None = None
    proposed_tasks: Mapping[UUID, Task] = field(default_factory=dict)
    proposed_activities: Mapping[UUID, Doing] = field(default_factory=dict)
    products: tuple[SubmittedProduct, ...] = ()
    presented_on: date | None = None
    assessment_asked: bool = False  # of those who assess on request
    assessments: tuple[Assessed, ...] = ()
    judgement: Judgement | None = None
    achievement: Personal | None = None
    offer: Personal | None = None  # an offer of p. 1.14 that waits for the tutee's answer
    offer_accepted: bool = False
    adjusted: bool = False
    extended: bool = False
    overdue_since: date | None = None  # the last day that passed
    reminded: tuple[date, int] | None = None  # the last day, and the days left, that a reminder told of
    cosigning: bool = False  # the municipal coordinator was invited to the conclusion


@message
class Verdicts:
    """A conclusion with its texts, and the coordinator who took part in it."""

    conclusion: Conclusion
    text: Personal
    weighing: Personal | None
    cosigned: UUID | None = None


@message
class Opened: ...


@message
class Designing:
    """`returned` is why the school gave it back, if it did."""

    returned: Personal | None = None


@message
class Submitted: ...


@message
class Agreed:
    on: date | None = None


@message
class Running:
    run: Run


@message
class Evaluating:
    run: Run
    returned: Personal | None = None  # why the school gave the conclusion back


@message
class Drafted:
    run: Run
    verdicts: Verdicts


@message
class Concluded:
    run: Run
    verdicts: Verdicts


@message
class Completed:
    run: Run
    verdicts: Verdicts
    on: date
    certificate_due: bool = False


@message
class Withdrawn:
    run: Run | None


Phase = Opened | Designing | Submitted | Agreed | Running | Evaluating | Drafted | Concluded | Completed | Withdrawn


@message
class Absent: ...


@message
class Nominated:
    whose: Whose
    medium: Medium
    at: datetime
    invited: bool = False
    declined: bool = False


@message
class Route:
    whose: Whose
    medium: Medium
    opened_at: datetime
    stage: int = 1
    tutor: UUID | None = None
    model: Model | None = None
    proposed_model: Model | None = None  # by the tutor
    consented: UUID | None = None  # the tutor whom the tutee lets see the route
    continues: UUID | None = None
    priority: str = ""
    track: str = ""
    plan: Plan = Plan()
    company: Company = Company()
    phase: Phase = Opened()

    @property
    def on_hold(self) -> bool:
        """p. 3.1.2: in the regional model the tutor of today must be the one the tutee consented to."""
        return self.model == "regional" and self.consented != self.tutor

    @property
    def overdue(self) -> bool:
        """A mark, never an end; an extension takes it away."""
        going = isinstance(self.phase, Running | Evaluating | Drafted)
        return going and self.run is not None and self.run.overdue_since == self.run.term.end

    @property
    def run(self) -> Run | None:
        """What a started route has, whatever became of it."""
        run: Run | None = getattr(self.phase, "run", None)
        return run


State = Absent | Nominated | Route

STATUS: Final[Mapping[type, str]] = MappingProxyType(
    {
        Submitted: "submitted",
        Agreed: "agreed",
        Running: "running",
        Evaluating: "evaluating",
        Drafted: "conclusion_drafted",
        Concluded: "conclusion_agreed",
        Completed: "completed",
        Withdrawn: "withdrawn",
    }
)


def status(state: State) -> str:
    """The one word others read."""
    match state:
        case Absent():
            return "absent"
        case Nominated(declined=True):
            return "declined"
        case Nominated(invited=invited):
            return "invited" if invited else "nominated"
        case Route(phase=Opened(), stage=stage):
            return "opened" if stage == 1 else "diagnosing"
        case Route(phase=Designing(returned=returned)):
            return "returned" if returned else "designing"
        case Route(phase=Evaluating(returned=Personal())):
            return "conclusion_returned"
        case Route(phase=phase):
            return STATUS[type(phase)]
