"""The SQL of an append: a statement that writes a group, all of it or nothing, and the question what stood in its way.

A group is laid out as one table with a row for each fact: an append's receipt and message stand beside its first fact,
and an append without facts has one row without a fact. The table is spelled out value by value while it is small, since
an array costs the driver and the database several times as much as the few values in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from shared.store.group import Waiting

# Few sizes, so that few statements have to be prepared: a table is filled up with empty rows to the next of them.
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)

FACT = {
    "fact": "uuid",
    "stream": "text",
    "expected": "integer",
    "step": "integer",  # the fact's place within its append, from 1; 0 in the row of an append without facts
    "kind": "text",
    "data": "bytea",
    "meta": "bytea",
}
RECEIPT = {"receipt": "uuid", "fingerprint": "bytea", "result": "bytea"}
HEARD = {"message": "text", "contract": "text", "origin": "text", "settled": "integer"}
NO_RECEIPT: tuple[Any, ...] = (None,) * len(RECEIPT)
NOT_HEARD: tuple[Any, ...] = (None,) * len(HEARD)

LATEST = "coalesce((SELECT f.version FROM facts f WHERE f.stream = g.stream ORDER BY f.version DESC LIMIT 1), 0)"

# What is looked at before. Of the rest the keys of the tables tell: that a command came before, or that a stream that
# should be new is not, is rare enough to let it break the statement.
STALE = f"EXISTS (SELECT FROM g WHERE step < 2 AND (expected <> 0 OR fact IS NULL) AND expected <> {LATEST})"
KNOWN = "EXISTS (SELECT FROM g JOIN inbox i ON i.message = g.message AND i.effect = g.stream)"

# Calls that overlap take their locks in one order, and a stream's facts queue in the order of their versions.
KEEP_RECEIPTS = """INSERT INTO commands (id, fingerprint, result)
        SELECT receipt, fingerprint, result FROM g, go WHERE receipt IS NOT NULL ORDER BY receipt"""
KEEP_MESSAGES = """INSERT INTO inbox (message, effect, contract, stream, version)
        SELECT message, stream, contract, origin, settled FROM g, go
        WHERE message IS NOT NULL ORDER BY message, stream"""
KEEP_FACTS = """INSERT INTO facts (id, stream, version, kind, data, meta, recorded_at)
        SELECT fact, stream, {base} + step, kind, data, meta, at FROM g, go WHERE fact IS NOT NULL ORDER BY n"""
QUEUE_FACTS = "INSERT INTO pending (fact) SELECT fact FROM g, go WHERE fact IS NOT NULL ORDER BY n"

# What the database knows of each append of a group that could not be written: the stream's version, the version of the
# append's last fact if an earlier try was committed after all, and the first answer where the command or message came
# before.
JUDGE_SQL = f"""
    SELECT {LATEST} AS base, own.version AS written, own.recorded_at,
           c.id IS NOT NULL OR i.message IS NOT NULL AS repeated, c.result
    FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS g(stream, fact, receipt, message, n)
    LEFT JOIN facts own ON own.id = g.fact
    LEFT JOIN commands c ON c.id = g.receipt
    LEFT JOIN inbox i ON i.message = g.message AND i.effect = g.stream
    ORDER BY g.n"""  # noqa: S608 - constants only


class Shape(NamedTuple):
    """What decides how the statement reads."""

    size: int  # of the table's rows; 0 where it comes as arrays, because it is large
    receipts: bool
    heard: bool
    checked: bool  # a stream's version must be looked at before
    unknown: bool  # a stream's version must be told afterwards
    changes: tuple[bool, ...]  # for each call that changes read-model rows whether it deletes them


def write(group: Sequence[Waiting]) -> tuple[str, list[Any]]:
    """The statement that writes *group*, and its arguments.

    It gives one row, (moment, versions before or NULL where the callers know them), or none if it wrote nothing because
    a message came before or a version is not the expected one. A command that came before, and what another process
    does meanwhile, break it with a unique violation.
    """
    changes = _changes(group)
    shape = _shape_of(group, tuple([not put for put, _, _ in changes]))
    values = _values_of(group, shape)
    for (_, table, _), given in changes.items():
        values += (table, given)
    return _write_sql(shape), values


def judge(group: Sequence[Waiting]) -> tuple[str, list[Any]]:
    """The question what stood in the way of *group*, and its arguments; one row for each append, in their order."""
    appends = [one.append for one in group]
    return JUDGE_SQL, [
        [a.stream for a in appends],
        [one.ids[-1] if one.ids else None for one in group],
        [a.receipt and a.receipt.id for a in appends],
        [a.heard and a.heard.message for a in appends],
    ]


def _shape_of(group: Sequence[Waiting], changes: tuple[bool, ...]) -> Shape:
    rows = 0
    receipts = heard = checked = unknown = False
    for one in group:
        append = one.append
        rows += len(one.ids) or 1
        receipts = receipts or append.receipt is not None
        heard = heard or append.heard is not None
        if append.expected is None:
            unknown = True
        elif append.expected or not one.ids:  # a new stream's first fact tells by its key; see STALE
            checked = True
    size = SIZES[bisect_left(SIZES, rows)] if rows <= SIZES[-1] else 0
    return Shape(size, receipts, heard, checked, unknown, changes)


def _values_of(group: Sequence[Waiting], shape: Shape) -> list[Any]:
    """The table's values, row behind row; where it comes as arrays, its columns."""
    values: list[Any] = []
    bare = (*NO_RECEIPT * shape.receipts, *NOT_HEARD * shape.heard)
    for one in group:
        append = one.append
        beside: tuple[Any, ...] = ()
        if shape.receipts:
            kept = append.receipt
            beside = (kept.id, kept.fingerprint, kept.result) if kept else NO_RECEIPT
        if shape.heard:
            of = append.heard
            beside += (of.message, of.contract, of.stream, of.version) if of else NOT_HEARD
        if not one.ids:
            values += (None, append.stream, append.expected, 0, None, None, None, *beside)
        for step, (id, (kind, data)) in enumerate(zip(one.ids, one.encoded, strict=True), 1):
            values += (id, append.stream, append.expected, step, kind, data, one.meta, *beside)
            beside = bare
    width = len(FACT) + len(bare)
    if not shape.size:
        return [values[column::width] for column in range(width)]
    values += [None] * (width * shape.size - len(values))
    return values


