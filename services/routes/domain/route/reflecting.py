"""Stage 5 of p. 2.3, reflective and analytical: the product, its assessment, the conclusion, the completion."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

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
from services.routes.domain.route.facts.reflecting import (
    AchievementReflected,
    AdjustmentOffered,
    AssessmentAsked,
    DynamicsRecorded,
    OfferAnswered,
    ProductAssessed,
    ProductPresented,
    ProductSubmitted,
)
from services.routes.domain.route.plan import Plan
from services.routes.domain.route.preparing import TutorNotAppointed
from services.routes.domain.route.records import Assessment, Conclusion, Judgement
from services.routes.domain.route.rules import (
    TUTEE,
    Command,
    InTheFuture,
    Rule,
    agreers,
    live,
    only,
    private,
    stage,
)
from services.routes.domain.route.running import OutsideTerm, running
from services.routes.domain.route.state import Completed, Concluded, Drafted, Route, Run, State
from shared.domain import Personal, Refusal, message


@message
class SubmitProduct(Command):
    title: str
    link: str
    summary: str


@message
class PresentProduct(Command):
    on: date
    today: date


@message
class AskAssessment(Command):
    """Asks those who assess on request only, as the regional centre does (p. 2.8.1)."""


@message
class AssessProduct(Command):
    assessment: UUID
    developed: bool
    deficits_removed: bool | None
    dynamics: bool
    text: str


@message
class RecordDynamics(Command):
    """The service of diagnostics compared the initial with the final session."""

    person: UUID
    judgement: Judgement


@message
class OfferAdjustment(Command):
    text: str


@message
class AnswerOffer(Command):
    accepted: bool


@message
class ReflectOnAchievement(Command):
    text: str


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


class ProductMissing(Refusal):
    """No product has been submitted."""

    clause = "2.8.5"


class NotPresented(Refusal):
    """An expert assesses a product that has been presented."""

    clause = "1.12"


class AssessmentNotAsked(Refusal):
    """This expert assesses a product only when asked to."""

    clause = "2.8.1"


class ExpertIsTutee(Refusal):
    """Nobody assesses their own product."""

    clause = "1.13"


class StrangersDynamics(Refusal):
    """The diagnostics were taken by somebody else than the tutee of this route."""

    clause = "2.8.5"


class NothingToOffer(Refusal):
    """Adjustment and extension are offered where no positive dynamics show; here they do, or nothing is judged yet."""

    clause = "1.14"


class NoOffer(Refusal):
    """There is no offer to answer."""

    clause = "1.14"


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


def submit_product(command: SubmitProduct, state: State, _: Policy) -> list[Fact]:
    """Every version is kept; the latest is the one that is assessed."""
    route, run = running(state)
    product = ProductSubmitted(
        whose=route.whose,
        number=len(run.products) + 1,
        title=private(route, command.title),
        link=private(route, command.link),
        summary=private(route, command.summary),
        at=command.at,
    )
    return [*stage(route, 5, command.at), product]


def present(command: PresentProduct, state: State, _: Policy) -> list[Fact]:
    route, run = running(state)
    if not run.products:
        raise ProductMissing
    if command.on > command.today:
        raise InTheFuture
    if command.on < run.term.start:
        raise OutsideTerm
    if command.on == run.presented_on:
        return []
    return [ProductPresented(whose=route.whose, on=command.on, at=command.at)]


def ask_assessment(command: AskAssessment, state: State, _: Policy) -> list[Fact]:
    route, run = running(state)
    if not run.products:
        raise ProductMissing
    return [] if run.assessment_asked else [AssessmentAsked(whose=route.whose, at=command.at)]


def assess(command: AssessProduct, state: State, policy: Policy) -> list[Fact]:
    route, run = running(state)
    if command.by.person == route.whose.tutee:
        raise ExpertIsTutee
    if command.by.role in policy.assessing_on_request and not run.assessment_asked:
        raise AssessmentNotAsked
    if not run.products:
        raise ProductMissing
    if run.presented_on is None:
        raise NotPresented
    if any(known.assessment.id == command.assessment for known in run.assessments):
        return []
    assessment = Assessment(
        id=command.assessment,
        expert=command.by.person,
        role=command.by.role,
        product=run.products[-1].number,
        developed=command.developed,
        deficits_removed=command.deficits_removed,
        dynamics=command.dynamics,
    )
    text = private(route, command.text)
    return [ProductAssessed(whose=route.whose, assessment=assessment, text=text, at=command.at)]


def record_dynamics(command: RecordDynamics, state: State, _: Policy) -> list[Fact]:
    route, run = running(state)
    if command.person != route.whose.tutee:
        raise StrangersDynamics
    if run.judgement and run.judgement.final_session == command.judgement.final_session:
        return []
    return [*stage(route, 5, command.at), DynamicsRecorded(judgement=command.judgement, at=command.at)]


def assessed_positive(run: Run, policy: Policy) -> bool | None:
    """Criterion a of p. 1.13: None while nobody who can satisfy it has assessed."""
    deciding = [each.assessment for each in run.assessments if each.assessment.role in policy.satisfying]
    return any(assessment.positive for assessment in deciding) if deciding else None


def diagnosed_positive(run: Run, policy: Policy) -> bool | None:
    """Criterion b of p. 1.13: None without final diagnostics, or where they say nothing."""
    if run.judgement is None or run.judgement.verdict in policy.silent_dynamics:
        return None
    return run.judgement.verdict in policy.positive_dynamics


def judged(run: Run, policy: Policy) -> bool:
    """p. 1.12: whether the route has what it takes to end, with a good result or a bad one."""
    presented_and_assessed = run.presented_on is not None and assessed_positive(run, policy) is not None
    return presented_and_assessed or run.judgement is not None


def offer(command: OfferAdjustment, state: State, policy: Policy) -> list[Fact]:
    route, run = running(state)
    if not judged(run, policy) or True in (assessed_positive(run, policy), diagnosed_positive(run, policy)):
        raise NothingToOffer
    return [AdjustmentOffered(whose=route.whose, text=private(route, command.text), at=command.at)]


def answer_offer(command: AnswerOffer, state: State, _: Policy) -> list[Fact]:
    _route, run = running(state)
    if run.offer is None:
        raise NoOffer
    return [OfferAnswered(accepted=command.accepted, at=command.at)]


def reflect_on_achievement(command: ReflectOnAchievement, state: State, _: Policy) -> list[Fact]:
    route, _run = running(state)
    return [AchievementReflected(text=private(route, command.text), at=command.at)]


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


def asking(policy: Policy) -> frozenset[str]:
    return policy.agreeing | {"tutee", "tutor"}


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        SubmitProduct: Rule("2.8.5", submit_product, TUTEE, ("2.8.5.7",)),
        PresentProduct: Rule("1.12", present, TUTEE, ("2.8.5.7",)),
        AskAssessment: Rule("2.8.1", ask_assessment, asking, ("2.8.1.8",)),
        AssessProduct: Rule("1.13", assess, lambda policy: policy.assessing, ("2.8.1.8", "2.8.2.7", "2.8.4.11")),
        RecordDynamics: Rule("1.13", record_dynamics, only("service"), ("2.8.5.7",)),
        OfferAdjustment: Rule("1.14", offer, lambda policy: policy.offering),
        AnswerOffer: Rule("1.14", answer_offer, TUTEE),
        ReflectOnAchievement: Rule("2.8.5", reflect_on_achievement, TUTEE, ("2.8.5.9",)),
        DraftConclusion: Rule("2.8.4", draft, TUTOR, ("2.8.4.11", "2.8.4.12")),
        CosignConclusion: Rule("2.8.2", cosign, only("municipal_coordinator"), ("2.8.2.8",)),
        AgreeConclusion: Rule("2.8.3", agree_conclusion, agreers, ("2.8.3.7",)),
        ReturnConclusion: Rule("2.8.3", return_conclusion, agreers, ("2.8.3.7",)),
        Complete: Rule("1.12", complete, lambda policy: policy.completing),
    }
)
