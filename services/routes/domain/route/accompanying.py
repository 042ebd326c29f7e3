"""Who stands beside the tutee at every stage: suggestions, support, help, reviews, reports (p. 2.8), and deadlines."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.accompanying import (
    InterimReviewed,
    MethodistAssigned,
    MethodistReleased,
    NextStepsPlanned,
    ReportAgreed,
    ReportProposed,
)
from services.routes.domain.route.facts.advising import (
    HelpAnswered,
    HelpAsked,
    SuggestionAnswered,
    SuggestionMade,
    SupportGiven,
)
from services.routes.domain.route.facts.concluding import CosignatureAsked
from services.routes.domain.route.facts.deadlines import DeadlineNeared, RouteOverdue
from services.routes.domain.route.records import Helper, Subject, SupportKind, Term
from services.routes.domain.route.rules import (
    TUTEE,
    Command,
    InTheFuture,
    RouteUnknown,
    Rule,
    in_order,
    live,
    only,
    private,
)
from services.routes.domain.route.running import known, running
from services.routes.domain.route.state import Absent, Concluded, Nominated, Route, State
from shared.domain import Refusal, message


@message
class Suggest(Command):
    """Everybody but the tutee only suggests; `end` is a proposed last day, where the suggestion is about dates."""

    suggestion: UUID
    subject: Subject
    text: str
    end: date | None = None


@message
class AnswerSuggestion(Command):
    """Accepting changes nothing by itself: what follows from it the tutee writes."""

    suggestion: UUID
    accepted: bool


@message
class GiveSupport(Command):
    support: UUID
    kind: SupportKind
    text: str
    on: date
    today: date
    activity: UUID | None = None  # the one it accompanied


@message
class AskHelp(Command):
    help: UUID
    of: Helper
    text: str


@message
class AnswerHelp(Command):
    help: UUID
    text: str


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


@message
class RemindOfDeadline(Command):
    """The service's clock found the last day near."""

    today: date


@message
class MarkOverdue(Command):
    """The service's clock found the last day passed."""

    today: date


class UnknownSuggestion(Refusal):
    """The route has no such suggestion."""

    clause = "1.5"


class AnsweredAlready(Refusal):
    """The tutee has answered this suggestion otherwise."""

    clause = "1.5"


class DatesMissing(Refusal):
    """A suggestion about dates names the day it proposes."""

    clause = "2.8"


class UnknownHelp(Refusal):
    """Nobody asked for this help."""

    clause = "2.8.5"


class AnotherWasAsked(Refusal):
    """The tutee asked somebody else for this help."""

    clause = "2.8.5"


class UnknownReport(Refusal):
    """The route has no such reporting event."""

    clause = "2.8.3"


class OwnProposal(Refusal):
    """A reporting event is agreed by the other side than the one that proposed it."""

    clause = "2.8.3"


class MethodistIsTutee(Refusal):
    """Nobody supports their own route as a methodist."""

    clause = "3.1.4"


class NotOverdue(Refusal):
    """The last day has not passed."""

    clause = "1.9"


