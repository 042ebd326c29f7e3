"""What people send: one body per command, checked for form only, and turned into the command."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.routes.domain.route import (
    accompanying,
    adjusting,
    advising,
    agreeing,
    concluding,
    designing,
    diagnosing,
    opening,
    preparing,
    reflecting,
    running,
)
from services.routes.domain.route.picking import Offered
from services.routes.domain.route.records import (
    EVERY_MODEL,
    Activity,
    ActivityKind,
    Actor,
    Basis,
    Conclusion,
    DeficitSource,
    Helper,
    Level,
    Medium,
    Mentoring,
    Model,
    PickedResource,
    Presentation,
    PresentationForm,
    ProductKind,
    Reason,
    Subject,
    SupportKind,
    TaskVerdict,
    Term,
    Whose,
)
from services.routes.domain.route.rules import Command
from services.routes.vocabularies import Listed
from shared.http.words import readable, visible, visible_line, visible_or_empty

MOST = 50  # entries of one list in one request

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\p{L}\p{N}_.-]+$")]
MaybeCode = Annotated[str, Field(max_length=64, pattern=r"^[\p{L}\p{N}_.-]*$")]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), AfterValidator(visible_line)
]
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True), AfterValidator(visible)
]
MaybeText = Annotated[
    str, StringConstraints(max_length=10_000, strip_whitespace=True), AfterValidator(visible_or_empty)
]
Link = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^(https?://\S+)?$"), AfterValidator(readable)]
Hours = Annotated[int, Field(ge=1, le=2_000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Codes = Annotated[tuple[Code, ...], Field(max_length=MOST)]
Ids = Annotated[tuple[UUID, ...], Field(max_length=MOST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a command has besides its body: who, when, which day it is at the school, and ids for what it makes."""

    by: Actor
    at: datetime
    today: date
    new: Callable[[str], UUID]
    models: frozenset[Model] = EVERY_MODEL  # what the coordinator and the school allow
    mentored: Callable[[tuple[UUID, ...]], int] = lambda _: 0  # how many other people these mentors accompany
    item: UUID | None = None  # the activity or task named in the address
    offered: Mapping[UUID, Offered] = field(default_factory=dict)  # the entries of the navigator that the body names

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}

    @property
    def named(self) -> UUID:
        assert self.item is not None  # noqa: S101 - the address has it
        return self.item


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @property
    def resources(self) -> tuple[UUID, ...]:
        """The entries of the navigator that it names."""
        return ()

    def completed(self, offered: Mapping[UUID, Offered]) -> "Body":
        """With what it leaves out taken from the entries that it names."""
        return self

    @abstractmethod
    def command(self, given: Given) -> Command: ...


def empty(kind: Callable[..., Command]) -> type[Body]:
    """The body of a command that needs no words: {} or none at all."""

    class Nothing(Body):
        def command(self, given: Given) -> Command:
            return kind(**given.who)

    return Nothing


class NewRoute(BaseModel):
    model_config = ConfigDict(extra="forbid")

    teacher_id: UUID | None = None
    municipality: Code
    school: Code
    medium: Medium = "ais"
    continues: UUID | None = None
    priority: MaybeCode = ""

    def whose(self, caller: UUID) -> Whose:
        return Whose(tutee=self.teacher_id or caller, municipality=self.municipality, school=self.school)

    def command(
        self, by: Actor, whose: Whose, at: datetime, continued_of: UUID | None
    ) -> opening.Open | opening.Nominate:
        if by.person != whose.tutee:
            return opening.Nominate(by=by, whose=whose, medium=self.medium, at=at)
        return opening.Open(
            by=by,
            whose=whose,
            medium=self.medium,
            at=at,
            continues=self.continues,
            continued_of=continued_of,
            priority=self.priority,
        )


class Tutor(Body):
    tutor_id: UUID

    def command(self, given: Given) -> Command:
        return preparing.AppointTutor(**given.who, tutor=self.tutor_id)


class ProposedModel(Body):
    model: Model

    def command(self, given: Given) -> Command:
        return preparing.ProposeModel(**given.who, model=self.model, allowed=given.models)


class ChosenModel(Body):
    model: Model
    track: MaybeCode = ""

    def command(self, given: Given) -> Command:
        return preparing.ChooseModel(**given.who, model=self.model, track=self.track, allowed=given.models)


class Deficit(Body):
    competency: Code
    text: Text
    source: DeficitSource

    def command(self, given: Given) -> Command:
        return diagnosing.RecordDeficit(
            **given.who,
            deficit=given.new("deficit"),
            competency=self.competency,
            source=self.source,
            text=self.text,
        )


