"""Stage 5 of p. 2.3, reflective and analytical: the conclusion, its agreement, and the completion."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from services.routes.domain.calendar import add_years
from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.concluding import (
    ConclusionAgreed,
    ConclusionCosigned,
    ConclusionDrafted,
    ConclusionReturned,
    RouteCompleted,
)
from services.routes.domain.route.plan import Plan
from services.routes.domain.route.preparing import TutorNotAppointed
from services.routes.domain.route.records import Conclusion
from services.routes.domain.route.reflecting import assessed_positive, diagnosed_positive, judged
from services.routes.domain.route.rules import Command, Rule, agreers, live, only, private, stage
from services.routes.domain.route.running import running
from services.routes.domain.route.state import Completed, Concluded, Drafted, Route, Run, State
from shared.domain import Personal, Refusal, message


@message
class DraftConclusion(Command):
    conclusion: Conclusion
    text: str
    weighing: str = ""


@message
class CosignConclusion(Command):
    """The municipal coordinator takes part in the conclusion, when invited."""


@message
class AgreeConclusion(Command): ...


@message
class ReturnConclusion(Command):
    reason: str


@message
class Complete(Command):
    today: date


class NothingToConclude(Refusal):
    """Neither an assessed presented product nor a passed final diagnostics is there."""

    clause = "1.12"


class VerdictPerTask(Refusal):
    """A conclusion gives one verdict for each task, and for no other."""

    clause = "2.8.4"


class BasesMissing(Refusal):
    """A conclusion lists what it rests on."""

    clause = "2.8.4"


class BasisNotThere(Refusal):
    """The conclusion rests on something the route does not have."""

    clause = "2.8.4"


class WeighingMissing(Refusal):
    """Assessment and final diagnostics disagree, and the conclusion does not say how they were weighed."""

    clause = "2.8.4"


class ConclusionMissing(Refusal):
    """There is no conclusion that waits for the school."""

    clause = "2.8.3"


class NotInvitedToCosign(Refusal):
    """The coordinator takes part in a conclusion when the tutor invites them to."""

    clause = "2.8.2"


class ConclusionNotAgreed(Refusal):
    """A route is completed on a conclusion that the school has agreed."""

    clause = "2.8.3"


def draft(command: DraftConclusion, state: State, policy: Policy) -> list[Fact]:
    route, run = running(state)
    if route.tutor is None:
        raise TutorNotAppointed
    if not judged(run, policy):
        raise NothingToConclude
    one_verdict_per_task(command.conclusion, route.plan)
    rests_on_what_is_there(command.conclusion, route.plan, run)
    weighing = weighed(command, route, run, policy)
    drafted = ConclusionDrafted(
        whose=route.whose,
        tutor=route.tutor,
        conclusion=command.conclusion,
        text=private(route, command.text),
        weighing=weighing,
        at=command.at,
    )
    return [*stage(route, 5, command.at), drafted]


def one_verdict_per_task(conclusion: Conclusion, plan: Plan) -> None:
    if sorted(verdict.task for verdict in conclusion.verdicts) != sorted(plan.tasks):
        raise VerdictPerTask


def rests_on_what_is_there(conclusion: Conclusion, plan: Plan, run: Run) -> None:
    there = {
        "assessment": bool(run.assessments),
        "activities": any(doing.done_on for doing in plan.activities.values()),
        "final_diagnostics": run.judgement is not None,
    }
    if not conclusion.bases:
        raise BasesMissing
    if not all(there[basis] for basis in conclusion.bases):
        raise BasisNotThere


def weighed(command: DraftConclusion, route: Route, run: Run, policy: Policy) -> Personal | None:
    """How the two paths were weighed against each other: a must where they disagree (p. 2.8.4)."""
    paths = {assessed_positive(run, policy), diagnosed_positive(run, policy)}
    if paths == {True, False} and not command.weighing:
        raise WeighingMissing
    return private(route, command.weighing) if command.weighing else None


def cosign(command: CosignConclusion, state: State, _: Policy) -> list[Fact]:
    match live(state).phase:
        case Drafted(run=run) if not run.cosigning:
            raise NotInvitedToCosign
        case Drafted(verdicts=verdicts) if verdicts.cosigned == command.by.person:
            return []
        case Drafted():
            return [ConclusionCosigned(coordinator=command.by.person, at=command.at)]
        case _:
            raise ConclusionMissing


def agree_conclusion(command: AgreeConclusion, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    match route.phase:
        case Concluded():
            return []
        case Drafted():
            return [ConclusionAgreed(whose=route.whose, at=command.at)]
        case _:
            raise ConclusionMissing


def return_conclusion(command: ReturnConclusion, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if not isinstance(route.phase, Drafted):
        raise ConclusionMissing
    return [ConclusionReturned(whose=route.whose, reason=private(route, command.reason), at=command.at)]


def complete(command: Complete, state: State, policy: Policy) -> list[Fact]:
    """A conclusion that says "not achieved" completes a route as well: completion is not success (p. 1.12)."""
    match state:
        case Route(phase=Completed()):
            return []
    route = live(state)
    match route.phase:
        case Concluded(run=run, verdicts=verdicts) if route.tutor is not None:
            return [completed(command, route, run, verdicts.conclusion, policy)]
        case _:
            raise ConclusionNotAgreed


def completed(command: Complete, route: Route, run: Run, conclusion: Conclusion, policy: Policy) -> RouteCompleted:
    assert route.tutor is not None  # noqa: S101 - a concluded route has had its tutor
    enough = conclusion.tasks_achieved >= policy.certificate_tasks
    kept_until = add_years(command.today, policy.paper_years) if route.medium == "paper" else None
    return RouteCompleted(
        whose=route.whose,
        tutor=route.tutor,
        medium=route.medium,
        started_on=run.term.start,
        completed_on=command.today,
        hours=route.plan.description.hours if route.plan.description else 0,
        tasks_total=len(conclusion.verdicts),
        tasks_achieved=conclusion.tasks_achieved,
        certificate_due=enough and route.medium in policy.certificate_media,
        policy=policy.version,
        at=command.at,
        kept_until=kept_until,
    )


TUTOR = only("tutor")

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        DraftConclusion: Rule("2.8.4", draft, TUTOR, ("2.8.4.11", "2.8.4.12")),
        CosignConclusion: Rule("2.8.2", cosign, only("municipal_coordinator"), ("2.8.2.8",)),
        AgreeConclusion: Rule("2.8.3", agree_conclusion, agreers, ("2.8.3.7",)),
        ReturnConclusion: Rule("2.8.3", return_conclusion, agreers, ("2.8.3.7",)),
        Complete: Rule("1.12", complete, lambda policy: policy.completing),
    }
)
