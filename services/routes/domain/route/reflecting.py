"""Stage 5 of p. 2.3, reflective and analytical: the product, its assessment, the dynamics, and the offer of p. 1.14."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
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
from services.routes.domain.route.records import Assessment, Judgement
from services.routes.domain.route.rules import TUTEE, Command, InTheFuture, Rule, only, private, stage
from services.routes.domain.route.running import OutsideTerm, running
from services.routes.domain.route.state import Run, State
from shared.domain import Refusal, message


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
    }
)
