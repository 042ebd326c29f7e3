"""Consents to published documents: the processing of personal data (152-ФЗ) and any other, each on its own.

None of them is the consent of p. 3.1.2, which lives on the route.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from services.people.domain.person.facts import PERSONAL_DATA, ConsentGiven, ConsentWithdrawn, Event, State
from services.people.domain.person.roles import known_person
from services.people.domain.rules import SELF, Rule
from shared.domain import Refusal, message


@message
class GiveConsent:
    """`document` is the SHA-256 of the text that was shown, in hexadecimal."""

    document: str
    at: datetime
    kind: str = PERSONAL_DATA
    version: str = ""


@message
class WithdrawConsent:
    at: datetime
    kind: str = PERSONAL_DATA


class ConsentTextUnknown(Refusal):
    """This hash is not that of a published consent text."""

    clause = "3.1.3"


class ConsentTextReplaced(Refusal):
    """The text that was shown has been replaced by a newer one."""

    clause = "3.1.3"


def give(command: GiveConsent, state: State) -> list[Event]:
    given = known_person(state).consent_to(command.kind)
    if given and given.document == command.document:
        return []
    return [ConsentGiven(document=command.document, at=command.at, kind=command.kind, version=command.version)]


def withdraw(command: WithdrawConsent, state: State) -> list[Event]:
    given = known_person(state).consent_to(command.kind)
    return [ConsentWithdrawn(at=command.at, kind=command.kind)] if given else []


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {GiveConsent: Rule("3.1.3", SELF), WithdrawConsent: Rule("3.1.3", SELF)}
)
DECISIONS: Final[Mapping[type, Callable[[Any, State], list[Event]]]] = MappingProxyType(
    {GiveConsent: give, WithdrawConsent: withdraw}
)
