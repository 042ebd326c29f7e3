"""What is read of the tables in schema.sql, and the one thing written beside the facts: the bytes of a paper."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.store.types import Store

WAITING = """
SELECT id FROM certificates
WHERE status = 'granted' AND id <> ALL ($1::uuid[])
ORDER BY granted_at, id
LIMIT $2
"""
BY_CODE = "SELECT id FROM certificates WHERE code = $1"
ONE = "SELECT * FROM certificates WHERE id = $1"
LIST = """
SELECT * FROM certificates
WHERE ($1::uuid IS NULL OR route_id = $1)
  AND ($2::uuid IS NULL OR holder_id = $2)
  AND ($3::text IS NULL OR number = $3)
  AND ($4::uuid IS NULL OR id > $4)
  AND (
    holder_id = $5 OR EXISTS (
      SELECT FROM unnest($6::text[], $7::text[]) AS place (municipality, school)
      WHERE place.municipality IN ('', certificates.municipality) AND place.school IN ('', certificates.school)
    )
  )
ORDER BY id
LIMIT $8
"""
KEEP = """
INSERT INTO documents (sha256, bytes, media_type, subject, certificate_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (sha256) DO NOTHING
"""
DOCUMENT = "SELECT bytes FROM documents WHERE sha256 = $1"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which certificates: of which route, person or number, after which one; `places` are what the reader may see."""

    route: UUID | None
    holder: UUID | None
    number: str | None
    after: UUID | None
    reader: UUID
    places: tuple[tuple[str, str], ...]  # (municipality, school), "" for all
    limit: int


async def waiting(store: Store, passing_over: Collection[UUID], limit: int) -> list[UUID]:
    """Granted and not yet printed, the oldest first."""
    return [row["id"] for row in await store.fetch(WAITING, list(passing_over), limit)]


async def id_by_code(store: Store, code: str) -> UUID | None:
    rows = await store.fetch(BY_CODE, code)
    return rows[0]["id"] if rows else None


async def one(store: Store, id: UUID) -> Mapping[str, Any] | None:
    rows = await store.fetch(ONE, id)
    return rows[0] if rows else None


async def certificates(store: Store, wish: Wish) -> list[Mapping[str, Any]]:
    return await store.fetch(
        LIST,
        wish.route,
        wish.holder,
        wish.number,
        wish.after,
        wish.reader,
        [municipality for municipality, _ in wish.places],
        [school for _, school in wish.places],
        wish.limit + 1,  # one more tells that there is more
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The bytes of a paper and whose name they bear."""

    sha256: str
    content: bytes
    media_type: str
    subject: UUID
    certificate: UUID


async def keep(store: Store, paper: Kept) -> None:
    await store.fetch(KEEP, paper.sha256, paper.content, paper.media_type, paper.subject, paper.certificate)


async def document(store: Store, sha256: str) -> bytes | None:
    rows = await store.fetch(DOCUMENT, sha256)
    return bytes(rows[0]["bytes"]) if rows else None
