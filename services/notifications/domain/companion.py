"""Who accompanies a route, remembered because later promises of the route name only its tutee."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from shared.domain import Decider, Right, message


@message
class NoteTutor:
    tutor: UUID
    at: datetime


# Stored facts: names are for ever. A new optional field with a default is allowed, anything else is a new class
# with an upcaster.
@message
class TutorNoted:
    tutor: UUID
    at: datetime


@message
class Alone: ...


@message
class Accompanied:
    tutor: UUID
    since: datetime


State = Alone | Accompanied


def decide(command: NoteTutor, state: State) -> list[TutorNoted]:
    if isinstance(state, Accompanied) and (command.tutor == state.tutor or command.at <= state.since):
        return []  # heard already, or later than the appointment that replaced it
    return [TutorNoted(tutor=command.tutor, at=command.at)]


def evolve(_state: State, fact: TutorNoted) -> State:
    return Accompanied(tutor=fact.tutor, since=fact.at)


companion: Decider[NoteTutor, State, TutorNoted] = Decider(initial=Alone(), decide=decide, evolve=evolve)
RULES: Final[Mapping[type, Right]] = MappingProxyType({NoteTutor: Right("", frozenset({"service"}))})
