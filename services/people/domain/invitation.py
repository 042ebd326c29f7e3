"""An invitation to register or to set a password (p. 3.1.3): used once, ends by itself, can be revoked.

The secret is never here: a fact keeps its SHA-256, and whoever shows the secret is the one invited.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import UUID

from services.people.domain.person.facts import Held
from services.people.domain.person.roles import placed
from services.people.domain.rules import SCHOOL, Rule, only
from shared.domain import Decider, Gone, Personal, Refusal, Row, message

UNDER_WAY = timedelta(minutes=1)  # how long one who began may finish before another may begin

Purpose = Literal["registration", "password"]


@message
class Invite:
    """`person` is who will be registered, or is already and sets a password; without an address the school hands the
    secret over itself.
    """

    purpose: Purpose
    person: UUID
    municipality: str | None
    school: str | None
    roles: tuple[Held, ...]
    email: str | None
    digest: str
    expires_at: datetime
    at: datetime


@message
class NoteSent:
    """The letter was accepted by the mail server, or refused for good."""

    delivered: bool
    at: datetime


@message
class Begin:
    """Somebody shows the secret; `request` tells the same request from another one."""

    request: str
    at: datetime


@message
class Finish:
    at: datetime


@message
class RevokeInvitation:
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class InvitationIssued:
    purpose: Purpose
    person: UUID
    municipality: str | None
    school: str | None
    roles: tuple[Held, ...]
    email: Personal | None
    digest: str
    expires_at: datetime
    at: datetime


@message
class InvitationSent:
    at: datetime


@message
class InvitationUndeliverable:
    at: datetime


@message
class InvitationBegun:
    request: str
    at: datetime


@message
class InvitationUsed:
    at: datetime


@message
class InvitationRevoked:
    at: datetime


@message
class NotIssued: ...


@message
class Open:
    """`begun` is the request that is using it, and when it began."""

    issued: InvitationIssued
    letter: Literal["none", "wanted", "sent", "undeliverable"]
    begun: InvitationBegun | None = None


@message
class Closed:
    issued: InvitationIssued
    how: Literal["used", "revoked"]


Command = Invite | NoteSent | Begin | Finish | RevokeInvitation
Event = (
    InvitationIssued | InvitationSent | InvitationUndeliverable | InvitationBegun | InvitationUsed | InvitationRevoked
)
State = NotIssued | Open | Closed


class InvitationUnknown(Refusal):
    """There is no invitation with this secret."""

    clause = "3.1.3"


class InvitationExpired(Refusal):
    """The invitation is too old."""

    clause = "3.1.3"


class InvitationUsedUp(Refusal):
    """The invitation has been used."""

    clause = "3.1.3"


class InvitationTakenBack(Refusal):
    """The school has revoked the invitation."""

    clause = "3.1.3"


class RegistrationUnderWay(Refusal):
    """Somebody is registering with this invitation at this very moment."""

    clause = "3.1.3"


class InvitedOtherwise(Refusal):
    """This invitation was issued to somebody else or for other roles."""

    clause = "3.1.3"


def invite(command: Invite, state: State) -> list[Event]:
    for each in command.roles:
        placed(each.grant)
    issued = InvitationIssued(
        purpose=command.purpose,
        person=command.person,
        municipality=command.municipality,
        school=command.school,
        roles=command.roles,
        email=Personal(subject=command.person, text=command.email) if command.email else None,
        digest=command.digest,
        expires_at=command.expires_at,
        at=command.at,
    )
    if isinstance(state, NotIssued):
        return [issued]
    same = replace(state.issued, at=issued.at, expires_at=issued.expires_at)
    if same != issued:
        raise InvitedOtherwise
    return []


def note_sent(command: NoteSent, state: State) -> list[Event]:
    if not isinstance(state, Open) or state.letter != "wanted":
        return []
    return [InvitationSent(at=command.at) if command.delivered else InvitationUndeliverable(at=command.at)]


def begin(command: Begin, state: State) -> list[Event]:
    usable(state, command.at)
    assert isinstance(state, Open)  # noqa: S101 - what is usable is open
    begun = state.begun
    if begun and begun.request == command.request:
        return []
    if begun and command.at < begun.at + UNDER_WAY:
        raise RegistrationUnderWay
    return [InvitationBegun(request=command.request, at=command.at)]


def finish(command: Finish, state: State) -> list[Event]:
    return [InvitationUsed(at=command.at)] if isinstance(state, Open) else []


def revoke(command: RevokeInvitation, state: State) -> list[Event]:
    match state:
        case NotIssued():
            raise InvitationUnknown
        case Closed(how="used"):
            raise InvitationUsedUp
        case Closed():
            return []
        case Open():
            return [InvitationRevoked(at=command.at)]


def usable(state: State, at: datetime) -> None:
    """Refuses an invitation that nobody may use now."""
    match state:
        case NotIssued():
            raise InvitationUnknown
        case Closed(how="used"):
            raise InvitationUsedUp
        case Closed():
            raise InvitationTakenBack
        case Open(issued=issued) if issued.expires_at <= at:
            raise InvitationExpired


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Invite: Rule("3.1.3", SCHOOL),
        NoteSent: Rule("3.1.3", only("service")),
        Begin: Rule("3.1.3", only("invited")),
        Finish: Rule("3.1.3", only("invited")),
        RevokeInvitation: Rule("3.1.3", SCHOOL),
    }
)
DECISIONS: Final[Mapping[type, Callable[[Any, State], list[Event]]]] = MappingProxyType(
    {Invite: invite, NoteSent: note_sent, Begin: begin, Finish: finish, RevokeInvitation: revoke}
)


def decide(command: Command, state: State) -> list[Event]:
    return DECISIONS[type(command)](command, state)


def evolve(state: State, event: Event) -> State:
    match event, state:
        case InvitationIssued(), _:
            return Open(issued=event, letter="wanted" if event.email else "none")
        case InvitationSent(), Open():
            return replace(state, letter="sent")
        case InvitationUndeliverable(), Open():
            return replace(state, letter="undeliverable")
        case InvitationBegun(), Open():
            return replace(state, begun=event)
        case InvitationUsed(), Open(issued=issued):
            return Closed(issued=issued, how="used")
        case InvitationRevoked(), Open(issued=issued):
            return Closed(issued=issued, how="revoked")
        case _:
            return state


invitation: Decider[Command, State, Event] = Decider(initial=NotIssued(), decide=decide, evolve=evolve)


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    if isinstance(state, NotIssued):
        return
    issued = state.issued
    values = {
        "id": id,
        "version": version,
        "digest": issued.digest,
        "purpose": issued.purpose,
        "person_id": issued.person,
        "municipality": issued.municipality,
        "school": issued.school,
        "status": "open" if isinstance(state, Open) else state.how,
        "letter": state.letter if isinstance(state, Open) else "none",
        "issued_at": issued.at,
        "expires_at": issued.expires_at,
    }
    yield Row(table="invitations", values=values)
