"""The Merkle leaf of a fact: SHA-256 over every stored column, laid out so that no two facts share an encoding.

Layout (all integers big-endian), hashed behind the byte 0x00 as RFC 6962 asks of leaves:

    len32 id           16 bytes of the UUID
    len32 stream       UTF-8
    len32 version      8 bytes, signed
    len32 kind         UTF-8
    len32 data         the stored bytes
    len32 meta         the stored bytes
    len32 recorded_at  8 bytes, signed: microseconds since 1970-01-01T00:00:00Z

where len32 is the length of what follows, 4 bytes. The database computes the same in `fact_leaf` (schema.sql); a test
compares the two. The layout is forever: another one would be another log.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from shared.store.merkle import leaf_hash

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A fact's columns exactly as they lie in the table `facts`."""

    id: UUID
    stream: str
    version: int
    kind: str
    data: bytes
    meta: bytes
    recorded_at: datetime


def encoding(fact: Stored) -> bytes:
    parts = (
        fact.id.bytes,
        fact.stream.encode(),
        fact.version.to_bytes(8, signed=True),
        fact.kind.encode(),
        fact.data,
        fact.meta,
        ((fact.recorded_at - EPOCH) // MICROSECOND).to_bytes(8, signed=True),
    )
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def fact_leaf(fact: Stored) -> bytes:
    return leaf_hash(encoding(fact))
