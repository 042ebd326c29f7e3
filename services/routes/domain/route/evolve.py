"""What each fact makes of a route; it never fails, whatever it is given."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.routes.domain.route import facts as f
from services.routes.domain.route.company import stood_by
from services.routes.domain.route.maps import with_one, without
from services.routes.domain.route.plan import ChosenPresentation, ChosenProduct, Deficit, Description, Doing, Plan, Task
from services.routes.domain.route.records import Change, Term
from services.routes.domain.route.state import (
    NONE,
    Agreed,
    Assessed,
    Completed,
    Concluded,
    Designing,
    Drafted,
    Evaluating,
    Nominated,
    Opened,
    Pending,
    Route,
    Run,
    Running,
    State,
    Submitted,
    SubmittedProduct,
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
        case f.opening.RouteNominated(), _:
            return Nominated(whose=fact.whose, medium=fact.medium, at=fact.at)
        case f.opening.RouteInvited(), Nominated():
            return changed(state, invited=True, declined=False)
        case f.opening.InvitationDeclined(), Nominated():
            return changed(state, declined=True)
        case f.opening.RouteOpened(), _:
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


def entered(route: Route, fact: f.opening.StageEntered) -> Route:
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


def found_deficit(route: Route, fact: f.diagnosing.DeficitRecorded) -> Route:
    found = Deficit(text=fact.text, source=fact.source, competency=fact.competency)
    return planned(route, deficits=with_one(route.plan.deficits, fact.deficit, found))


def task_of(fact: f.designing.TaskSet | f.adjusting.TaskProposed) -> Task:
    return Task(text=fact.text, bases=fact.bases, competencies=fact.competencies)


def doing_of(fact: f.designing.ActivityPlanned | f.adjusting.ActivityProposed) -> Doing:
    return Doing(
        activity=fact.activity, title=fact.title, organiser=fact.organiser, form=fact.form, expected=fact.expected
    )


def described(route: Route, fact: f.designing.RouteDescribed) -> Route:
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


def proposed_task(route: Route, fact: f.adjusting.TaskProposed) -> Route:
    known = route.run.proposed_tasks if route.run else NONE
    return ran(route, proposed_tasks=with_one(known, fact.task, task_of(fact)))


def proposed_activity(route: Route, fact: f.adjusting.ActivityProposed) -> Route:
    known = route.run.proposed_activities if route.run else NONE
    return ran(route, proposed_activities=with_one(known, fact.activity.id, doing_of(fact)))


def adjusted(route: Route, fact: f.adjusting.RouteAdjusted) -> Route:
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


def extended(route: Route, fact: f.adjusting.RouteExtended) -> Route:
    return ran(route, term=Term(start=route.run.term.start, end=fact.end), extended=True) if route.run else route


def submitted_product(route: Route, fact: f.reflecting.ProductSubmitted) -> Route:
    product = SubmittedProduct(number=fact.number, title=fact.title, link=fact.link, summary=fact.summary)
    return ran(route, products=(*route.run.products, product)) if route.run else route


def assessed(route: Route, fact: f.reflecting.ProductAssessed) -> Route:
    one = Assessed(assessment=fact.assessment, text=fact.text)
    return ran(route, assessments=(*route.run.assessments, one)) if route.run else route


def drafted(route: Route, fact: f.concluding.ConclusionDrafted) -> Route:
    verdicts = Verdicts(conclusion=fact.conclusion, text=fact.text, weighing=fact.weighing)
    return moved(route, lambda run: Drafted(run=run, verdicts=verdicts))


def concluded(route: Route, _: f.concluding.ConclusionAgreed) -> Route:
    match route.phase:
        case Drafted(run=run, verdicts=verdicts):
            return changed(route, phase=Concluded(run=run, verdicts=verdicts))
        case _:
            return route


def completed(route: Route, fact: f.concluding.RouteCompleted) -> Route:
    match route.phase:
        case Concluded(run=run, verdicts=verdicts):
            phase = Completed(run=run, verdicts=verdicts, on=fact.completed_on, certificate_due=fact.certificate_due)
            return changed(route, phase=phase)
        case _:
            return route


def cosigned(route: Route, fact: f.concluding.ConclusionCosigned) -> Route:
    match route.phase:
        case Drafted(verdicts=verdicts) as phase:
            return changed(route, phase=changed(phase, verdicts=changed(verdicts, cosigned=fact.coordinator)))
        case _:
            return route


Step = Callable[[Route, Any], Route]

PREPARING: Final[Mapping[type, Step]] = {
    f.opening.StageEntered: entered,
    f.preparing.TutorAppointed: lambda route, fact: changed(route, tutor=fact.tutor),
    f.preparing.ModelProposed: lambda route, fact: changed(route, proposed_model=fact.model),
    f.preparing.ModelChosen: lambda route, fact: changed(
        route, model=fact.model, consented=fact.tutor, track=fact.track
    ),
    f.preparing.ConsentRequired: lambda route, _: changed(route, consented=None),
    f.preparing.ConsentGiven: lambda route, fact: changed(route, consented=fact.tutor),
    f.preparing.ConsentWithdrawn: lambda route, _: changed(route, consented=None),
    f.preparing.RouteWithdrawn: lambda route, _: changed(route, phase=Withdrawn(run=route.run)),
}
DIAGNOSING: Final[Mapping[type, Step]] = {
    f.diagnosing.DiagnosticResultRecorded: lambda route, fact: planned(
        route, results=(*route.plan.results, fact.result)
    ),
    f.diagnosing.DeficitRecorded: found_deficit,
    f.diagnosing.DifficultyRecorded: lambda route, fact: planned(
        route, difficulties=with_one(route.plan.difficulties, fact.difficulty, fact.text)
    ),
    f.diagnosing.RequestRecorded: lambda route, fact: planned(
        route, requests=with_one(route.plan.requests, fact.request, fact.text)
    ),
}
DESIGNING: Final[Mapping[type, Step]] = {
    f.designing.TaskSet: lambda route, fact: planned(route, tasks=with_one(route.plan.tasks, fact.task, task_of(fact))),
    f.designing.TaskDropped: lambda route, fact: planned(route, tasks=without(route.plan.tasks, fact.task)),
    f.designing.RouteDescribed: described,
    f.designing.TermPlanned: lambda route, fact: planned(route, term=fact.term),
    f.designing.ActivityPlanned: lambda route, fact: planned(
        route, activities=with_one(route.plan.activities, fact.activity.id, doing_of(fact))
    ),
    f.designing.ActivityDropped: lambda route, fact: planned(
        route, activities=without(route.plan.activities, fact.activity)
    ),
    f.designing.ProductChosen: lambda route, fact: planned(
        route, product=ChosenProduct(kind=fact.product, title=fact.title)
    ),
    f.designing.PresentationChosen: lambda route, fact: planned(
        route, presentation=ChosenPresentation(presentation=fact.presentation, title=fact.title)
    ),
    f.agreeing.RouteSubmitted: lambda route, _: changed(route, phase=Submitted()),
    f.agreeing.RouteReturned: lambda route, fact: changed(route, phase=Designing(returned=fact.reason)),
    f.agreeing.RouteAgreed: lambda route, fact: changed(route, phase=Agreed(on=fact.on)),
}
RUNNING: Final[Mapping[type, Step]] = {
    f.running.RouteStarted: lambda route, fact: changed(
        route, phase=Running(run=Run(term=fact.term, counted_from=fact.counted_from or fact.term.start))
    ),
    f.running.ActivityDone: lambda route, fact: did(
        route, fact.activity, done_on=fact.on, result=fact.result, order=fact.order
    ),
    f.running.ActivityReflected: lambda route, fact: did(route, fact.activity, reflection=fact.text),
    f.adjusting.TaskProposed: proposed_task,
    f.adjusting.ActivityProposed: proposed_activity,
    f.adjusting.AdjustmentSubmitted: lambda route, fact: ran(
        route, pending=Pending(reason=fact.reason, change=fact.change)
    ),
    f.adjusting.AdjustmentReturned: lambda route, _: settled(route),
    f.adjusting.RouteAdjusted: adjusted,
    f.adjusting.RouteExtended: extended,
    f.deadlines.DeadlineNeared: lambda route, fact: ran(route, reminded=(fact.planned_end, fact.days)),
    f.deadlines.RouteOverdue: lambda route, fact: ran(route, overdue_since=fact.planned_end),
}
REFLECTING: Final[Mapping[type, Step]] = {
    f.reflecting.ProductSubmitted: submitted_product,
    f.reflecting.ProductPresented: lambda route, fact: ran(route, presented_on=fact.on),
    f.reflecting.AssessmentAsked: lambda route, _: ran(route, assessment_asked=True),
    f.reflecting.ProductAssessed: assessed,
    f.reflecting.DynamicsRecorded: lambda route, fact: ran(route, judgement=fact.judgement),
    f.reflecting.AdjustmentOffered: lambda route, fact: ran(route, offer=fact.text),
    f.reflecting.OfferAnswered: lambda route, fact: ran(route, offer=None, offer_accepted=fact.accepted),
    f.reflecting.AchievementReflected: lambda route, fact: ran(route, achievement=fact.text),
    f.concluding.ConclusionDrafted: drafted,
    f.accompanying.CosignatureAsked: lambda route, _: ran(route, cosigning=True),
    f.concluding.ConclusionCosigned: cosigned,
    f.concluding.ConclusionReturned: lambda route, fact: moved(
        route, lambda run: Evaluating(run=run, returned=fact.reason)
    ),
    f.concluding.ConclusionAgreed: concluded,
    f.concluding.RouteCompleted: completed,
}
CHANGES: Final[Mapping[type, Step]] = MappingProxyType(
    {**PREPARING, **DIAGNOSING, **DESIGNING, **RUNNING, **REFLECTING}
)
