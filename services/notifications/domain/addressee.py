"""A person as far as notices go: whether they may be written to, by the last word heard of their consent."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from shared.domain import Decider, Right, message


@message
class NoteConsent:
    """`at` is when the person said so, not when it was heard: promises may arrive in another order."""

    given: bool
    at: datetime


# Stored facts: names are for ever. A new optional field with a default is allowed, anything else is a new class
# with an upcaster.
@message
class ConsentNoted:
    given: bool
    at: datetime


@message
class Unheard: ...


@message
class Addressee:
    consents: bool
    since: datetime


State = Unheard | Addressee


def decide(command: NoteConsent, state: State) -> list[ConsentNoted]:
    if isinstance(state, Addressee):
        if command.at < state.since or command.given == state.consents:
            return []
        if command.at == state.since and command.given:
            return []  # of two words at one moment the careful one stands
    return [ConsentNoted(given=command.given, at=command.at)]


def evolve(_state: State, fact: ConsentNoted) -> State:
    return Addressee(consents=fact.given, since=fact.at)


addressee: Decider[NoteConsent, State, ConsentNoted] = Decider(initial=Unheard(), decide=decide, evolve=evolve)
RULES: Final[Mapping[type, Right]] = MappingProxyType({NoteConsent: Right("", frozenset({"service"}))})
