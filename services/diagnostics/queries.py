"""What is read of the tables in schema.sql."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.store.types import Store

LATEST = "SELECT version FROM instruments WHERE code = $1 ORDER BY version DESC LIMIT 1"
INSTRUMENTS = "SELECT id FROM instruments ORDER BY code, version"
DYNAMICS = "SELECT * FROM dynamics WHERE final_session_id = $1"
SESSIONS = """
SELECT s.*, d.verdict
FROM sessions s
LEFT JOIN dynamics d ON d.final_session_id = s.id
WHERE ($1::uuid IS NULL OR s.person_id = $1)
  AND ($2::uuid IS NULL OR s.route_id = $2)
  AND ($3::uuid IS NULL OR s.id > $3)
  AND (
    s.person_id = $4 OR EXISTS (
      SELECT FROM unnest($5::text[], $6::text[]) AS place (municipality, school)
      WHERE place.municipality IN ('', s.municipality) AND place.school IN ('', s.school)
    )
  )
ORDER BY s.id
LIMIT $7
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which sessions: of whom, of which route, after which one; `places` are what the reader's roles cover."""

    person: UUID | None
    route: UUID | None
    after: UUID | None
    reader: UUID
    places: tuple[tuple[str, str], ...]  # (municipality, school), "" for all
    limit: int


async def latest_version(store: Store, code: str) -> int | None:
    rows = await store.fetch(LATEST, code)
    return int(rows[0]["version"]) if rows else None


async def instrument_ids(store: Store) -> list[UUID]:
    return [row["id"] for row in await store.fetch(INSTRUMENTS)]


async def dynamics(store: Store, final_session: UUID) -> Mapping[str, Any] | None:
    rows = await store.fetch(DYNAMICS, final_session)
    return rows[0] if rows else None


async def sessions(store: Store, wish: Wish) -> list[Mapping[str, Any]]:
    municipalities = [municipality for municipality, _ in wish.places]
    schools = [school for _, school in wish.places]
    more = wish.limit + 1  # one more tells that there is more
    return await store.fetch(SESSIONS, wish.person, wish.route, wish.after, wish.reader, municipalities, schools, more)
