"""What another policy would have refused: a route's history decided again, fact by fact.

Only what depends on a policy is decided again; everything else happened as it happened.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from services.routes.domain.policy import Policy
from services.routes.domain.route import adjusting, concluding, designing, facts, preparing, reflecting, running
from services.routes.domain.route.decider import RULES
from services.routes.domain.route.evolve import evolve
from services.routes.domain.route.records import Actor
from services.routes.domain.route.rules import Command, NotYourPart
from services.routes.domain.route.state import Absent, State
from shared.domain import Refusal, message


@message
class Happened:
    """A fact with who caused it, when, and by which command."""

    version: int
    by: Actor
    at: datetime
    command: str
    fact: facts.Fact


@message
class WouldRefuse:
    """What happened at this version would not have been allowed."""

    version: int
    command: str
    rule: type[Refusal]


def reenact(history: Iterable[Happened], policy: Policy) -> list[WouldRefuse]:
    state: State = Absent()
    found = []
    for happened in history:
        if (rule := refused(happened, state, policy)) is not None:
            found.append(WouldRefuse(version=happened.version, command=happened.command, rule=rule))
        state = evolve(state, happened.fact)
    return found


def refused(happened: Happened, state: State, policy: Policy) -> type[Refusal] | None:
    """The rule that says no, or None; a command that this code has not any more is not judged."""
    rule = BY_NAME.get(happened.command)
    if rule is not None and happened.by.role not in rule.who(policy):
        return NotYourPart
    make = COMMANDS.get(type(happened.fact))
    if make is None:
        return None
    command = make(happened.fact, {"by": happened.by, "at": happened.at})
    try:
        RULES[type(command)].decide(command, state, policy)
    except Refusal as refusal:
        return type(refusal)
    return None


def conclusion(fact: facts.concluding.ConclusionDrafted, who: Mapping[str, Any]) -> Command:
    weighing = "" if fact.weighing is None else fact.weighing.text or "forgotten"  # it was there, whatever it said
    return concluding.DraftConclusion(**who, conclusion=fact.conclusion, text="", weighing=weighing)


BY_NAME: Final = MappingProxyType({command.__name__: rule for command, rule in RULES.items()})
COMMANDS: Final[Mapping[type, Callable[[Any, Mapping[str, Any]], Command]]] = MappingProxyType(
    {
        facts.preparing.ModelChosen: lambda fact, who: preparing.ChooseModel(**who, model=fact.model, track=fact.track),
        facts.designing.TermPlanned: lambda fact, who: designing.PlanTerm(**who, term=fact.term),
        facts.running.RouteStarted: lambda fact, who: running.Start(**who, on=fact.term.start, today=fact.term.start),
        facts.adjusting.RouteExtended: lambda fact, who: adjusting.Extend(**who, end=fact.end),
        facts.reflecting.AdjustmentOffered: lambda fact, who: reflecting.OfferAdjustment(**who, text=""),
        facts.concluding.ConclusionDrafted: conclusion,
    }
)
