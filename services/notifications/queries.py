"""What is read of the tables in schema.sql."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.store.types import Store

PENDING = """
SELECT id FROM notices
WHERE status = 'pending' AND not_before <= $1 AND id <> ALL ($2::uuid[])
ORDER BY not_before, id
LIMIT $3
"""
UNWELCOME = """
SELECT notices.id FROM notices JOIN addressees ON addressees.id = notices.recipient_id
WHERE notices.status = 'pending' AND NOT addressees.consents
ORDER BY notices.not_before, notices.id
LIMIT $1
"""
STALE = "SELECT id FROM notices WHERE status = 'sending' AND since <= $1 ORDER BY since, id LIMIT $2"
UNFINISHED = "SELECT id FROM announcements WHERE status <> 'closed' ORDER BY announced_at, id LIMIT $1"
ONE = "SELECT * FROM notices WHERE id = $1"
LIST = """
SELECT * FROM notices
WHERE ($1::uuid IS NULL OR recipient_id = $1)
  AND ($2::uuid IS NULL OR route_id = $2)
  AND ($3::timestamptz IS NULL OR (planned_at, id) < ($3, $4::uuid))
  AND (NOT $5::boolean OR read_at IS NULL)
  AND (
    recipient_id = $6 OR EXISTS (
      SELECT FROM unnest($7::text[], $8::text[]) AS place (municipality, school)
      WHERE place.municipality IN ('', notices.municipality) AND place.school IN ('', notices.school)
    )
  )
ORDER BY planned_at DESC, id DESC
LIMIT $9
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which notices, newest first, older than `before`; `places` are what the reader may see beside their own."""

    recipient: UUID | None
    route: UUID | None
    before: tuple[datetime, UUID] | None
    unread: bool
    reader: UUID
    places: tuple[tuple[str, str], ...]  # (municipality, school), "" for all
    limit: int


async def pending(store: Store, now: datetime, passing_over: Collection[UUID], limit: int) -> list[UUID]:
    """Whose time has come, the oldest first."""
    return [row["id"] for row in await store.fetch(PENDING, now, list(passing_over), limit)]


async def unwelcome(store: Store, limit: int) -> list[UUID]:
    """Pending, and addressed to somebody who withdrew consent."""
    return [row["id"] for row in await store.fetch(UNWELCOME, limit)]


async def stale(store: Store, before: datetime, limit: int) -> list[UUID]:
    """On the way for so long that whoever sent them is gone."""
    return [row["id"] for row in await store.fetch(STALE, before, limit)]


async def unfinished(store: Store, limit: int) -> list[UUID]:
    return [row["id"] for row in await store.fetch(UNFINISHED, limit)]


async def one(store: Store, id: UUID) -> Mapping[str, Any] | None:
    rows = await store.fetch(ONE, id)
    return rows[0] if rows else None


async def notices(store: Store, wanted: Wanted) -> list[Mapping[str, Any]]:
    moment, id = wanted.before or (None, None)
    return await store.fetch(
        LIST,
        wanted.recipient,
        wanted.route,
        moment,
        id,
        wanted.unread,
        wanted.reader,
        [municipality for municipality, _ in wanted.places],
        [school for _, school in wanted.places],
        wanted.limit,
    )
