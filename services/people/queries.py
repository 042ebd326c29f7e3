"""What is read of the tables in schema.sql."""

from uuid import UUID

from shared.store.types import Store

HOLDERS = """
SELECT DISTINCT person_id FROM roles_held
WHERE ($1::text IS NULL OR role = $1)
  AND ($2::text IS NULL OR municipality = $2)
  AND ($3::text IS NULL OR school = $3)
  AND ($4::uuid IS NULL OR person_id > $4)
ORDER BY person_id
LIMIT $5
"""
NAME = "SELECT name FROM organisations WHERE kind = $1 AND code = $2"


async def holders(
    store: Store, role: str | None, municipality: str | None, school: str | None, after: UUID | None, most: int
) -> list[UUID]:
    return [row["person_id"] for row in await store.fetch(HOLDERS, role, municipality, school, after, most)]


async def name_of(store: Store, kind: str, code: str | None) -> str | None:
    rows = await store.fetch(NAME, kind, code) if code else []
    return str(rows[0]["name"]) if rows else None