def suggest(command: Suggest, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.suggestion in route.company.suggestions:
        return []
    if command.subject == "dates" and command.end is None:
        raise DatesMissing
    return [
        SuggestionMade(
            suggestion=command.suggestion,
            subject=command.subject,
            by=command.by,
            end=command.end,
            text=private(route, command.text),
            at=command.at,
        )
    ]


def answer_suggestion(command: AnswerSuggestion, state: State, _: Policy) -> list[Fact]:
    made = live(state).company.suggestions.get(command.suggestion)
    if made is None:
        raise UnknownSuggestion
    if made.accepted is not None and made.accepted != command.accepted:
        raise AnsweredAlready
    if made.accepted is not None:
        return []
    return [SuggestionAnswered(suggestion=command.suggestion, accepted=command.accepted, at=command.at)]


def give_support(command: GiveSupport, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.on > command.today:
        raise InTheFuture
    if command.activity is not None:
        known(route, command.activity)
    if command.support in route.company.supports:
        return []
    return [
        SupportGiven(
            support=command.support,
            kind=command.kind,
            by=command.by,
            on=command.on,
            text=private(route, command.text),
            at=command.at,
            activity=command.activity,
        )
    ]


def ask_help(command: AskHelp, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    if command.help in route.company.helps:
        return []
    asked = HelpAsked(
        whose=route.whose, help=command.help, of=command.of, text=private(route, command.text), at=command.at
    )
    return [asked]


def answer_help(command: AnswerHelp, state: State, _: Policy) -> list[Fact]:
    route = live(state)
    asked = route.company.helps.get(command.help)
    if asked is None:
        raise UnknownHelp
    if command.by.role not in HELPERS[asked.of]:
        raise AnotherWasAsked
    text = private(route, command.text)
    return [HelpAnswered(whose=route.whose, help=command.help, by=command.by, text=text, at=command.at)]


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


def remind(command: RemindOfDeadline, state: State, policy: Policy) -> list[Fact]:
    """Once for each of the policy's distances, and again after the last day has moved."""
    route = live(state)
    run = route.run
    if run is None or command.today > run.term.end:
        return []
    left = (run.term.end - command.today).days
    near = [days for days in policy.reminders if left <= days]
    told = run.reminded[1] if run.reminded and run.reminded[0] == run.term.end else None
    if not near or (told is not None and told <= min(near)):
        return []
    return [DeadlineNeared(whose=route.whose, planned_end=run.term.end, days=min(near), at=command.at)]


def mark_overdue(command: MarkOverdue, state: State, _: Policy) -> list[Fact]:
    """A mark and a notice, never an end; once for each last day."""
    route = live(state)
    run = route.run
    if run is None or command.today <= run.term.end:
        raise NotOverdue
    if run.overdue_since == run.term.end or isinstance(route.phase, Concluded):
        return []
    return [RouteOverdue(whose=route.whose, planned_end=run.term.end, at=command.at)]


SCHOOL: Final = frozenset({"school_administrator", "school_coordinator", "school_curator"})
HELPERS: Final[Mapping[Helper, frozenset[str]]] = MappingProxyType(
    {"methodist": frozenset({"methodist"}), "coordinator": frozenset({"municipal_coordinator"}), "school": SCHOOL}
)
SUGGESTING = only("tutor", "methodist", "municipal_coordinator", "regional_centre", *SCHOOL)
SUPPORTING = only("tutor", "methodist", "municipal_coordinator")
ANSWERING = only("methodist", "municipal_coordinator", *SCHOOL)
REPORTING = only("tutee", *SCHOOL)

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Suggest: Rule("1.5", suggest, SUGGESTING, ("2.8.1.12", "2.8.2.9", "2.8.3.8", "2.8.4.4")),
        AnswerSuggestion: Rule("1.5", answer_suggestion, TUTEE),
        GiveSupport: Rule(
            "1.3",
            give_support,
            SUPPORTING,
            ("2.8.1.10", "2.8.2.6", "2.8.4.5", "2.8.4.6", "2.8.4.8", "2.8.4.9", "2.8.4.10", "2.8.4.14"),
        ),
        AskHelp: Rule("2.8.5", ask_help, TUTEE, ("2.8.5.8",)),
        AnswerHelp: Rule("2.8.5", answer_help, ANSWERING, ("2.8.2.6",)),
        ReviewInterim: Rule("2.8.4", review_interim, only("tutor"), ("2.8.4.4",)),
        ProposeReport: Rule("2.8.3", propose_report, REPORTING, ("2.8.3.6",)),
        AgreeReport: Rule("2.8.3", agree_report, REPORTING, ("2.8.3.6",)),
        AssignMethodist: Rule("3.1.4", assign_methodist, only("regional_centre"), ("2.8.1.1",)),
        ReleaseMethodist: Rule("3.1.4", release_methodist, only("regional_centre"), ("2.8.1.1",)),
        AskCosignature: Rule("2.8.4", ask_cosignature, only("tutor"), ("2.8.4.2",)),
        PlanNextSteps: Rule("4.2", plan_next_steps, only("tutee", "tutor"), ("2.8.4.13",)),
        RemindOfDeadline: Rule("1.9", remind, only("service")),
        MarkOverdue: Rule("1.9", mark_overdue, only("service")),
    }
)
