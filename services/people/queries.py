"""What is read of the tables in schema.sql."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.store.types import Store

HOLDERS = """
SELECT DISTINCT person_id FROM roles_held
WHERE ($1::text IS NULL OR role = $1)
  AND ($2::text IS NULL OR municipality = $2)
  AND ($3::text IS NULL OR school = $3)
  AND ($4::uuid IS NULL OR person_id > $4)
  AND $6::date BETWEEN valid_from AND valid_until
ORDER BY person_id
LIMIT $5
"""
NAME = "SELECT name FROM organisations WHERE kind = $1 AND code = $2"
PLACE = "SELECT kind, code, name, parent FROM organisations WHERE kind = $1 AND code = $2"
PLACES = """
SELECT kind, code, name, parent FROM organisations
WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR parent = $2) AND code > $3
ORDER BY code LIMIT $4
"""
STAFF = """
SELECT id FROM persons WHERE school = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""
INVITATION = "SELECT id FROM invitations WHERE digest = $1"
TO_SEND = """
SELECT id FROM invitations
WHERE status = 'open' AND letter = 'wanted' AND expires_at > $1 AND id <> ALL ($3::uuid[])
ORDER BY issued_at, id LIMIT $2
"""
INVITATIONS = """
SELECT id, version, purpose, person_id, status, letter, issued_at, expires_at FROM invitations
WHERE school = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""
ACTS = """
SELECT id, version, number, day, kind, status FROM local_acts
WHERE school = $1 AND ($2::date IS NULL OR (day, id) < ($2, $3::uuid)) ORDER BY day DESC, id DESC LIMIT $4
"""

Rows = list[Mapping[str, Any]]


async def holders(
    store: Store,
    role: str | None,
    municipality: str | None,
    school: str | None,
    after: UUID | None,
    most: int,
    day: date,
) -> list[UUID]:
    """Who holds the role on this day."""
    return [row["person_id"] for row in await store.fetch(HOLDERS, role, municipality, school, after, most, day)]


async def name_of(store: Store, kind: str, code: str | None) -> str | None:
    rows = await store.fetch(NAME, kind, code) if code else []
    return str(rows[0]["name"]) if rows else None


async def place(store: Store, kind: str, code: str) -> Mapping[str, Any] | None:
    rows = await store.fetch(PLACE, kind, code)
    return rows[0] if rows else None


async def places(store: Store, kind: str | None, parent: str | None, after: str, most: int) -> Rows:
    return await store.fetch(PLACES, kind, parent, after, most)


async def staff(store: Store, school: str, after: UUID | None, most: int) -> list[UUID]:
    return [row["id"] for row in await store.fetch(STAFF, school, after, most)]


async def invitation_of(store: Store, digest: str) -> UUID | None:
    rows = await store.fetch(INVITATION, digest)
    return rows[0]["id"] if rows else None


async def letters_to_send(store: Store, now: datetime, most: int, but: Collection[UUID]) -> list[UUID]:
    return [row["id"] for row in await store.fetch(TO_SEND, now, most, list(but))]


async def invitations(store: Store, school: str, after: UUID | None, most: int) -> Rows:
    return await store.fetch(INVITATIONS, school, after, most)


async def acts(store: Store, school: str, before: tuple[date, UUID] | None, most: int) -> Rows:
    day, id = before or (None, None)
    return await store.fetch(ACTS, school, day, id, most)
