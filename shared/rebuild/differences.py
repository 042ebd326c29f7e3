"""What live read-model rows and freshly folded ones do not agree on, row by row and column by column."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared.rebuild.shadow import OWNER, Shadow, Table
from shared.store.connect import Connection
from shared.store.migrate import literal, quoted

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row that differs.

    `kind` is "missing" (facts show the row, the table lacks it), "surplus" (the table has it, no fact shows it),
    "changed" (`columns` gives (live, folded) of each column that differs) or "twice" (several streams show it, and
    the table can hold only one). `streams` shows it. Values are left out where views write personal texts.
    """

    table: str
    kind: str
    key: Mapping[str, Any]
    streams: tuple[str, ...] = ()
    columns: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


async def differences(connection: Connection, shadow: Shadow, *, texts: bool) -> AsyncIterator[Difference]:
    """Every one, table by table, each in the order of its key; *texts* says whether values may be shown.

    Within the caller's transaction, which sees one moment.
    """
    for table in shadow.tables.values():
        for sql, told in ((twice_sql(shadow, table), twice), (compare_sql(shadow, table), compared)):
            async for row in connection.cursor(sql, prefetch=PAGE):
                yield told(table, row, texts)


def twice_sql(shadow: Shadow, table: Table) -> str:
    key = ", ".join(f"s.{quoted(column)}" for column in table.key)
    return f"""SELECT {key_object("s", table)} AS key, array_agg(s.{OWNER} ORDER BY s.{OWNER}) AS streams
        FROM {shadow.name(table)} s GROUP BY {key} HAVING count(*) > 1 ORDER BY {key}"""  # noqa: S608 - as below


def compare_sql(shadow: Shadow, table: Table) -> str:
    """Rows as JSON: also types without an equality of their own can be compared so."""
    same = " AND ".join(f"l.{quoted(column)} = s.{quoted(column)}" for column in table.key)
    first = quoted(table.key[0])  # never NULL, unless the whole side is
    order = ", ".join(f"coalesce(l.{quoted(column)}, s.{quoted(column)})" for column in table.key)
    return f"""SELECT d.key, d.stream, d.live::text, d.folded::text FROM (
            SELECT CASE WHEN l.{first} IS NULL THEN {key_object("s", table)} ELSE {key_object("l", table)} END AS key,
                s.{OWNER} AS stream, row_number() OVER (ORDER BY {order}) AS n,
                CASE WHEN l.{first} IS NOT NULL THEN to_jsonb(l) END AS live,
                CASE WHEN s.{first} IS NOT NULL THEN to_jsonb(s) - {literal(OWNER)} END AS folded
            FROM {table.live} l FULL JOIN {shadow.name(table)} s ON {same}
        ) d WHERE d.live IS DISTINCT FROM d.folded ORDER BY d.n"""  # noqa: S608 - names are quoted, and come from the catalogue


def key_object(side: str, table: Table) -> str:
    pairs = ", ".join(f"{literal(column)}, {side}.{quoted(column)}" for column in table.key)
    return f"jsonb_build_object({pairs})::text"


def twice(table: Table, row: Any, _texts: bool) -> Difference:
    return Difference(table=table.name, kind="twice", key=msgspec.json.decode(row[0]), streams=tuple(row[1]))


def compared(table: Table, row: Any, texts: bool) -> Difference:
    key, stream = msgspec.json.decode(row[0]), row[1]
    streams = (stream,) if stream else ()
    if row[3] is None:
        return Difference(table=table.name, kind="surplus", key=key)
    if row[2] is None:
        return Difference(table=table.name, kind="missing", key=key, streams=streams)
    live, folded = msgspec.json.decode(row[2]), msgspec.json.decode(row[3])
    columns = {
        name: (live[name], folded[name]) if texts else (None, None) for name in folded if live[name] != folded[name]
    }
    return Difference(table=table.name, kind="changed", key=key, streams=streams, columns=columns)
