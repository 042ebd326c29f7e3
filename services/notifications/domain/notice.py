"""The words of one notice to one person: what is asked of it, what happens to it, what it is."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from services.notifications.domain.matter import Matter
from shared.domain import Refusal, message

_NAMESPACE: Final = UUID("6d1c1b0a-3c1e-5c7b-9a52-7f0c2f4f9e11")


def notice_id(message: str, recipient: UUID, channel: str) -> UUID:
    """One message, one person, one channel: one stream, so that nobody is told the same thing twice."""
    return uuid5(_NAMESPACE, f"{message}/{recipient}/{channel}")


@message
class Plan:
    recipient: UUID
    channel: str
    matter: Matter
    at: datetime


@message
class StartSending:
    """The server accepts the recipient; `attempt` names the one who is about to hand over the text."""

    attempt: UUID
    at: datetime


@message
class ConfirmSent:
    attempt: UUID
    at: datetime


@message
class PutOff:
    """The text was certainly not accepted, and may be later; `attempt` is None when sending had not started."""

    attempt: UUID | None
    reason: str
    at: datetime


@message
class GiveUp:
    """The text was certainly not accepted, and never will be."""

    attempt: UUID | None
    reason: str
    at: datetime


@message
class Suppress:
    reason: str
    at: datetime


@message
class Doubt:
    """Nobody knows whether the server accepted the text."""

    attempt: UUID
    at: datetime


@message
class MarkRead:
    reader: UUID
    at: datetime


# Stored facts: names are for ever. A new optional field with a default is allowed, anything else is a new class
# with an upcaster.
@message
class Planned:
    recipient: UUID
    channel: str
    matter: Matter
    at: datetime


@message
class SendingStarted:
    attempt: UUID
    at: datetime


@message
class Sent:
    recipient: UUID
    channel: str
    matter: Matter
    attempt: UUID
    at: datetime


@message
class Delayed:
    reason: str
    until: datetime
    at: datetime


@message
class Failed:
    reason: str
    at: datetime


@message
class Suppressed:
    reason: str
    at: datetime


@message
class InDoubt:
    attempt: UUID
    at: datetime


@message
class Read:
    at: datetime


@message
class Notice:
    """What every state but the first knows."""

    recipient: UUID
    channel: str
    matter: Matter
    planned_at: datetime
    read_at: datetime | None = None


@message
class Unplanned: ...


@message
class Pending:
    notice: Notice
    delays: int
    not_before: datetime
    reason: str


@message
class Sending:
    notice: Notice
    delays: int
    attempt: UUID
    since: datetime


@message
class Delivered:
    notice: Notice
    at: datetime


@message
class Undelivered:
    notice: Notice
    reason: str
    at: datetime


@message
class Withheld:
    notice: Notice
    reason: str
    at: datetime


@message
class Uncertain:
    notice: Notice
    attempt: UUID
    at: datetime


Delivery = StartSending | ConfirmSent | PutOff | GiveUp | Suppress | Doubt
Command = Plan | Delivery | MarkRead
Fact = Planned | SendingStarted | Sent | Delayed | Failed | Suppressed | InDoubt | Read
Known = Pending | Sending | Delivered | Undelivered | Withheld | Uncertain
State = Unplanned | Known


class NoSuchNotice(Refusal):
    """Nothing was planned under this id."""


class NotTheRecipient(Refusal):
    """Only the person a notice is for marks it as read."""


class BeingSent(Refusal):
    """Somebody else has already begun to hand this notice over."""


class AlreadyClosed(Refusal):
    """What became of this notice is already settled."""
