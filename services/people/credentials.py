"""Addresses and passwords: kept apart from facts, the address as an HMAC, the password as an argon2id hash."""

import asyncio
import hmac
import unicodedata
from dataclasses import dataclass
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Known:
    person: UUID
    password: str


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

    async def check(self, email: str, password: str) -> UUID | None:
        """Whose address and password these are. An unknown address takes as long as a wrong password."""
        rows = await self._store.fetch(KNOWN, self.mark(email))
        hashed = rows[0]["password"] if rows else self._nobody
        try:
            right = await asyncio.to_thread(self._hashes.verify, password, hashed)
        except UnknownHashError:
            return None
        return rows[0]["person_id"] if rows and right else None
