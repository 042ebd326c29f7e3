"""Who stands beside the tutee at every stage, and what they say and do: suggestions, support and help (p. 2.8)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.advising import (
    HelpAnswered,
    HelpAsked,
    SuggestionAnswered,
    SuggestionMade,
    SupportGiven,
)
from services.routes.domain.route.records import Helper, Subject, SupportKind
from services.routes.domain.route.rules import SCHOOL, TUTEE, Command, InTheFuture, Rule, live, only, private
from services.routes.domain.route.running import known
from services.routes.domain.route.state import State
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


HELPERS: Final[Mapping[Helper, frozenset[str]]] = MappingProxyType(
    {"methodist": frozenset({"methodist"}), "coordinator": frozenset({"municipal_coordinator"}), "school": SCHOOL}
)
SUGGESTING = only("tutor", "methodist", "municipal_coordinator", "regional_centre", *SCHOOL)
SUPPORTING = only("tutor", "methodist", "municipal_coordinator")
ANSWERING = only("methodist", "municipal_coordinator", *SCHOOL)

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
    }
)
