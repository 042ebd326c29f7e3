"""A certificate of a completed route: granted once, printed once, and sometimes revoked (p. 4.3).

Granting and printing are two facts, because the right to a certificate must not wait for a name to be printed on it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar, Final, assert_never
from uuid import UUID, uuid5

from shared.domain import Decider, Personal, Refusal, Right, message

_NAMESPACE = UUID("0b7c9e52-17d1-5f4e-8a63-2d5f7c1e9b04")


def certificate_id(route: UUID) -> UUID:
    """One route, one stream: this is what makes a certificate unique whatever is delivered twice."""
    return uuid5(_NAMESPACE, str(route))


@message
class Grounds:
    """The completed route the certificate speaks of, as it was when it was completed."""

    route: UUID
    holder: UUID
    municipality: str
    school: str
    started_on: date
    completed_on: date
    hours: int
    tasks_total: int
    tasks_achieved: int


@message
class Document:
    """The paper: the kept bytes are found by their hash."""

    number: str
    sha256: str
    template: str
    issued_on: date


@message
class Grant:
    """`code` is the secret of the public page: at least 128 random bits, brought by the caller."""

    grounds: Grounds
    code: str
    at: datetime


@message
class Issue:
    document: Document
    name: str
    at: datetime


@message
class Revoke:
    reason: str
    at: datetime


# Stored facts: names are for ever. A new optional field with a default is allowed, anything else is a new class
# with an upcaster.
@message
class Granted:
    grounds: Grounds
    code: str
    at: datetime


@message
class Issued:
    grounds: Grounds
    document: Document
    name: Personal
    at: datetime


@message
class Revoked:
    """`document` is None when the certificate was revoked before it was printed."""

    grounds: Grounds
    document: Document | None
    reason: Personal
    at: datetime


@message
class Nothing: ...


@message
class Awaiting:
    grounds: Grounds
    code: str
    granted_at: datetime


@message
class Valid:
    grounds: Grounds
    code: str
    granted_at: datetime
    document: Document
    name: Personal


@message
class Void:
    grounds: Grounds
    code: str
    granted_at: datetime
    document: Document | None
    name: Personal | None
    reason: Personal
    revoked_at: datetime


Command = Grant | Issue | Revoke
Fact = Granted | Issued | Revoked
State = Nothing | Awaiting | Valid | Void


class NeverGranted(Refusal):
    """There is no such certificate to print or to revoke."""

    clause: ClassVar[str] = "4.3"


class GrantedOtherwise(Refusal):
    """This route already gave a certificate, and on other grounds."""

    clause: ClassVar[str] = "4.3"


class AlreadyRevoked(Refusal):
    """A revoked certificate is not printed and not revoked for another reason."""

    clause: ClassVar[str] = "4.3"


class ReasonMissing(Refusal):
    """A certificate is revoked only for a stated reason."""

    clause: ClassVar[str] = "4.3"


def decide(command: Command, state: State) -> list[Fact]:
    match command:
        case Grant():
            return _grant(command, state)
        case Issue():
            return _issue(command, state)
        case Revoke():
            return _revoke(command, state)
        case _:
            assert_never(command)


def _grant(command: Grant, state: State) -> list[Fact]:
    match state:
        case Nothing():
            return [Granted(grounds=command.grounds, code=command.code, at=command.at)]
        case Awaiting(grounds=grounds) | Valid(grounds=grounds) | Void(grounds=grounds):
            if grounds == command.grounds:
                return []  # the same completion, heard twice
            raise GrantedOtherwise
        case _:
            assert_never(state)


def _issue(command: Issue, state: State) -> list[Fact]:
    match state:
        case Nothing():
            raise NeverGranted
        case Awaiting(grounds=grounds):
            name = Personal(subject=grounds.holder, text=command.name)
            return [Issued(grounds=grounds, document=command.document, name=name, at=command.at)]
        case Valid():
            return []  # the first paper stays, whoever printed a second one
        case Void():
            raise AlreadyRevoked
        case _:
            assert_never(state)


def _revoke(command: Revoke, state: State) -> list[Fact]:
    if not command.reason.strip():
        raise ReasonMissing
    match state:
        case Nothing():
            raise NeverGranted
        case Awaiting(grounds=grounds):
            return [_revoked(command, grounds, None)]
        case Valid(grounds=grounds, document=document):
            return [_revoked(command, grounds, document)]
        case Void(reason=reason):
            if reason.text == command.reason.strip():
                return []
            raise AlreadyRevoked
        case _:
            assert_never(state)


def _revoked(command: Revoke, grounds: Grounds, document: Document | None) -> Revoked:
    reason = Personal(subject=grounds.holder, text=command.reason.strip())
    return Revoked(grounds=grounds, document=document, reason=reason, at=command.at)


def evolve(state: State, fact: Fact) -> State:
    match state, fact:
        case Nothing(), Granted():
            return Awaiting(grounds=fact.grounds, code=fact.code, granted_at=fact.at)
        case Awaiting(), Issued():
            return Valid(
                grounds=state.grounds,
                code=state.code,
                granted_at=state.granted_at,
                document=fact.document,
                name=fact.name,
            )
        case ((Awaiting() | Valid()), Revoked()):
            return Void(
                grounds=state.grounds,
                code=state.code,
                granted_at=state.granted_at,
                document=fact.document,
                name=state.name if isinstance(state, Valid) else None,
                reason=fact.reason,
                revoked_at=fact.at,
            )
        case _:
            return state


certificate: Decider[Command, State, Fact] = Decider(initial=Nothing(), decide=decide, evolve=evolve)
RULES: Final[Mapping[type, Right]] = MappingProxyType(
    {
        Grant: Right("4.3", frozenset({"service"})),
        Issue: Right("4.3", frozenset({"service"})),
        Revoke: Right("4.3", frozenset({"regional_centre"})),
    }
)
