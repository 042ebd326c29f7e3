"""Everything that can have happened to a route.

Facts keep their names and fields for ever: a new optional field with a default is allowed, anything else is a new class
beside the old one, with an upcaster. What a person wrote is `Personal`, sealed under the tutee's key. Facts that others
are told of say `whose` route it is, for a promise is made of its fact alone.
"""

from datetime import date, datetime
from uuid import UUID

from services.routes.domain.route.records import (
    Activity,
    Actor,
    Assessment,
    Change,
    Conclusion,
    DeficitSource,
    DiagnosticResult,
    Helper,
    Judgement,
    Medium,
    Model,
    Presentation,
    ProductKind,
    Reason,
    Subject,
    SupportKind,
    Term,
    Whose,
)
from shared.domain import Personal, message

# ── Stage 1, preparatory ─────────────────────────────────────────────────────────────────────────────────────────────


@message
class RouteNominated:
    whose: Whose
    medium: Medium
    at: datetime


@message
class RouteInvited:
    whose: Whose
    at: datetime


@message
class InvitationDeclined:
    at: datetime


@message
class RouteOpened:
    """`continues` is the route whose results this one starts from (p. 4.2); `priority` a direction of p. 1.7."""

    whose: Whose
    medium: Medium
    invited: bool
    at: datetime
    continues: UUID | None = None
    priority: str = ""


@message
class StageEntered:
    stage: int
    at: datetime


@message
class TutorAppointed:
    whose: Whose
    tutor: UUID
    replaced: UUID | None
    at: datetime


@message
class ModelChosen:
    """`tutor` is whom the choice of the regional model lets see the route (p. 3.1.2)."""

    model: Model
    tutor: UUID | None
    at: datetime
    track: str = ""


@message
class ModelProposed:
    """The tutor's choice (p. 2.8.4), which the tutee confirms by choosing."""

    model: Model
    tutor: UUID
    at: datetime


@message
class ConsentRequired:
    tutor: UUID
    at: datetime


@message
class ConsentGiven:
    tutor: UUID
    at: datetime


@message
class ConsentWithdrawn:
    tutor: UUID
    at: datetime


@message
class RouteWithdrawn:
    whose: Whose
    at: datetime


# ── Stage 2, diagnostic and motivational ─────────────────────────────────────────────────────────────────────────────


@message
class DiagnosticResultRecorded:
    result: DiagnosticResult
    at: datetime


@message
class DeficitRecorded:
    deficit: UUID
    competency: str
    source: DeficitSource
    text: Personal
    at: datetime


@message
class DifficultyRecorded:
    difficulty: UUID
    text: Personal
    at: datetime


@message
class RequestRecorded:
    request: UUID
    text: Personal
    at: datetime


# ── Stage 3, design ──────────────────────────────────────────────────────────────────────────────────────────────────


@message
class TaskSet:
    task: UUID
    bases: tuple[UUID, ...]
    competencies: tuple[str, ...]
    text: Personal
    at: datetime


@message
class TaskDropped:
    task: UUID
    at: datetime


@message
class RouteDescribed:
    """What p. 1.3 says a route is: content, forms, technologies, pace and time, and the resources it rests on."""

    hours: int
    final_diagnostics: bool
    content: Personal
    forms: Personal
    technologies: Personal
    pace: Personal
    personal_resources: Personal
    school_conditions: Personal
    external_resources: Personal
    at: datetime


@message
class TermPlanned:
    term: Term
    at: datetime


@message
class ActivityPlanned:
    activity: Activity
    title: Personal
    organiser: Personal
    form: Personal
    expected: Personal
    at: datetime


@message
class ActivityDropped:
    activity: UUID
    at: datetime


@message
class ProductChosen:
    product: ProductKind
    title: Personal
    at: datetime


@message
class PresentationChosen:
    presentation: Presentation
    title: Personal
    at: datetime


@message
class RouteSubmitted:
    whose: Whose
    tutor: UUID
    at: datetime


@message
class RouteReturned:
    whose: Whose
    reason: Personal
    at: datetime


@message
class RouteAgreed:
    whose: Whose
    at: datetime
    on: date | None = None


# ── Stage 4, implementation ──────────────────────────────────────────────────────────────────────────────────────────


@message
class RouteStarted:
    """`counted_from` is the day the year of p. 1.9 is counted from, where it is not the first day of the term."""

    whose: Whose
    term: Term
    at: datetime
    counted_from: date | None = None


@message
class ActivityDone:
    activity: UUID
    on: date
    result: Personal
    order: Personal
    at: datetime


@message
class ActivityReflected:
    activity: UUID
    text: Personal
    at: datetime


@message
class TaskProposed:
    task: UUID
    bases: tuple[UUID, ...]
    competencies: tuple[str, ...]
    text: Personal
    at: datetime


@message
class ActivityProposed:
    activity: Activity
    title: Personal
    organiser: Personal
    form: Personal
    expected: Personal
    at: datetime


@message
class AdjustmentSubmitted:
    whose: Whose
    reason: Reason
    change: Change
    at: datetime


@message
class AdjustmentReturned:
    whose: Whose
    reason: Personal
    at: datetime


@message
class RouteAdjusted:
    whose: Whose
    reason: Reason
    change: Change
    end: date
    at: datetime


