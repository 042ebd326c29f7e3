"""What is read of the tables in schema.sql."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.store.types import Store

LATEST = "SELECT version FROM instruments WHERE code = $1 AND status = 'published' ORDER BY version DESC LIMIT 1"
HIGHEST = "SELECT coalesce(max(version), 0) AS version FROM instruments WHERE code = $1"
INSTRUMENTS = "SELECT id FROM instruments WHERE status = $1 ORDER BY code, version"
OUTSIDE = "SELECT DISTINCT ON (id) id, digest FROM outside_results WHERE id = ANY($1::uuid[]) ORDER BY id, import_id"
IMPORTS = """
SELECT * FROM imports WHERE $1::uuid IS NULL OR by_id = $1 ORDER BY imported_at DESC, id LIMIT 100
"""
DYNAMICS = "SELECT * FROM dynamics WHERE final_session_id = $1"
# Whatever belongs to a person and a place: whose, of which route, behind which one, and what the reader may read.
WITHIN = """
WHERE ($1::uuid IS NULL OR t.person_id = $1)
  AND ($2::uuid IS NULL OR t.route_id = $2)
  AND ($3::uuid IS NULL OR t.id > $3)
  AND (
    t.person_id = $4 OR EXISTS (
      SELECT FROM unnest($5::text[], $6::text[]) AS place (municipality, school)
      WHERE place.municipality IN ('', t.municipality) AND place.school IN ('', t.school)
    )
  )
ORDER BY t.id
LIMIT $7
"""
RATED = WITHIN.replace("t.person_id = $4", "t.person_id = $4 OR $4 = ANY(t.raters)")  # an expert reads these too
SESSIONS = "SELECT t.*, d.verdict FROM sessions t LEFT JOIN dynamics d ON d.final_session_id = t.id" + WITHIN  # noqa: S608
APPRAISALS = "SELECT t.* FROM appraisals t" + RATED  # noqa: S608
DIAGNOSTICS = "SELECT t.* FROM diagnostics t" + WITHIN  # noqa: S608


@dataclass(frozen=True, slots=True)
class Wish:
    """Which of a list: of whom, of which route, after which one; `places` are what the reader's roles cover."""

    person: UUID | None
    route: UUID | None
    after: UUID | None
    reader: UUID
    places: tuple[tuple[str, str], ...]  # (municipality, school), "" for all
    limit: int


async def latest_version(store: Store, code: str) -> int | None:
    rows = await store.fetch(LATEST, code)
    return int(rows[0]["version"]) if rows else None


async def highest_version(store: Store, code: str) -> int:
    """Of all there are, drafts counted; 0 of none."""
    return int((await store.fetch(HIGHEST, code))[0]["version"])


async def instrument_ids(store: Store, status: str) -> list[UUID]:
    return [row["id"] for row in await store.fetch(INSTRUMENTS, status)]


async def outside_digests(store: Store, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What is known of these results from elsewhere."""
    return {row["id"]: row["digest"] for row in await store.fetch(OUTSIDE, ids)}


async def imports(store: Store, by: UUID | None) -> list[Mapping[str, Any]]:
    return await store.fetch(IMPORTS, by)


async def dynamics(store: Store, final_session: UUID) -> Mapping[str, Any] | None:
    rows = await store.fetch(DYNAMICS, final_session)
    return rows[0] if rows else None


async def sessions(store: Store, wish: Wish) -> list[Mapping[str, Any]]:
    return await _within(store, SESSIONS, wish)


async def appraisals(store: Store, wish: Wish) -> list[Mapping[str, Any]]:
    return await _within(store, APPRAISALS, wish)


async def diagnostics(store: Store, wish: Wish) -> list[Mapping[str, Any]]:
    return await _within(store, DIAGNOSTICS, wish)


async def _within(store: Store, sql: str, wish: Wish) -> list[Mapping[str, Any]]:
    municipalities = [municipality for municipality, _ in wish.places]
    schools = [school for _, school in wish.places]
    more = wish.limit + 1  # one more tells that there is more
    return await store.fetch(sql, wish.person, wish.route, wish.after, wish.reader, municipalities, schools, more)
