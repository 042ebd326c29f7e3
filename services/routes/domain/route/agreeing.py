"""Stage 3 of p. 2.3, design: the whole plan before the school, which agrees to it or gives it back."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from services.routes.domain.policy import Policy
from services.routes.domain.route.designing import PlanIsFixed
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.agreeing import RouteAgreed, RouteReturned, RouteSubmitted
from services.routes.domain.route.plan import Plan
from services.routes.domain.route.preparing import TutorNotAppointed
from services.routes.domain.route.rules import TUTEE, Command, Rule, agreers, consented, live, private
from services.routes.domain.route.state import Agreed, Designing, Opened, State, Submitted
from shared.domain import Refusal, message


@message
class Submit(Command): ...


@message
class Agree(Command):
    today: date


@message
class Return(Command):
    reason: str


class NothingDiagnosed(Refusal):
    """A plan rests on at least one diagnostic result, deficit, difficulty or request."""

    clause = "2.4"


class TasksMissing(Refusal):
    """The goal section is empty."""

    clause = "2.5"


class ActivitiesMissing(Refusal):
    """The activity section is empty."""

    clause = "2.5"


class TaskWithoutActivity(Refusal):
    """A task has no activity that serves it."""

    clause = "2.5"


class DescriptionMissing(Refusal):
    """Content, forms, technologies, pace and time of the route are not described."""

    clause = "1.3"


class TermMissing(Refusal):
    """The route has no dates."""

    clause = "1.9"


class OutcomeMissing(Refusal):
    """The plan tells neither a product with its presentation nor a final diagnostics to end with."""

    clause = "1.12"


class NotSubmitted(Refusal):
    """There is no plan that waits for the school."""

    clause = "2.8.3"


def submit(command: Submit, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    match route.phase:
        case Submitted():
            return []
        case Opened() | Designing():
            consented(route)
            whole(route.plan)
        case _:
            raise PlanIsFixed
    if route.tutor is None:
        raise TutorNotAppointed
    return [RouteSubmitted(whose=route.whose, tutor=route.tutor, at=command.at)]


def whole(plan: Plan) -> None:
    """Refuses a plan with an empty section (p. 2.5), by the first thing that is missing."""
    if not plan.results and not plan.grounds:
        raise NothingDiagnosed
    if not plan.tasks:
        raise TasksMissing
    if not plan.activities:
        raise ActivitiesMissing
    if not plan.tasks.keys() <= {task for doing in plan.activities.values() for task in doing.activity.tasks}:
        raise TaskWithoutActivity
    if plan.description is None:
        raise DescriptionMissing
    if plan.term is None:
        raise TermMissing
    if not plan.description.final_diagnostics and (plan.product is None or plan.presentation is None):
        raise OutcomeMissing


def agree(command: Agree, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    match route.phase:
        case Agreed():
            return []
        case Submitted():
            return [RouteAgreed(whose=route.whose, at=command.at, on=command.today)]
        case _:
            raise NotSubmitted


def give_back(command: Return, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if not isinstance(route.phase, Submitted):
        raise NotSubmitted
    return [RouteReturned(whose=route.whose, reason=private(route, command.reason), at=command.at)]


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Submit: Rule("2.8.3", submit, TUTEE),
        Agree: Rule("2.8.3", agree, agreers, ("2.8.3.5",)),
        Return: Rule("2.8.3", give_back, agreers, ("2.8.3.5",)),
    }
)
