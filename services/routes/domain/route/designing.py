"""Stage 3 of p. 2.3, design: the plan as it is written, with its tasks, activities, dates and product."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.calendar import within
from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.designing import (
    ActivityDropped,
    ActivityPlanned,
    PresentationChosen,
    ProductChosen,
    RouteDescribed,
    TaskDropped,
    TaskSet,
    TermPlanned,
)
from services.routes.domain.route.mentoring import paired
from services.routes.domain.route.picking import Offered, fits
from services.routes.domain.route.preparing import TutorNotAppointed
from services.routes.domain.route.records import Activity, Presentation, ProductKind, Term
from services.routes.domain.route.rules import (
    Command,
    Rule,
    UnknownActivity,
    UnknownTask,
    in_order,
    known_tasks,
    live,
    only,
    private,
    stage,
    written_by_tutee,
)
from services.routes.domain.route.state import Designing, Opened, Route, State
from shared.domain import Refusal, message


@message
class SetTask(Command):
    task: UUID
    text: str
    bases: tuple[UUID, ...]
    competencies: tuple[str, ...]


@message
class DropTask(Command):
    task: UUID


@message
class Describe(Command):
    content: str
    forms: str
    technologies: str
    pace: str
    hours: int
    personal_resources: str = ""
    school_conditions: str = ""
    external_resources: str = ""
    final_diagnostics: bool = False


@message
class PlanTerm(Command):
    term: Term


@message
class PlanActivity(Command):
    activity: Activity
    title: str
    organiser: str
    form: str
    expected: str = ""
    offered: Offered | None = None
    mentored: int = 0  # how many other people the mentor accompanies


@message
class DropActivity(Command):
    activity: UUID


@message
class ChooseProduct(Command):
    product: ProductKind
    title: str


@message
class ChoosePresentation(Command):
    presentation: Presentation
    title: str


class ModelNotChosen(Refusal):
    """Design begins when the tutee has chosen the model, so that it is clear who sees the plan and who writes it."""

    clause = "3.3"


class PlanIsFixed(Refusal):
    """The plan is with the school or agreed, and is not edited there."""

    clause = "2.8.3"


class UnknownBasis(Refusal):
    """A task rests on a deficit, a difficulty or a request of this very route."""

    clause = "2.5"


class BasisMissing(Refusal):
    """A task needs at least one deficit, difficulty or request it rests on."""

    clause = "2.5"


class TaskInUse(Refusal):
    """An activity serves this task."""

    clause = "2.5"


class TermTooLong(Refusal):
    """A route lasts at most a year, its last day included."""

    clause = "1.9"


def drafting(command: Command, state: State) -> tuple[Route, list[Fact]]:
    """The route whose plan may be written now, and the fact that its design begins, if it does."""
    route = live(state)
    if not isinstance(route.phase, Opened | Designing):
        raise PlanIsFixed
    if route.tutor is None:
        raise TutorNotAppointed
    if route.model is None:
        raise ModelNotChosen
    written_by_tutee(route, command.by)
    return route, stage(route, 3, command.at)


def founded(route: Route, bases: tuple[UUID, ...]) -> None:
    if not bases:
        raise BasisMissing
    if not set(bases) <= route.plan.grounds:
        raise UnknownBasis


def set_task(command: SetTask, state: State, _: Policy) -> list[Fact]:
    route, begins = drafting(command, state)
    if command.task in route.plan.tasks:
        return []
    founded(route, command.bases)
    task = TaskSet(
        task=command.task,
        bases=command.bases,
        competencies=command.competencies,
        text=private(route, command.text),
        at=command.at,
    )
    return [*begins, task]


def drop_task(command: DropTask, state: State, _: Policy) -> list[Fact]:
    route, begins = drafting(command, state)
    if command.task not in route.plan.tasks:
        raise UnknownTask
    if any(command.task in doing.activity.tasks for doing in route.plan.activities.values()):
        raise TaskInUse
    return [*begins, TaskDropped(task=command.task, at=command.at)]


def describe(command: Describe, state: State, _: Policy) -> list[Fact]:
    route, begins = drafting(command, state)
    described = RouteDescribed(
        hours=command.hours,
        final_diagnostics=command.final_diagnostics,
        content=private(route, command.content),
        forms=private(route, command.forms),
        technologies=private(route, command.technologies),
        pace=private(route, command.pace),
        personal_resources=private(route, command.personal_resources),
        school_conditions=private(route, command.school_conditions),
        external_resources=private(route, command.external_resources),
        at=command.at,
    )
    return [*begins, described]


def plan_term(command: PlanTerm, state: State, policy: Policy) -> list[Fact]:
    route, begins = drafting(command, state)
    if route.plan.term == command.term:
        return []
    at_most_a_year(command.term.start, command.term.end, policy)
    return [*begins, TermPlanned(term=command.term, at=command.at)]


def at_most_a_year(start: date, end: date, policy: Policy) -> None:
    in_order(start, end)
    if not within(end, start, policy.longest_months):
        raise TermTooLong


def plan_activity(command: PlanActivity, state: State, policy: Policy) -> list[Fact]:
    route, begins = drafting(command, state)
    if command.activity.id in route.plan.activities:
        return []
    known_tasks(route, command.activity.tasks)
    in_order(command.activity.planned.start, command.activity.planned.end)
    fits(command.activity, command.offered)
    paired(route, command.activity, command.mentored, policy)
    planned = ActivityPlanned(
        activity=command.activity,
        title=private(route, command.title),
        organiser=private(route, command.organiser),
        form=private(route, command.form),
        expected=private(route, command.expected),
        at=command.at,
    )
    return [*begins, planned]


def drop_activity(command: DropActivity, state: State, _: Policy) -> list[Fact]:
    route, begins = drafting(command, state)
    if command.activity not in route.plan.activities:
        raise UnknownActivity
    return [*begins, ActivityDropped(activity=command.activity, at=command.at)]


def choose_product(command: ChooseProduct, state: State, _: Policy) -> list[Fact]:
    route, begins = drafting(command, state)
    return [*begins, ProductChosen(product=command.product, title=private(route, command.title), at=command.at)]


def choose_presentation(command: ChoosePresentation, state: State, _: Policy) -> list[Fact]:
    route, begins = drafting(command, state)
    in_order(command.presentation.planned.start, command.presentation.planned.end)
    title = private(route, command.title)
    return [*begins, PresentationChosen(presentation=command.presentation, title=title, at=command.at)]


DRAFTERS = only("tutee", "tutor")

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        SetTask: Rule("2.8.5", set_task, DRAFTERS, ("2.8.5.2",)),
        DropTask: Rule("1.5", drop_task, DRAFTERS),
        Describe: Rule("1.3", describe, DRAFTERS),
        PlanTerm: Rule("1.9", plan_term, DRAFTERS),
        PlanActivity: Rule("2.5", plan_activity, DRAFTERS, ("2.8.5.5",)),
        DropActivity: Rule("1.5", drop_activity, DRAFTERS),
        ChooseProduct: Rule("2.8.5", choose_product, DRAFTERS, ("2.8.5.3",)),
        ChoosePresentation: Rule("2.8.5", choose_presentation, DRAFTERS, ("2.8.5.4",)),
    }
)