class Difficulty(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return diagnosing.RecordDifficulty(**given.who, difficulty=given.new("difficulty"), text=self.text)


class Request(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return diagnosing.RecordRequest(**given.who, request=given.new("request"), text=self.text)


class Task(Body):
    text: Text
    bases: Ids
    competencies: Codes = ()

    def command(self, given: Given) -> Command:
        return designing.SetTask(
            **given.who, task=given.new("task"), text=self.text, bases=self.bases, competencies=self.competencies
        )


class DroppedTask(Body):
    def command(self, given: Given) -> Command:
        return designing.DropTask(**given.who, task=given.named)


class Description(Body):
    content: Text
    forms: Text
    technologies: Text
    pace: Text
    hours: Hours
    personal_resources: MaybeText = ""
    school_conditions: MaybeText = ""
    external_resources: MaybeText = ""
    final_diagnostics: bool = False

    def command(self, given: Given) -> Command:
        return designing.Describe(**given.who, **self.model_dump())


class PlannedTerm(Body):
    start: Day
    end: Day

    def command(self, given: Given) -> Command:
        return designing.PlanTerm(**given.who, term=Term(start=self.start, end=self.end))


class PlannedActivity(Body):
    title: Line
    kind: Annotated[ActivityKind, Listed("activities")]
    tasks: Annotated[Ids, Field(min_length=1)]
    competencies: Codes = ()
    to_practice: bool
    start: Day
    end: Day
    level: Annotated[Level, Listed("levels")]
    organiser: Line
    form: Line
    mentoring: Annotated[Mentoring, Listed("mentoring")] | None = None
    mentors: Annotated[tuple[UUID, ...], Field(max_length=MOST)] = ()
    capacity: Annotated[int, Field(ge=1, le=1_000)] | None = None
    expected: MaybeText = ""
    hours: Hours | None = None
    resource: UUID | None = None

    def activity(self, id: UUID, offered: Offered | None) -> Activity:
        return Activity(
            id=id,
            kind=self.kind,
            tasks=self.tasks,
            competencies=self.competencies,
            to_practice=self.to_practice,
            planned=Term(start=self.start, end=self.end),
            level=self.level,
            mentoring=self.mentoring,
            hours=self.hours,
            resource=PickedResource(id=offered.id, revision=offered.revision) if offered else None,
            mentors=self.mentors,
            capacity=self.capacity,
        )

    def command(self, given: Given) -> Command:
        return designing.PlanActivity(**given.who, **self.planned(given, "activity"))

    def planned(self, given: Given, name: str) -> dict[str, Any]:
        """The activity, its texts, the entry it was picked from as that stands now, and the people of its mentor."""
        offered = given.offered[self.resource] if self.resource else None
        mentored = given.mentored(self.mentors) if self.capacity is not None else 0
        activity = self.activity(given.new(name), offered)
        return {"activity": activity, "offered": offered, "mentored": mentored, **self.texts()}

    def texts(self) -> dict[str, Any]:
        return {"title": self.title, "organiser": self.organiser, "form": self.form, "expected": self.expected}


def mentors(body: BaseModel) -> frozenset[UUID]:
    """Whom a body names as mentors of self-regulated pairs."""
    activities = body.added_activities if isinstance(body, Adjustment) else (body,)
    planned = [each for each in activities if isinstance(each, PlannedActivity) and each.capacity is not None]
    return frozenset(mentor for each in planned for mentor in each.mentors)


class DroppedActivity(Body):
    def command(self, given: Given) -> Command:
        return designing.DropActivity(**given.who, activity=given.named)


class DoneActivity(Body):
    done_on: Day
    result: Text
    order: MaybeText = ""

    def command(self, given: Given) -> Command:
        return running.CompleteActivity(
            **given.who,
            activity=given.named,
            on=self.done_on,
            result=self.result,
            order=self.order,
            today=given.today,
        )


class ActivityReflection(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return running.ReflectOnActivity(**given.who, activity=given.named, text=self.text)


class ProductChoice(Body):
    kind: Annotated[ProductKind, Listed("products")]
    title: Line

    def command(self, given: Given) -> Command:
        return designing.ChooseProduct(**given.who, product=self.kind, title=self.title)


class PresentationChoice(Body):
    form: Annotated[PresentationForm, Listed("presentations")]
    title: Line
    level: Annotated[Level, Listed("levels")]
    start: Day
    end: Day

    def command(self, given: Given) -> Command:
        planned = Term(start=self.start, end=self.end)
        presentation = Presentation(form=self.form, level=self.level, planned=planned)
        return designing.ChoosePresentation(**given.who, presentation=presentation, title=self.title)


class Agreement(Body):
    def command(self, given: Given) -> Command:
        return agreeing.Agree(**given.who, today=given.today)


class Returned(Body):
    reason: Text

    def command(self, given: Given) -> Command:
        return agreeing.Return(**given.who, reason=self.reason)


class Started(Body):
    start: Day | None = None

    def command(self, given: Given) -> Command:
        return running.Start(**given.who, on=self.start or given.today, today=given.today)


class AddedTask(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Text
    bases: Ids
    competencies: Codes = ()


class Adjustment(Body):
    reason: Reason
    end: Day | None = None
    added_tasks: Annotated[tuple[AddedTask, ...], Field(max_length=MOST)] = ()
    dropped_tasks: Ids = ()
    added_activities: Annotated[tuple[PlannedActivity, ...], Field(max_length=MOST)] = ()
    dropped_activities: Ids = ()

    def command(self, given: Given) -> Command:
        tasks = (
            adjusting.NewTask(id=given.new(f"task-{n}"), text=new.text, bases=new.bases, competencies=new.competencies)
            for n, new in enumerate(self.added_tasks)
        )
        activities = (
            adjusting.NewActivity(**new.planned(given, f"activity-{n}")) for n, new in enumerate(self.added_activities)
        )
        return adjusting.Adjust(
            **given.who,
            reason=self.reason,
            end=self.end,
            added_tasks=tuple(tasks),
            dropped_tasks=self.dropped_tasks,
            added_activities=tuple(activities),
            dropped_activities=self.dropped_activities,
        )


class ReturnedAdjustment(Body):
    reason: Text

    def command(self, given: Given) -> Command:
        return adjusting.ReturnAdjustment(**given.who, reason=self.reason)


class Extension(Body):
    end: Day

    def command(self, given: Given) -> Command:
        return adjusting.Extend(**given.who, end=self.end)


class Offer(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return reflecting.OfferAdjustment(**given.who, text=self.text)


class OfferAnswer(Body):
    accepted: bool

    def command(self, given: Given) -> Command:
        return reflecting.AnswerOffer(**given.who, accepted=self.accepted)


class Product(Body):
    title: Line
    link: Link = ""
    summary: Text

    def command(self, given: Given) -> Command:
        return reflecting.SubmitProduct(**given.who, title=self.title, link=self.link, summary=self.summary)


class Presented(Body):
    presented_on: Day

    def command(self, given: Given) -> Command:
        return reflecting.PresentProduct(**given.who, on=self.presented_on, today=given.today)


class NewAssessment(Body):
    developed: bool
    deficits_removed: bool | None = None
    dynamics: bool
    text: Text

    def command(self, given: Given) -> Command:
        return reflecting.AssessProduct(
            **given.who,
            assessment=given.new("assessment"),
            developed=self.developed,
            deficits_removed=self.deficits_removed,
            dynamics=self.dynamics,
            text=self.text,
        )


class Achievement(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return reflecting.ReflectOnAchievement(**given.who, text=self.text)


class Verdict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    task: UUID
    achieved: bool


class NewConclusion(Body):
    verdicts: Annotated[tuple[Verdict, ...], Field(max_length=MOST * 2)]
    achieved: bool
    bases: Annotated[tuple[Basis, ...], Field(max_length=3)]
    text: Text
    weighing: MaybeText = ""

    def command(self, given: Given) -> Command:
        verdicts = tuple(TaskVerdict(task=each.task, achieved=each.achieved) for each in self.verdicts)
        conclusion = Conclusion(verdicts=verdicts, achieved=self.achieved, bases=self.bases)
        return concluding.DraftConclusion(**given.who, conclusion=conclusion, text=self.text, weighing=self.weighing)


class ReturnedConclusion(Body):
    reason: Text

    def command(self, given: Given) -> Command:
        return concluding.ReturnConclusion(**given.who, reason=self.reason)


class Completion(Body):
    def command(self, given: Given) -> Command:
        return concluding.Complete(**given.who, today=given.today)


class Suggestion(Body):
    subject: Subject
    text: Text
    end: Day | None = None

    def command(self, given: Given) -> Command:
        return advising.Suggest(
            **given.who, suggestion=given.new("suggestion"), subject=self.subject, text=self.text, end=self.end
        )


class SuggestionAnswer(Body):
    accepted: bool

    def command(self, given: Given) -> Command:
        return advising.AnswerSuggestion(**given.who, suggestion=given.named, accepted=self.accepted)


class Support(Body):
    kind: SupportKind
    text: Text
    on: Day | None = None
    activity: UUID | None = None

    def command(self, given: Given) -> Command:
        on = self.on or given.today
        return advising.GiveSupport(
            **given.who,
            support=given.new("support"),
            kind=self.kind,
            text=self.text,
            on=on,
            today=given.today,
            activity=self.activity,
        )


class Help(Body):
    of: Helper
    text: Text

    def command(self, given: Given) -> Command:
        return advising.AskHelp(**given.who, help=given.new("help"), of=self.of, text=self.text)


class HelpAnswer(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return advising.AnswerHelp(**given.who, help=given.named, text=self.text)


class Review(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return accompanying.ReviewInterim(**given.who, review=given.new("review"), text=self.text)


class Report(Body):
    title: Line
    start: Day
    end: Day

    def command(self, given: Given) -> Command:
        planned = Term(start=self.start, end=self.end)
        return accompanying.ProposeReport(**given.who, report=given.new("report"), title=self.title, planned=planned)


class AgreedReport(Body):
    def command(self, given: Given) -> Command:
        return accompanying.AgreeReport(**given.who, report=given.named)


class Methodist(Body):
    methodist_id: UUID

    def command(self, given: Given) -> Command:
        return accompanying.AssignMethodist(**given.who, methodist=self.methodist_id)


class ReleasedMethodist(Body):
    def command(self, given: Given) -> Command:
        return accompanying.ReleaseMethodist(**given.who, methodist=given.named)


class NextSteps(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return accompanying.PlanNextSteps(**given.who, text=self.text)
