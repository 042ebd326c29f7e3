"""What the cabinet gets: rows as JSON with their Russian words, and the cursor to the next page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from services.notifications import texts

Status = Literal["pending", "sending", "sent", "failed", "suppressed", "in_doubt"]


class Notice(BaseModel):
    """`since` is when the mail got its status; `reason` says why it waits, failed or was suppressed."""

    id: UUID
    version: int
    recipient_id: UUID
    channel: str
    topic: str
    title: str
    text: str
    contract: str
    subject_id: UUID
    route_id: UUID | None
    municipality: str
    school: str
    planned_at: datetime
    status: Status
    status_text: str
    reason: str
    since: datetime
    read_at: datetime | None


class Notices(BaseModel):
    items: list[Notice]
    next: str | None


def notice(row: Mapping[str, Any]) -> Notice:
    words = texts.words(row["topic"], row["day"], row["number"])
    told = {"title": words.title, "text": words.text, "status_text": texts.STATUS[row["status"]]}
    return Notice.model_validate({name: told.get(name, row.get(name)) for name in Notice.model_fields})


def page(rows: Sequence[Mapping[str, Any]], limit: int) -> Notices:
    """*rows* has one more than *limit* when there is a next page."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Notices(
        items=[notice(row) for row in shown],
        next=cursor(shown[-1]["planned_at"], shown[-1]["id"]) if more else None,
    )


def cursor(planned_at: datetime, id: UUID) -> str:
    return urlsafe_b64encode(f"{planned_at.isoformat()} {id}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[datetime, UUID]:
    """The place a cursor stands for; ValueError when it is not one of ours."""
    moment, _, id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError("a cursor has a time zone")
    return at, UUID(id)
