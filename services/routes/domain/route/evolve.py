"""What each fact makes of a route; it never fails, whatever it is given."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.routes.domain.route import facts as f
from services.routes.domain.route.company import stood_by
from services.routes.domain.route.maps import with_one, without
from services.routes.domain.route.records import Change, Term
from services.routes.domain.route.state import (
    NONE,
    Agreed,
    Assessed,
    ChosenPresentation,
    ChosenProduct,
    Completed,
    Concluded,
    Deficit,
    Description,
    Designing,
    Doing,
    Drafted,
    Evaluating,
    Nominated,
    Opened,
    Pending,
    Plan,
    Route,
    Run,
    Running,
    State,
    Submitted,
    SubmittedProduct,
    Task,
    Verdicts,
    Withdrawn,
)
from shared.domain import changed


def evolve(state: State, fact: object) -> State:
    if isinstance(state, Route):
        change = CHANGES.get(type(fact))
        if change is None:
            return changed(state, company=stood_by(state.company, fact))
        return change(state, fact)
    match fact, state:
        case f.RouteNominated(), _:
            return Nominated(whose=fact.whose, medium=fact.medium, at=fact.at)
        case f.RouteInvited(), Nominated():
            return changed(state, invited=True, declined=False)
        case f.InvitationDeclined(), Nominated():
            return changed(state, declined=True)
        case f.RouteOpened(), _:
            return Route(
                whose=fact.whose,
                medium=fact.medium,
                opened_at=fact.at,
                continues=fact.continues,
                priority=fact.priority,
            )
        case _:
            return state


def planned(route: Route, **changes: Any) -> Route:
    return changed(route, plan=changed(route.plan, **changes))


def ran(route: Route, **changes: Any) -> Route:
    """The route with its run changed, in whatever phase it is; unchanged where there is no run."""
    phase: Any = route.phase
    return changed(route, phase=changed(phase, run=changed(route.run, **changes))) if route.run else route


def moved(route: Route, phase: Callable[[Run], Any]) -> Route:
    return changed(route, phase=phase(route.run)) if route.run else route


def entered(route: Route, fact: f.StageEntered) -> Route:
    route = changed(route, stage=fact.stage)
    if fact.stage == 3 and isinstance(route.phase, Opened):
        return changed(route, phase=Designing())
    if fact.stage == 5 and isinstance(route.phase, Running):
        return moved(route, lambda run: Evaluating(run=run))
    return route


def did(route: Route, activity: UUID, **changes: Any) -> Route:
    known = route.plan.activities.get(activity)
    if known is None:
        return route
    return planned(route, activities=with_one(route.plan.activities, activity, changed(known, **changes)))


def found_deficit(route: Route, fact: f.DeficitRecorded) -> Route:
    found = Deficit(text=fact.text, source=fact.source, competency=fact.competency)
    return planned(route, deficits=with_one(route.plan.deficits, fact.deficit, found))


def task_of(fact: f.TaskSet | f.TaskProposed) -> Task:
    return Task(text=fact.text, bases=fact.bases, competencies=fact.competencies)


def doing_of(fact: f.ActivityPlanned | f.ActivityProposed) -> Doing:
    return Doing(
        activity=fact.activity, title=fact.title, organiser=fact.organiser, form=fact.form, expected=fact.expected
    )


def described(route: Route, fact: f.RouteDescribed) -> Route:
    description = Description(
        hours=fact.hours,
        final_diagnostics=fact.final_diagnostics,
        content=fact.content,
        forms=fact.forms,
        technologies=fact.technologies,
        pace=fact.pace,
        personal_resources=fact.personal_resources,
        school_conditions=fact.school_conditions,
        external_resources=fact.external_resources,
    )
    return planned(route, description=description)


def proposed_task(route: Route, fact: f.TaskProposed) -> Route:
    known = route.run.proposed_tasks if route.run else NONE
    return ran(route, proposed_tasks=with_one(known, fact.task, task_of(fact)))


def proposed_activity(route: Route, fact: f.ActivityProposed) -> Route:
    known = route.run.proposed_activities if route.run else NONE
    return ran(route, proposed_activities=with_one(known, fact.activity.id, doing_of(fact)))


def adjusted(route: Route, fact: f.RouteAdjusted) -> Route:
    run = route.run
    if run is None:
        return route
    route = changed(route, plan=with_change(route.plan, fact.change, run))
    return ran(settled(route), term=Term(start=run.term.start, end=fact.end), adjusted=True)


def with_change(plan: Plan, change: Change, run: Run) -> Plan:
    tasks = {id: task for id, task in plan.tasks.items() if id not in change.dropped_tasks}
    tasks |= {id: run.proposed_tasks[id] for id in change.added_tasks if id in run.proposed_tasks}
    activities = {id: doing for id, doing in plan.activities.items() if id not in change.dropped_activities}
    activities |= {id: run.proposed_activities[id] for id in change.added_activities if id in run.proposed_activities}
    return changed(plan, tasks=MappingProxyType(tasks), activities=MappingProxyType(activities))


def settled(route: Route) -> Route:
    """Nothing waits for the school any more."""
    return ran(route, pending=None, proposed_tasks=NONE, proposed_activities=NONE)


def extended(route: Route, fact: f.RouteExtended) -> Route:
    return ran(route, term=Term(start=route.run.term.start, end=fact.end), extended=True) if route.run else route


def submitted_product(route: Route, fact: f.ProductSubmitted) -> Route:
    product = SubmittedProduct(number=fact.number, title=fact.title, link=fact.link, summary=fact.summary)
    return ran(route, products=(*route.run.products, product)) if route.run else route


def assessed(route: Route, fact: f.ProductAssessed) -> Route:
    one = Assessed(assessment=fact.assessment, text=fact.text)
    return ran(route, assessments=(*route.run.assessments, one)) if route.run else route


def drafted(route: Route, fact: f.ConclusionDrafted) -> Route:
    verdicts = Verdicts(conclusion=fact.conclusion, text=fact.text, weighing=fact.weighing)
    return moved(route, lambda run: Drafted(run=run, verdicts=verdicts))


def concluded(route: Route, _: f.ConclusionAgreed) -> Route:
    match route.phase:
        case Drafted(run=run, verdicts=verdicts):
            return changed(route, phase=Concluded(run=run, verdicts=verdicts))
        case _:
            return route


def completed(route: Route, fact: f.RouteCompleted) -> Route:
    match route.phase:
        case Concluded(run=run, verdicts=verdicts):
            phase = Completed(run=run, verdicts=verdicts, on=fact.completed_on, certificate_due=fact.certificate_due)
            return changed(route, phase=phase)
        case _:
            return route


def cosigned(route: Route, fact: f.ConclusionCosigned) -> Route:
    match route.phase:
        case Drafted(verdicts=verdicts) as phase:
            return changed(route, phase=changed(phase, verdicts=changed(verdicts, cosigned=fact.coordinator)))
        case _:
            return route


Step = Callable[[Route, Any], Route]

PREPARING: Final[Mapping[type, Step]] = {
    f.StageEntered: entered,
    f.TutorAppointed: lambda route, fact: changed(route, tutor=fact.tutor),
    f.ModelProposed: lambda route, fact: changed(route, proposed_model=fact.model),
    f.ModelChosen: lambda route, fact: changed(route, model=fact.model, consented=fact.tutor, track=fact.track),
    f.ConsentRequired: lambda route, _: changed(route, consented=None),
    f.ConsentGiven: lambda route, fact: changed(route, consented=fact.tutor),
    f.ConsentWithdrawn: lambda route, _: changed(route, consented=None),
    f.RouteWithdrawn: lambda route, _: changed(route, phase=Withdrawn(run=route.run)),
}
DIAGNOSING: Final[Mapping[type, Step]] = {
    f.DiagnosticResultRecorded: lambda route, fact: planned(route, results=(*route.plan.results, fact.result)),
    f.DeficitRecorded: found_deficit,
    f.DifficultyRecorded: lambda route, fact: planned(
        route, difficulties=with_one(route.plan.difficulties, fact.difficulty, fact.text)
    ),
    f.RequestRecorded: lambda route, fact: planned(
        route, requests=with_one(route.plan.requests, fact.request, fact.text)
    ),
}
DESIGNING: Final[Mapping[type, Step]] = {
    f.TaskSet: lambda route, fact: planned(route, tasks=with_one(route.plan.tasks, fact.task, task_of(fact))),
    f.TaskDropped: lambda route, fact: planned(route, tasks=without(route.plan.tasks, fact.task)),
    f.RouteDescribed: described,
    f.TermPlanned: lambda route, fact: planned(route, term=fact.term),
    f.ActivityPlanned: lambda route, fact: planned(
        route, activities=with_one(route.plan.activities, fact.activity.id, doing_of(fact))
    ),
    f.ActivityDropped: lambda route, fact: planned(route, activities=without(route.plan.activities, fact.activity)),
    f.ProductChosen: lambda route, fact: planned(route, product=ChosenProduct(kind=fact.product, title=fact.title)),
    f.PresentationChosen: lambda route, fact: planned(
        route, presentation=ChosenPresentation(presentation=fact.presentation, title=fact.title)
    ),
    f.RouteSubmitted: lambda route, _: changed(route, phase=Submitted()),
    f.RouteReturned: lambda route, fact: changed(route, phase=Designing(returned=fact.reason)),
    f.RouteAgreed: lambda route, fact: changed(route, phase=Agreed(on=fact.on)),
}
RUNNING: Final[Mapping[type, Step]] = {
    f.RouteStarted: lambda route, fact: changed(
        route, phase=Running(run=Run(term=fact.term, counted_from=fact.counted_from or fact.term.start))
    ),
    f.ActivityDone: lambda route, fact: did(
        route, fact.activity, done_on=fact.on, result=fact.result, order=fact.order
    ),
    f.ActivityReflected: lambda route, fact: did(route, fact.activity, reflection=fact.text),
    f.TaskProposed: proposed_task,
    f.ActivityProposed: proposed_activity,
    f.AdjustmentSubmitted: lambda route, fact: ran(route, pending=Pending(reason=fact.reason, change=fact.change)),
    f.AdjustmentReturned: lambda route, _: settled(route),
    f.RouteAdjusted: adjusted,
    f.RouteExtended: extended,
    f.DeadlineNeared: lambda route, fact: ran(route, reminded=(fact.planned_end, fact.days)),
    f.RouteOverdue: lambda route, fact: ran(route, overdue_since=fact.planned_end),
}
REFLECTING: Final[Mapping[type, Step]] = {
    f.ProductSubmitted: submitted_product,
    f.ProductPresented: lambda route, fact: ran(route, presented_on=fact.on),
    f.AssessmentAsked: lambda route, _: ran(route, assessment_asked=True),
    f.ProductAssessed: assessed,
    f.DynamicsRecorded: lambda route, fact: ran(route, judgement=fact.judgement),
    f.AdjustmentOffered: lambda route, fact: ran(route, offer=fact.text),
    f.OfferAnswered: lambda route, fact: ran(route, offer=None, offer_accepted=fact.accepted),
    f.AchievementReflected: lambda route, fact: ran(route, achievement=fact.text),
    f.ConclusionDrafted: drafted,
    f.CosignatureAsked: lambda route, _: ran(route, cosigning=True),
    f.ConclusionCosigned: cosigned,
    f.ConclusionReturned: lambda route, fact: moved(route, lambda run: Evaluating(run=run, returned=fact.reason)),
    f.ConclusionAgreed: concluded,
    f.RouteCompleted: completed,
}
CHANGES: Final[Mapping[type, Step]] = MappingProxyType(
    {**PREPARING, **DIAGNOSING, **DESIGNING, **RUNNING, **REFLECTING}
)
