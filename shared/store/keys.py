"""The keys that personal texts are sealed with: one for each person, wrapped by the service's master key.

A data key's id is a hash of the key, so that a sealed text names the one key that opens it and no other can pose as it.
Destroying a person's key makes every text sealed with it unreadable, in every copy of the facts.
"""

from __future__ import annotations

import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CACHE_SECONDS = 60.0
CACHE_SIZE = 10_000
NONCE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A row of the table `data_keys`."""

    id: str
    subject: UUID
    wrapped: bytes


class KeyTable(Protocol):
    """Where wrapped keys are kept; at most one for a subject at a time."""

    async def by_subject(self, subjects: Collection[UUID]) -> list[WrappedKey]: ...

    async def by_id(self, ids: Collection[str]) -> list[WrappedKey]: ...

    async def add(self, keys: Collection[WrappedKey]) -> None: ...

    async def remove(self, subject: UUID) -> None: ...


class MemoryKeyTable:
    """Keys of a store that ends with its process."""

    def __init__(self) -> None:
        self._rows: dict[UUID, WrappedKey] = {}

    async def by_subject(self, subjects: Collection[UUID]) -> list[WrappedKey]:
        return [self._rows[subject] for subject in subjects if subject in self._rows]

    async def by_id(self, ids: Collection[str]) -> list[WrappedKey]:
        return [row for row in self._rows.values() if row.id in ids]

    async def add(self, keys: Collection[WrappedKey]) -> None:
        for key in keys:
            self._rows.setdefault(key.subject, key)

    async def remove(self, subject: UUID) -> None:
        self._rows.pop(subject, None)


class DataKey:
    """One person's key, unwrapped."""

    __slots__ = ("_cipher", "id", "subject")

    def __init__(self, id: str, subject: UUID, secret: bytes) -> None:
        self.id = id
        self.subject = subject
        self._cipher = AESGCM(secret)

    def seal(self, text: str, bound_to: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> str:
        """The text; raises ValueError when it was sealed elsewhere or changed since."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to).decode()
        except InvalidTag:
            raise ValueError("a sealed text was moved or changed") from None


class KeyRing:
    """Finds, makes and destroys data keys; remembers them for at most a minute, so that destruction is felt everywhere.

    *master_key* is 32 bytes.
    """

    def __init__(
        self, master_key: bytes, table: KeyTable | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if len(master_key) != 32:
            raise ValueError("the master key must have 32 bytes")
        self._master = AESGCM(master_key)
        self._table: KeyTable = table or MemoryKeyTable()
        self._clock = clock
        self._cache: dict[str, tuple[float, DataKey | None]] = {}
        self._ids: dict[UUID, str] = {}
        self._destroyed = 0  # how many: what was read before the last of them is not to be remembered

    def keep_in(self, table: KeyTable) -> None:
        self._table = table

    async def for_sealing(self, subjects: Iterable[UUID]) -> dict[UUID, DataKey]:
        """A key for every one of *subjects*, made where there is none."""
        wanted = set(subjects)
        found = {s: key for s in wanted if (id := self._ids.get(s)) and (key := self._cached(id))}
        missing = wanted - found.keys()
        if missing:
            found |= await self._stored(missing)
            missing -= found.keys()
        if missing:
            await self._table.add([self._fresh(subject) for subject in missing])
            found |= await self._stored(missing)
        return found

    async def for_opening(self, ids: Iterable[str]) -> dict[str, DataKey]:
        """The keys among *ids* that still exist."""
        wanted = set(ids)
        found = {id: self._cached(id) for id in wanted if self._known(id)}  # remembering others may push these out
        missing = wanted - found.keys()
        if missing:
            before = self._destroyed
            rows = {row.id: row for row in await self._table.by_id(missing)}
            for id in missing:
                found[id] = self._unwrap(rows[id]) if id in rows else None
                if before == self._destroyed:
                    self._remember(id, found[id])
        return {id: key for id, key in found.items() if key}

    async def destroy(self, subject: UUID) -> None:
        """Forget *subject*: from now on here, and within a minute in every process, their texts read as None."""
        await self._table.remove(subject)
        self._destroyed += 1
        self._ids.pop(subject, None)
        for id, (_, key) in list(self._cache.items()):
            if key and key.subject == subject:
                del self._cache[id]

    async def _stored(self, subjects: Collection[UUID]) -> dict[UUID, DataKey]:
        before = self._destroyed
        keys = {row.subject: self._unwrap(row) for row in await self._table.by_subject(subjects)}
        if before == self._destroyed:
            for subject, key in keys.items():
                self._remember(key.id, key)
                self._ids[subject] = key.id
        return keys

    def _known(self, id: str) -> bool:
        entry = self._cache.get(id)
        return entry is not None and self._clock() - entry[0] < CACHE_SECONDS

    def _cached(self, id: str) -> DataKey | None:
        return self._cache[id][1] if self._known(id) else None

    def _remember(self, id: str, key: DataKey | None) -> None:
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
            self._ids.clear()
        self._cache[id] = (self._clock(), key)

    def _fresh(self, subject: UUID) -> WrappedKey:
        secret = AESGCM.generate_key(256)
        id = commitment(secret)
        nonce = os.urandom(NONCE)
        return WrappedKey(id=id, subject=subject, wrapped=nonce + self._master.encrypt(nonce, secret, aad(subject, id)))

    def _unwrap(self, row: WrappedKey) -> DataKey:
        try:
            secret = self._master.decrypt(row.wrapped[:NONCE], row.wrapped[NONCE:], aad(row.subject, row.id))
        except InvalidTag:
            raise ValueError(f"data key {row.id} was not wrapped by this master key") from None
        if commitment(secret) != row.id:
            raise ValueError(f"data key {row.id} is not the key it names")
        return DataKey(row.id, row.subject, secret)


def commitment(secret: bytes) -> str:
    return urlsafe_b64encode(sha256(b"iom data key\x00" + secret).digest()).rstrip(b"=").decode()


def aad(subject: UUID, id: str) -> bytes:
    return b"data key\x00" + subject.bytes + id.encode()
