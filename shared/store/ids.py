"""Time-ordered UUIDs (RFC 9562, version 7): neighbours in time are neighbours in every index."""

from __future__ import annotations

import os
import time
from uuid import UUID

from asyncpg.pgproto import pgproto

RANDOM = 10  # bytes of each id
FETCHED = 400 * RANDOM  # at once: a call of the system costs more than all the rest of an id


class _Chance:
    """Random bytes in store; a forked process must not find its parent's."""

    def __init__(self) -> None:
        self.forget()
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        self._bytes, self._at = b"", 0

    def take(self) -> int:
        if self._at == len(self._bytes):
            self._bytes, self._at = os.urandom(FETCHED), 0
        at, self._at = self._at, self._at + RANDOM
        return int.from_bytes(self._bytes[at : self._at])


_chance = _Chance()


def new_id() -> UUID:
    milliseconds = time.time_ns() // 1_000_000
    random = _chance.take()
    high, low = random >> 68, random & ((1 << 62) - 1)
    number = (milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low
    made: UUID = pgproto.UUID(number.to_bytes(16))  # the driver's own: a UUID to everybody, and quickly made
    return made
