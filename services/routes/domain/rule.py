"""What deciders here are made of: commands that say who asks and when, rules that say who may and by which clause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from services.routes.domain.policy import Policies, Policy
from services.routes.domain.route.records import Actor
from shared.domain import Decider, E, Refusal, S, message


@message
class Command:
    """Everything a person asks for says who asks and when."""

    by: Actor
    at: datetime


@dataclass(frozen=True)  # with slots, Python 3.11 cannot call it under an alias with parameters
class Rule(Generic[S, E]):
    """The clause a command follows, how it is decided, and which parts and roles may give it under a policy.

    `functions` are the duties of p. 2.8 that the command carries out, numbered in the order of the regulation.
    """

    clause: str
    decide: Callable[[Any, S, Policy], list[E]]
    who: Callable[[Policy], frozenset[str]]
    functions: tuple[str, ...] = ()


class NotYourPart(Refusal):
    """The regulation gives this to another participant of the route."""

    clause = "2.8"


def only(*parts: str) -> Callable[[Policy], frozenset[str]]:
    return lambda _: frozenset(parts)


def ruled(
    rules: Mapping[type, Rule[S, E]], policies: Policies, initial: S, evolve: Callable[[S, E], S]
) -> Decider[Command, S, E]:
    """The decider of *rules*, each asked under the policy in force at the moment of its command."""

    def decide(command: Command, state: S) -> list[E]:
        policy = policies.at(command.at)
        rule = rules[type(command)]
        if command.by.role not in rule.who(policy):
            raise NotYourPart
        return rule.decide(command, state, policy)

    return Decider(initial=initial, decide=decide, evolve=evolve)
