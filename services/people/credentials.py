"""Addresses and passwords: kept apart from facts, the address as an HMAC, the password as an argon2id hash."""

import asyncio
import hmac
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from shared.store.types import Store

# A claim whose person never came about may be taken over once its request cannot be running any more.
ABANDONED_AFTER = "1 minute"

# Renewing is a write, so that nobody takes a claim over while its request is being repeated.
RENEW = "UPDATE credentials SET claimed_at = now() WHERE email = $1 AND person_id = $2 RETURNING person_id"
CLAIM = """
INSERT INTO credentials (email, person_id, password) VALUES ($1, $2, $3)
ON CONFLICT (email) DO UPDATE SET person_id = excluded.person_id, password = excluded.password, claimed_at = now()
WHERE credentials.person_id = excluded.person_id
   OR (credentials.claimed_at < now() - $4::text::interval
       AND NOT EXISTS (SELECT FROM persons WHERE persons.id = credentials.person_id))
RETURNING person_id
"""
KNOWN = "SELECT person_id, password FROM credentials WHERE email = $1"
OWN = "SELECT password FROM credentials WHERE person_id = $1"
OWNERS = """
SELECT email, person_id, password IS NOT NULL AS secret FROM credentials
WHERE email = ANY ($1::bytea[]) OR person_id = ANY ($2::uuid[])
"""
# An earlier try of the same invitation with another address, which nobody's facts name.
FORGET = """
DELETE FROM credentials WHERE person_id = $1 AND email <> $2
AND NOT EXISTS (SELECT FROM persons WHERE persons.id = $1)
"""
MOVE = "UPDATE credentials SET email = $2 WHERE person_id = $1 RETURNING person_id"
SET = "UPDATE credentials SET password = $2 WHERE person_id = $1 RETURNING person_id"
CLAIM_MANY = """
INSERT INTO credentials (email, person_id) SELECT * FROM unnest($1::bytea[], $2::uuid[]) ORDER BY 1
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an address is; without a secret nobody signs in with it."""

    email: bytes
    person: UUID
    has_password: bool


class Credentials:
    """*master_key* is the service's 32 bytes. Hashing is slow on purpose and runs beside the event loop."""

    def __init__(self, store: Store, master_key: bytes, hasher: Argon2Hasher | None = None) -> None:
        self._store = store
        self._key = HKDF(SHA256(), 32, None, b"iom e-mail addresses").derive(master_key)
        self._hashes = PasswordHash((hasher or Argon2Hasher(),))
        self._nobody = self._hashes.hash("nobody has this password")

    def mark(self, email: str) -> bytes:
        """The same for an address however it is written, and of no use to who has not the key."""
        written = unicodedata.normalize("NFKC", email).strip().casefold()
        return hmac.digest(self._key, b"email" + written.encode(), "sha256")

    def fingerprint(self, request: bytes) -> bytes:
        """A request's fingerprint that cannot be tried against guessed passwords."""
        return hmac.digest(self._key, b"request" + request, "sha256")

    async def claim(self, email: str, person: UUID, password: str) -> bool:
        """Make the address this person's; False when it is another's. Claiming one's own again changes nothing.

        It comes before the person's facts: the unique address decides between two who register it at once. A crash in
        between leaves a claim without a person, which signs nobody in; the repeated request finds its own claim and
        goes on, and after a minute anybody else may take the address over. The other order would leave a person whose
        address somebody else may have got meanwhile.
        """
        mark = self.mark(email)
        if await self._store.fetch(RENEW, mark, person):
            return True
        hashed = await asyncio.to_thread(self._hashes.hash, password)
        return bool(await self._store.fetch(CLAIM, mark, person, hashed, ABANDONED_AFTER))

    async def claim_invited(self, email: str, person: UUID, password: str) -> bool:
        """As `claim`, for somebody who may have tried another address with the same invitation before."""
        await self._store.fetch(FORGET, person, self.mark(email))
        return await self.claim(email, person, password)

    async def claim_many(self, addresses: Sequence[tuple[bytes, UUID]]) -> None:
        """Addresses, by their marks, of persons who have no password yet; what is taken stays whose it is."""
        await self._store.fetch(CLAIM_MANY, [mark for mark, _ in addresses], [person for _, person in addresses])

    async def owners(self, marks: Collection[bytes], persons: Collection[UUID] = ()) -> list[Owner]:
        """Whose these addresses are, and which addresses these persons have."""
        rows = await self._store.fetch(OWNERS, list(marks), list(persons))
        return [Owner(row["email"], row["person_id"], row["secret"]) for row in rows]

    async def owner(self, email: str) -> UUID | None:
        return next((each.person for each in await self.owners([self.mark(email)])), None)

    async def move(self, person: UUID, email: str) -> bool:
        """Make the address this person's instead of the old one; False when it is another's."""
        try:
            return bool(await self._store.fetch(MOVE, person, self.mark(email)))
        except asyncpg.UniqueViolationError:
            return False

    async def set_password(self, person: UUID, password: str) -> bool:
        """False for somebody who has no address to sign in with."""
        hashed = await asyncio.to_thread(self._hashes.hash, password)
        return bool(await self._store.fetch(SET, person, hashed))

    async def is_password_of(self, person: UUID, password: str) -> bool:
        rows = await self._store.fetch(OWN, person)
        return await self._verified(password, rows[0]["password"] if rows else None)

    async def check(self, email: str, password: str) -> UUID | None:
        """Whose address and password these are. An unknown address takes as long as a wrong password."""
        rows = await self._store.fetch(KNOWN, self.mark(email))
        right = await self._verified(password, rows[0]["password"] if rows else None)
        return rows[0]["person_id"] if rows and right else None

    async def _verified(self, password: str, hashed: str | None) -> bool:
        """Where there is no password, one is tried nevertheless, so that it takes as long."""
        try:
            right = await asyncio.to_thread(self._hashes.verify, password, hashed or self._nobody)
        except UnknownHashError:
            return False
        return right and hashed is not None
