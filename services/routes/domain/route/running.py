"""Stage 4 of p. 2.3, implementation: the start, the activities and what was learnt from each."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.designing import at_most_a_year
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.running import ActivityDone, ActivityReflected, RouteStarted
from services.routes.domain.route.plan import Doing
from services.routes.domain.route.records import Term
from services.routes.domain.route.rules import (
    TUTEE,
    Command,
    InTheFuture,
    RouteNotStarted,
    Rule,
    UnknownActivity,
    consented,
    live,
    private,
    stage,
)
from services.routes.domain.route.state import Agreed, Evaluating, Route, Run, Running, State
from shared.domain import Refusal, message


@message
class Start(Command):
    on: date
    today: date


@message
class CompleteActivity(Command):
    activity: UUID
    on: date
    result: str
    today: date
    order: str = ""


@message
class ReflectOnActivity(Command):
    activity: UUID
    text: str


class NotAgreed(Refusal):
    """The school has not agreed the plan, so it cannot be started."""

    clause = "2.8.3"


class StartAfterEnd(Refusal):
    """The route would start after the last day the plan gives it."""

    clause = "1.9"


class OutsideTerm(Refusal):
    """The day lies before the route's start."""

    clause = "2.5"


class ActivityNotDone(Refusal):
    """One reflects on what has taken place."""

    clause = "2.5"


def running(state: State) -> tuple[Route, Run]:
    """The route and its run, where it is being carried out and no conclusion has been drawn."""
    route = live(state)
    match route.phase:
        case Running(run=run) | Evaluating(run=run):
            return route, run
        case _:
            raise RouteNotStarted


def start(command: Start, state: State, policy: Policy) -> list[Fact]:
    route = live(state)
    if route.run:
        return []
    planned = route.plan.term
    if not isinstance(route.phase, Agreed) or planned is None:
        raise NotAgreed
    agreed_on = route.phase.on or command.on
    consented(route)
    if command.on > command.today:
        raise InTheFuture
    if command.on > planned.end:
        raise StartAfterEnd
    counted_from = command.on if policy.year_starts == "start" else agreed_on
    at_most_a_year(counted_from, planned.end, policy)
    term = Term(start=command.on, end=planned.end)
    started = RouteStarted(whose=route.whose, term=term, at=command.at, counted_from=counted_from)
    return [*stage(route, 4, command.at), started]


def complete_activity(command: CompleteActivity, state: State, _: Policy) -> list[Fact]:
    route, run = running(state)
    known(route, command.activity)
    if command.on > command.today:
        raise InTheFuture
    if command.on < run.term.start:
        raise OutsideTerm
    result, order = private(route, command.result), private(route, command.order)
    return [ActivityDone(activity=command.activity, on=command.on, result=result, order=order, at=command.at)]


def reflect_on_activity(command: ReflectOnActivity, state: State, _: Policy) -> list[Fact]:
    route, _run = running(state)
    if known(route, command.activity).done_on is None:
        raise ActivityNotDone
    return [ActivityReflected(activity=command.activity, text=private(route, command.text), at=command.at)]


def known(route: Route, activity: UUID) -> Doing:
    if activity not in route.plan.activities:
        raise UnknownActivity
    return route.plan.activities[activity]


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Start: Rule("1.9", start, TUTEE),
        CompleteActivity: Rule("2.5", complete_activity, TUTEE, ("2.8.5.6",)),
        ReflectOnActivity: Rule("2.5", reflect_on_activity, TUTEE, ("2.8.5.6",)),
    }
)
