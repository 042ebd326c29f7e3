"""The rows people and the postman read: no name, no address, no text."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.notifications.domain import addressee, announcement
from services.notifications.domain.notice import (
    Delivered,
    Known,
    Pending,
    Sending,
    State,
    Uncertain,
    Undelivered,
    Unplanned,
    Withheld,
)
from shared.domain import Row


def of_notice(id: UUID, version: int, state: State) -> Iterable[Row]:
    if isinstance(state, Unplanned):
        return
    status, reason, since = _standing(state)
    notice, matter = state.notice, state.notice.matter
    yield Row(
        table="notices",
        values={
            "id": id,
            "version": version,
            "recipient_id": notice.recipient,
            "channel": notice.channel,
            "topic": matter.topic,
            "contract": matter.contract,
            "subject_id": matter.subject,
            "route_id": matter.route,
            "municipality": matter.municipality,
            "school": matter.school,
            "day": matter.day,
            "number": matter.number,
            "planned_at": notice.planned_at,
            "status": status,
            "reason": reason,
            "since": since,
            "not_before": state.not_before if isinstance(state, Pending) else None,
            "read_at": notice.read_at,
        },
    )


def _standing(state: Known) -> tuple[str, str, datetime]:
    """Status, reason and since when."""
    match state:
        case Pending():
            return "pending", state.reason, state.notice.planned_at
        case Sending():
            return "sending", "", state.since
        case Delivered():
            return "sent", "", state.at
        case Undelivered():
            return "failed", state.reason, state.at
        case Withheld():
            return "suppressed", state.reason, state.at
        case Uncertain():
            return "in_doubt", "", state.at


def of_announcement(id: UUID, version: int, state: announcement.State) -> Iterable[Row]:
    match state:
        case announcement.Silent():
            return
        case announcement.Open():
            status, recipients, at = "open", None, state.at
        case announcement.Planning():
            status, recipients, at = "planning", len(state.recipients), state.announced_at
        case announcement.Closed():
            status, recipients, at = "closed", len(state.recipients), state.announced_at
    yield Row(
        table="announcements",
        values={
            "id": id,
            "version": version,
            "topic": state.matter.topic,
            "municipality": state.matter.municipality,
            "school": state.matter.school,
            "status": status,
            "recipients": recipients,
            "announced_at": at,
        },
    )


def of_addressee(id: UUID, version: int, state: addressee.State) -> Iterable[Row]:
    if isinstance(state, addressee.Addressee):
        values = {"id": id, "version": version, "consents": state.consents, "since": state.since}
        yield Row(table="addressees", values=values)


def nothing(_id: UUID, _version: int, _state: object) -> Iterable[Row]:
    """A stream that is only ever asked for its state."""
    return ()
