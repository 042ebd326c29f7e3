"""Appends made ready for the wire, alone and as the arguments of one `append_group` call."""

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

SQL = "SELECT * FROM append_group(" + ", ".join(f"${n}" for n in range(1, 22)) + ")"  # noqa: S608 - constants only

# Most appends go alone, with one fact; the driver takes far longer for an array of one value than for the value.
SQL_ALONE = """SELECT * FROM append_group(
    ARRAY[$1::text], ARRAY[$2::integer], ARRAY[$3::integer], ARRAY[$4::bytea],
    CASE WHEN $5::uuid IS NOT NULL THEN ARRAY[$5::uuid] END, ARRAY[$6::bytea], ARRAY[$7::bytea],
    CASE WHEN $8::text IS NOT NULL THEN ARRAY[$8::text] END, ARRAY[$9::text], ARRAY[$10::text], ARRAY[$11::integer],
    ARRAY[$12::integer], ARRAY[$13::integer], ARRAY[$14::uuid], ARRAY[$15::text], ARRAY[$16::bytea],
    $17, $18, $19, $20, $21)"""
SINGLE = 16  # so many parameters hold a value for each append or each fact; the others are about read-model rows


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
    sent: bool = False  # an earlier try may have been committed without our hearing of it
    size: int = field(init=False)
    names: tuple[object, ...] = field(init=False)  # what no two appends of one group may share

    def __post_init__(self) -> None:
        self.size = sum([len(data) for _, data in self.encoded]) + sum([len(change[3]) for change in self.changes])
        stream, receipt = self.append.stream, self.append.receipt
        self.names = (stream, receipt.id) if receipt else (stream,)

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
    """Deletions come before rows, tables in one order: overlapping calls then lock alike."""
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


def take(waiting: deque[Waiting], busy: set[object]) -> list[Waiting]:
    """Take from the queue what may go in one call; what shares a name with it or with *busy* stays, in its order."""
    group: list[Waiting] = []
    names = set(busy)
    left: list[Waiting] = []
    size = 0
    while waiting and len(group) < MOST_APPENDS and size < MOST_BYTES:
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


def statement(group: Sequence[Waiting]) -> tuple[str, list[Any]]:
    """The statement that writes *group*, which is sorted by stream, and its arguments."""
    columns = arguments(group)
    if len(group) > 1 or len(group[0].ids) != 1:
        return SQL, columns
    return SQL_ALONE, [column and column[0] for column in columns[:SINGLE]] + columns[SINGLE:]


def arguments(group: Sequence[Waiting]) -> list[Any]:
    """The arguments of `append_group` for *group*, which is sorted by stream; what it has none of is left out."""
    appends = [one.append for one in group]
    facts = [
        (n, step, id, kind, data)
        for n, one in enumerate(group, 1)
        for step, (id, (kind, data)) in enumerate(zip(one.ids, one.encoded, strict=True), 1)
    ]
    columns: list[list[Any] | None] = [
        [a.stream for a in appends],
        [a.expected for a in appends],
        [len(a.facts) for a in appends],
        [one.meta for one in group],
        *_each([a.receipt for a in appends], _RECEIPT),
        *_each([a.heard for a in appends], _HEARD),
        *([fact[column] for fact in facts] for column in range(5)),
        *_row_arguments(group),
    ]
    return [column or None for column in columns]  # the driver takes as long for an empty array as for one value


_RECEIPT = ("id", "fingerprint", "result")
_HEARD = ("message", "contract", "stream", "version")


def _each(parts: Sequence[object | None], names: Sequence[str]) -> list[list[Any] | None]:
    """One array for each attribute, with NULL at the place of an append without such a part; none where nobody has."""
    if not any(parts):
        return [None] * len(names)
    return [[part and getattr(part, name) for part in parts] for name in names]


def _row_arguments(group: Sequence[Waiting]) -> list[list[Any]]:
    changes = [(change, n) for n, one in enumerate(group, 1) for change in one.changes]
    kinds = sorted({change[:3] for change, _ in changes})
    places = {kind: place for place, kind in enumerate(kinds, 1)}
    return [
        [table for _, table, _ in kinds],
        [not put for put, _, _ in kinds],
        [places[change[:3]] for change, _ in changes],
        [n for _, n in changes],
        [change[3] for change, _ in changes],
    ]