@lru_cache(maxsize=1000)
def _write_sql(shape: Shape) -> str:
    columns = FACT | (RECEIPT if shape.receipts else {}) | (HEARD if shape.heard else {})
    given = len(columns) * (shape.size or 1)
    obstacles = [STALE] * shape.checked + [KNOWN] * shape.heard
    base = f"coalesce(g.expected, {LATEST})" if shape.unknown else "g.expected"
    once = "NOT MATERIALIZED" if shape.size == 1 else "MATERIALIZED"  # one row is cheapest as plain values in each part
    parts = {
        f"g(n, {', '.join(columns)}) AS {once}": _table_sql(columns, shape.size),
        **_gate(obstacles),
        **({"kept AS": KEEP_RECEIPTS} if shape.receipts else {}),
        **({"heard AS": KEEP_MESSAGES} if shape.heard else {}),
        "written AS": KEEP_FACTS.format(base=base),
        "queued AS": QUEUE_FACTS,
    }
    told = [
        "at",
        f"ARRAY(SELECT {base} FROM g WHERE step < 2 ORDER BY n)" if shape.unknown else "NULL",  # noqa: S608
        *[
            f"{'remove_rows' if gone else 'put_rows'}({_parameters(('text', 'jsonb[]'), given + 1 + 2 * place)})"
            for place, gone in enumerate(shape.changes)
        ],
    ]
    return f"WITH {', '.join(f'{name} ({sql})' for name, sql in parts.items())} SELECT {', '.join(told)} FROM go"  # noqa: S608


def _gate(obstacles: Sequence[str]) -> dict[str, str]:
    """Whether and when it is written; looked at once, or not at all where nothing may stand in the way."""
    if not obstacles:
        return {"go AS NOT MATERIALIZED": "SELECT statement_timestamp() AS at"}
    return {"go AS MATERIALIZED": f"SELECT statement_timestamp() AS at WHERE NOT ({' OR '.join(obstacles)})"}


def _table_sql(columns: dict[str, str], size: int) -> str:
    names, width = ", ".join(columns), len(columns)
    if not size:
        arrays = _parameters([f"{type}[]" for type in columns.values()], 1)
        return f"SELECT n, {names} FROM unnest({arrays}) WITH ORDINALITY AS t({names}, n)"  # noqa: S608 - constants only
    first = f"1, {_parameters(columns.values(), 1)}"  # its types are those of all rows
    if size == 1:
        return f"SELECT {first}"
    others = [
        f"({row + 1}, {', '.join(f'${row * width + place}' for place in range(1, width + 1))})"
        for row in range(1, size)
    ]
    return f"VALUES ({first}), {', '.join(others)}"


def _parameters(types: Iterable[str], first: int) -> str:
    return ", ".join(f"${place}::{type}" for place, type in enumerate(types, first))


def _changes(group: Sequence[Waiting]) -> dict[tuple[bool, str, str], list[str]]:
    """The values of the read-model rows to delete or to put, by what one call can change, in the order of the calls:
    deletions first, and the tables in one order, so that overlapping calls lock alike."""
    found: dict[tuple[bool, str, str], list[str]] = {}
    for one in group:
        for put, table, key, values in one.changes:
            found.setdefault((put, table, key), []).append(values)
    return dict(sorted(found.items()))
