"""What people send to write the plan."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import designing
from services.routes.domain.route.picking import Offered
from services.routes.domain.route.records import (
    Activity,
    ActivityKind,
    Level,
    Mentoring,
    PickedResource,
    Presentation,
    PresentationForm,
    ProductKind,
    Term,
)
from services.routes.domain.route.rules import Command
from services.routes.fields import MOST, Codes, Day, Hours, Ids, Line, MaybeText, Text
from services.routes.vocabularies import Listed


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


class DroppedActivity(Body):
    def command(self, given: Given) -> Command:
        return designing.DropActivity(**given.who, activity=given.named)


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