@message
class RouteExtended:
    whose: Whose
    end: date
    at: datetime


# ── Stage 5, reflective and analytical ───────────────────────────────────────────────────────────────────────────────


@message
class ProductSubmitted:
    whose: Whose
    number: int
    title: Personal
    link: Personal
    summary: Personal
    at: datetime


@message
class ProductPresented:
    whose: Whose
    on: date
    at: datetime


@message
class AssessmentAsked:
    """Of an expert who assesses on request only (p. 2.8.1)."""

    whose: Whose
    at: datetime


@message
class ProductAssessed:
    whose: Whose
    assessment: Assessment
    text: Personal
    at: datetime


@message
class DynamicsRecorded:
    judgement: Judgement
    at: datetime


@message
class AdjustmentOffered:
    whose: Whose
    text: Personal
    at: datetime


@message
class OfferAnswered:
    accepted: bool
    at: datetime


@message
class AchievementReflected:
    text: Personal
    at: datetime


@message
class ConclusionDrafted:
    whose: Whose
    tutor: UUID
    conclusion: Conclusion
    text: Personal
    weighing: Personal | None
    at: datetime


@message
class CosignatureAsked:
    whose: Whose
    at: datetime


@message
class ConclusionCosigned:
    """The municipal coordinator takes part in the conclusion (p. 2.8.2)."""

    coordinator: UUID
    at: datetime


@message
class ConclusionReturned:
    whose: Whose
    reason: Personal
    at: datetime


@message
class ConclusionAgreed:
    whose: Whose
    at: datetime


@message
class RouteCompleted:
    whose: Whose
    tutor: UUID
    medium: Medium
    started_on: date
    completed_on: date
    hours: int
    tasks_total: int
    tasks_achieved: int
    certificate_due: bool
    policy: str
    at: datetime
    kept_until: date | None = None


# ── At every stage ───────────────────────────────────────────────────────────────────────────────────────────────────


@message
class SuggestionMade:
    suggestion: UUID
    subject: Subject
    by: Actor
    end: date | None
    text: Personal
    at: datetime


@message
class SuggestionAnswered:
    suggestion: UUID
    accepted: bool
    at: datetime


@message
class SupportGiven:
    """`activity` is the one it accompanied, where it was about one."""

    support: UUID
    kind: SupportKind
    by: Actor
    on: date
    text: Personal
    at: datetime
    activity: UUID | None = None


@message
class HelpAsked:
    whose: Whose
    help: UUID
    of: Helper
    text: Personal
    at: datetime


@message
class HelpAnswered:
    whose: Whose
    help: UUID
    by: Actor
    text: Personal
    at: datetime


@message
class InterimReviewed:
    review: UUID
    text: Personal
    at: datetime


@message
class ReportProposed:
    report: UUID
    planned: Term
    by_tutee: bool
    title: Personal
    at: datetime


@message
class ReportAgreed:
    report: UUID
    at: datetime


@message
class MethodistAssigned:
    whose: Whose
    methodist: UUID
    at: datetime


@message
class MethodistReleased:
    whose: Whose
    methodist: UUID
    at: datetime


@message
class NextStepsPlanned:
    text: Personal
    at: datetime


@message
class DeadlineNeared:
    """So many days, or fewer, are left before the last one."""

    whose: Whose
    planned_end: date
    days: int
    at: datetime


@message
class RouteOverdue:
    whose: Whose
    planned_end: date
    at: datetime


Preparing = (
    RouteNominated
    | RouteInvited
    | InvitationDeclined
    | RouteOpened
    | StageEntered
    | TutorAppointed
    | ModelProposed
    | ModelChosen
    | ConsentRequired
    | ConsentGiven
    | ConsentWithdrawn
    | RouteWithdrawn
)
Diagnosing = DiagnosticResultRecorded | DeficitRecorded | DifficultyRecorded | RequestRecorded
Designing = (
    TaskSet
    | TaskDropped
    | RouteDescribed
    | TermPlanned
    | ActivityPlanned
    | ActivityDropped
    | ProductChosen
    | PresentationChosen
    | RouteSubmitted
    | RouteReturned
    | RouteAgreed
)
Running = (
    RouteStarted
    | ActivityDone
    | ActivityReflected
    | TaskProposed
    | ActivityProposed
    | AdjustmentSubmitted
    | AdjustmentReturned
    | RouteAdjusted
    | RouteExtended
)
Reflecting = (
    ProductSubmitted
    | ProductPresented
    | AssessmentAsked
    | ProductAssessed
    | DynamicsRecorded
    | AdjustmentOffered
    | OfferAnswered
    | AchievementReflected
    | ConclusionDrafted
    | CosignatureAsked
    | ConclusionCosigned
    | ConclusionReturned
    | ConclusionAgreed
    | RouteCompleted
)
Accompanying = (
    SuggestionMade
    | SuggestionAnswered
    | SupportGiven
    | HelpAsked
    | HelpAnswered
    | InterimReviewed
    | ReportProposed
    | ReportAgreed
    | MethodistAssigned
    | MethodistReleased
    | NextStepsPlanned
    | DeadlineNeared
    | RouteOverdue
)
Fact = Preparing | Diagnosing | Designing | Running | Reflecting | Accompanying
