"""How a route is accompanied at every stage: reviews, reporting events, who takes part, next steps (p. 2.8)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.accompanying import (
    CosignatureAsked,
    InterimReviewed,
    MethodistAssigned,
    MethodistReleased,
    NextStepsPlanned,
    ReportAgreed,
    ReportProposed,
)
from services.routes.domain.route.records import Term
from services.routes.domain.route.rules import SCHOOL, Command, RouteUnknown, Rule, in_order, live, only, private
from services.routes.domain.route.running import running
from services.routes.domain.route.state import Absent, Nominated, Route, State
from shared.domain import Refusal, message


@message
class ReviewInterim(Command):
    review: UUID
    text: str


@message
class ProposeReport(Command):
    """A reporting event that school and tutee agree on."""

    report: UUID
    title: str
    planned: Term


@message
class AgreeReport(Command):
    report: UUID


@message
class AssignMethodist(Command):
    methodist: UUID


@message
class ReleaseMethodist(Command):
    methodist: UUID


@message
class AskCosignature(Command):
    """The tutor invites the municipal coordinator to take part in the conclusion."""


@message
class PlanNextSteps(Command):
    text: str


class UnknownReport(Refusal):
    """The route has no such reporting event."""

    clause = "2.8.3"


class OwnProposal(Refusal):
    """A reporting event is agreed by the other side than the one that proposed it."""

    clause = "2.8.3"


class MethodistIsTutee(Refusal):
    """Nobody supports their own route as a methodist."""

    clause = "3.1.4"


def review_interim(command: ReviewInterim, state: State, _: Policy) -> list[Fact]:
    route, _run = running(state)
    if command.review in route.company.reviews:
        return []
    return [InterimReviewed(review=command.review, text=private(route, command.text), at=command.at)]


def propose_report(command: ProposeReport, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.report in route.company.reports:
        return []
    in_order(command.planned.start, command.planned.end)
    return [
        ReportProposed(
            report=command.report,
            planned=command.planned,
            by_tutee=command.by.role == "tutee",
            title=private(route, command.title),
            at=command.at,
        )
    ]


def agree_report(command: AgreeReport, state: State, _: Policy) -> list[Fact]:
    made = live(state).company.reports.get(command.report)
    if made is None:
        raise UnknownReport
    if made.agreed:
        return []
    if made.by_tutee == (command.by.role == "tutee"):
        raise OwnProposal
    return [ReportAgreed(report=command.report, at=command.at)]


def assign_methodist(command: AssignMethodist, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.methodist == route.whose.tutee:
        raise MethodistIsTutee
    if command.methodist in route.company.methodists:
        return []
    return [MethodistAssigned(whose=route.whose, methodist=command.methodist, at=command.at)]


def release_methodist(command: ReleaseMethodist, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.methodist not in route.company.methodists:
        return []
    return [MethodistReleased(whose=route.whose, methodist=command.methodist, at=command.at)]


def ask_cosignature(command: AskCosignature, state: State, _: Policy) -> list[Fact]:
    route, run = running(state)
    return [] if run.cosigning else [CosignatureAsked(whose=route.whose, at=command.at)]


def plan_next_steps(command: PlanNextSteps, state: State, _: Policy) -> list[Fact]:
    """p. 4.2: also after the end, for a route's results are what the next one starts from."""
    match state:
        case Absent() | Nominated():
            raise RouteUnknown
        case Route():
            return [NextStepsPlanned(text=private(state, command.text), at=command.at)]


REPORTING = only("tutee", *SCHOOL)

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        ReviewInterim: Rule("2.8.4", review_interim, only("tutor"), ("2.8.4.4",)),
        ProposeReport: Rule("2.8.3", propose_report, REPORTING, ("2.8.3.6",)),
        AgreeReport: Rule("2.8.3", agree_report, REPORTING, ("2.8.3.6",)),
        AssignMethodist: Rule("3.1.4", assign_methodist, only("regional_centre"), ("2.8.1.1",)),
        ReleaseMethodist: Rule("3.1.4", release_methodist, only("regional_centre"), ("2.8.1.1",)),
        AskCosignature: Rule("2.8.4", ask_cosignature, only("tutor"), ("2.8.4.2",)),
        PlanNextSteps: Rule("4.2", plan_next_steps, only("tutee", "tutor"), ("2.8.4.13",)),
    }
)
