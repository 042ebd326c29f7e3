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


MENTORED = "SELECT count(DISTINCT tutee_id) AS people FROM route_mentors WHERE mentor_id = $1 AND tutee_id <> $2"


PAPERS = """
SELECT id, version, tutee_id, municipality, school, tutor_id, model, starts, ends, closed_on, achieved, kept_until
FROM paper_routes
WHERE ($1::uuid IS NULL OR id > $1) AND ($2::date IS NULL OR kept_until <= $2)
  AND (
    $3 IN (tutee_id, tutor_id)
    OR EXISTS (
      SELECT FROM unnest($4::text[], $5::text[]) AS place (municipality, school)
      WHERE place.municipality IN ('', paper_routes.municipality) AND place.school IN ('', paper_routes.school)
    )
  )
ORDER BY id
LIMIT $6
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


async def mentored(store: Store, mentor: UUID, tutee: UUID) -> int:
    """How many other people the mentor has in care."""
    (row,) = await store.fetch(MENTORED, mentor, tutee)
    return int(row["people"])


async def papers(
    store: Store,
    reader: UUID,
    places: Sequence[tuple[str, str]],
    kept_until: date | None,
    after: UUID | None,
    limit: int,
) -> list[Mapping[str, Any]]:
    municipalities, schools = [place[0] for place in places], [place[1] for place in places]
    return await store.fetch(PAPERS, after, kept_until, reader, municipalities, schools, limit)


async def tracks(store: Store) -> list[dict[str, Any]]:
    return [
        dict(row) for row in await store.fetch("SELECT code, title, closed, opens, closes FROM tracks ORDER BY code")
    ]


async def priorities(store: Store, municipality: str, year: int) -> list[dict[str, Any]]:
    sql = "SELECT code, title, basis FROM priorities WHERE municipality = $1 AND year = $2 ORDER BY code"
    return [dict(row) for row in await store.fetch(sql, municipality, year)]


LISTS = """
SELECT l.id, l.version, l.municipality, l.school, l.year, l.campaign, l.status, l.waits_for, l.teachers,
       l.application_id, a.status AS application_status, l.submitted_at
FROM school_lists l LEFT JOIN applications a ON a.id = l.application_id
WHERE ($1::text IS NULL OR l.status = $1)
  AND ($2::text IS NULL OR l.municipality = $2)
  AND ($3::text IS NULL OR l.school = $3)
  AND ($4::integer IS NULL OR l.year = $4)
  AND ($5::uuid IS NULL OR l.id > $5)
  AND EXISTS (
    SELECT FROM unnest($6::text[], $7::text[], $8::text[]) AS place (side, municipality, school)
    WHERE place.side IN ('', l.waits_for)
      AND place.municipality IN ('', l.municipality) AND place.school IN ('', l.school)
  )
ORDER BY l.id
LIMIT $9
"""


APPLICATIONS = """
SELECT id, version, municipality, year, number, status, waits_for, lists, teachers, submitted_at, accepted_at
FROM applications
WHERE ($1::text IS NULL OR status = $1)
  AND ($2::text IS NULL OR municipality = $2)
  AND ($3::integer IS NULL OR year = $3)
  AND ($4::uuid IS NULL OR id > $4)
  AND EXISTS (
    SELECT FROM unnest($5::text[], $6::text[]) AS place (side, municipality)
    WHERE place.side IN ('', applications.waits_for) AND place.municipality IN ('', applications.municipality)
  )
ORDER BY id
LIMIT $7
"""


SUPPORTS = """
SELECT s.person_id, s.methodist_id, s.recalled,
       array(SELECT r.route_id FROM support_routes r WHERE r.support_id = s.id ORDER BY r.route_id) AS routes
FROM supports s WHERE s.application_id = $1 ORDER BY s.person_id, s.methodist_id
"""


DUE = """
SELECT s.id AS support_id, r.id AS route_id
FROM supports s JOIN routes r ON r.tutee_id = s.person_id AND r.municipality = s.municipality
WHERE NOT s.recalled
  AND r.status NOT IN ('nominated', 'invited', 'declined', 'completed', 'withdrawn')
  AND r.opened_at < make_timestamptz(s.year + 1, 1, 1, 0, 0, 0, $1)
  AND NOT EXISTS (SELECT FROM support_routes d WHERE d.support_id = s.id AND d.route_id = r.id)
  AND (s.id, r.id) > ($2, $3)
ORDER BY s.id, r.id
LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class AskingWish:
    """Which lists or applications: with which status, where, of which year, after which one.

    `places` are where the reader may look, as (whose move it must be, municipality, school), "" for all.
    """

    status: str | None
    municipality: str | None
    school: str | None
    year: int | None
    after: UUID | None
    places: tuple[tuple[str, str, str], ...]
    limit: int


async def school_lists(store: Store, wish: AskingWish) -> list[Mapping[str, Any]]:
    sides, municipalities, schools = _columns(wish.places)
    return await store.fetch(
        LISTS,
        wish.status,
        wish.municipality,
        wish.school,
        wish.year,
        wish.after,
        sides,
        municipalities,
        schools,
        wish.limit,
    )


async def applications(store: Store, wish: AskingWish) -> list[Mapping[str, Any]]:
    sides, municipalities, _ = _columns(wish.places)
    return await store.fetch(
        APPLICATIONS, wish.status, wish.municipality, wish.year, wish.after, sides, municipalities, wish.limit
    )


def _columns(places: Sequence[tuple[str, str, str]]) -> tuple[list[str], list[str], list[str]]:
    return [each[0] for each in places], [each[1] for each in places], [each[2] for each in places]


async def supports(store: Store, application: UUID) -> list[Mapping[str, Any]]:
    """The methodists named under an application, with the routes they were assigned to."""
    return await store.fetch(SUPPORTS, application)


async def due(store: Store, zone: str, after: tuple[UUID, UUID], limit: int) -> list[tuple[UUID, UUID]]:
    """(support, route) that a named methodist has not reached yet; a year ends in the calendar of *zone*."""
    return [(row["support_id"], row["route_id"]) for row in await store.fetch(DUE, zone, *after, limit)]


async def of_tutee(store: Store, person: UUID) -> list[UUID]:
    """Every route of a teacher, whatever became of it."""
    return [row["id"] for row in await store.fetch("SELECT id FROM routes WHERE tutee_id = $1 ORDER BY id", person)]
