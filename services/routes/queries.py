"""What is read of the tables in schema.sql."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from shared.store.types import Store

ROUTES = """
SELECT id, version, tutee_id, tutor_id, municipality, school, status, stage, medium, model, on_hold, overdue,
       opened_at, started_on, planned_end, activities, activities_done
FROM routes
WHERE ($1::text IS NULL OR status = $1)
  AND ($2::text IS NULL OR municipality = $2)
  AND ($3::text IS NULL OR school = $3)
  AND ($4::uuid IS NULL OR tutee_id = $4)
  AND ($5::uuid IS NULL OR id > $5)
  AND (
    tutee_id = $6 OR (tutor_id = $6 AND NOT on_hold)
    OR EXISTS (SELECT FROM route_methodists m WHERE m.route_id = routes.id AND m.methodist_id = $6)
    OR EXISTS (
      SELECT FROM unnest($7::text[], $8::text[]) AS place (municipality, school)
      WHERE place.municipality IN ('', routes.municipality) AND place.school IN ('', routes.school)
    )
  )
ORDER BY id
LIMIT $9
"""


PASSED = """
SELECT id FROM routes
WHERE NOT overdue AND planned_end < $1
  AND status IN ('running', 'evaluating', 'conclusion_drafted', 'conclusion_returned')
ORDER BY planned_end, id
LIMIT $2
"""


NEAR = """
SELECT id FROM routes
WHERE planned_end >= $1 AND status IN ('running', 'evaluating', 'conclusion_drafted', 'conclusion_returned')
  AND EXISTS (
    SELECT FROM unnest($2::int[]) AS days
    WHERE planned_end - $1 <= days AND (reminded IS NULL OR days < reminded)
  )
ORDER BY planned_end, id
LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which routes: with which status, where, of whom, after which one; `places` are what the reader's roles cover."""

    status: str | None
    municipality: str | None
    school: str | None
    person: UUID | None
    after: UUID | None
    reader: UUID
    places: tuple[tuple[str, str], ...]  # (municipality, school), "" for all
    limit: int


async def routes(store: Store, wish: Wish) -> list[Mapping[str, Any]]:
    municipalities = [municipality for municipality, _ in wish.places]
    schools = [school for _, school in wish.places]
    return await store.fetch(
        ROUTES,
        wish.status,
        wish.municipality,
        wish.school,
        wish.person,
        wish.after,
        wish.reader,
        municipalities,
        schools,
        wish.limit,
    )


async def passed(store: Store, today: date, limit: int) -> list[UUID]:
    """Routes whose last day is over and that are not marked yet."""
    return [row["id"] for row in await store.fetch(PASSED, today, limit)]


async def near(store: Store, today: date, distances: Sequence[int], limit: int) -> list[UUID]:
    """Routes whose last day is within one of these distances, and whose people have not been reminded of it."""
    return [row["id"] for row in await store.fetch(NEAR, today, list(distances), limit)]


async def tracks(store: Store) -> list[dict[str, Any]]:
    return [dict(row) for row in await store.fetch("SELECT code, title, closed FROM tracks ORDER BY code")]


async def priorities(store: Store, municipality: str, year: int) -> list[dict[str, Any]]:
    sql = "SELECT code, title, basis FROM priorities WHERE municipality = $1 AND year = $2 ORDER BY code"
    return [dict(row) for row in await store.fetch(sql, municipality, year)]
