"""Appends made ready for the wire, and which of those that wait go together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from shared.domain import Gone, Personal, Row
from shared.store.types import Append, Appended, Recorded, Repeated

MOST_APPENDS = 16
MOST_BYTES = 4_000_000

_json = msgspec.json.Encoder()


@dataclass(slots=True, eq=False)
class Waiting:
    """An append on its way: everything encoded once, however often it must be sent."""

    append: Append
    ids: list[UUID]
    encoded: list[tuple[str, bytes]]  # (kind, data)
    meta: bytes
    changes: list[tuple[bool, str, str, str]]  # (put, table, key columns of a deletion, values as JSON)
    answer: asyncio.Future[Appended | Repeated]
    deadline: float
    names: tuple[object, ...] = field(init=False)  # what no two appends of one group may share

    def __post_init__(self) -> None:
        stream, receipt = self.append.stream, self.append.receipt
        self.names = (stream, receipt.id) if receipt else (stream,)

    @property
    def size(self) -> int:
        """Bytes of facts and rows, about."""
        return sum([len(data) for _, data in self.encoded]) + sum([len(change[3]) for change in self.changes])

    def written(self, version: int, recorded_at: datetime) -> None:
        """Answer the caller: *version* is the stream's version now."""
        append, first = self.append, version - len(self.ids) + 1
        facts: list[Recorded[Any]] = [
            Recorded(
                id=id,
                stream=append.stream,
                version=first + n,
                kind=kind,
                event=event,
                context=append.context,
                recorded_at=recorded_at,
            )
            for n, (id, (kind, _), event) in enumerate(zip(self.ids, self.encoded, append.facts, strict=True))
        ]
        self.settle(Appended(version=version, facts=facts))

    def settle(self, result: Appended | Repeated) -> None:
        if not self.answer.done():
            self.answer.set_result(result)

    def fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # a caller that has gone will not look at it, which is no fault


def encode_changes(rows: Sequence[Row | Gone]) -> list[tuple[bool, str, str, str]]:
    """(put, table, key columns of a deletion, values as JSON) of each."""
    return [
        (True, row.table, "", _values(row.table, row.values))
        if isinstance(row, Row)
        else (False, row.table, ",".join(sorted(row.key)), _values(row.table, row.key))
        for row in rows
    ]


def _values(table: str, values: Any) -> str:
    if not values:
        raise ValueError(f"a row of {table} names no column")
    plain = {}
    for name, value in values.items():
        if isinstance(value, Personal):
            raise TypeError(f"{table}.{name}: a read model holds a text, not a sealed one; say .text if it is meant")
        plain[name] = "\\x" + value.hex() if isinstance(value, bytes) else value
    return _json.encode(plain).decode()


def take(waiting: deque[Waiting], busy: set[object], most: int) -> list[Waiting]:
    """Take from the queue at most *most* that may go in one call.

    What shares a name with them or with *busy* stays, in its order.
    """
    group: list[Waiting] = []
    names = set(busy)
    left: list[Waiting] = []
    size = 0
    while waiting and len(group) < min(most, MOST_APPENDS) and size < MOST_BYTES:
        one = waiting.popleft()
        if one.answer.done():  # the caller has gone
            continue
        if names.isdisjoint(one.names):
            group.append(one)
            size += one.size
        else:
            left.append(one)
        names.update(one.names)
    waiting.extendleft(reversed(left))
    group.sort(key=_stream)  # by code points, which is by bytes too
    return group


def _stream(one: Waiting) -> str:
    return one.append.stream
