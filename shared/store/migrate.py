"""Brings a service's database to the form its code expects, once, whoever starts first."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import Any

import asyncpg

from shared.store.connect import connect

LOCK = 0x10_4D_5C_4E  # any number, as long as all who migrate take the same

KIT_TABLES = {  # table -> what the service's own role may do with it
    "facts": "SELECT, INSERT",
    "log": "SELECT, INSERT",
    "tree_heads": "SELECT, INSERT",
    "pending": "SELECT, INSERT, DELETE",
    "commands": "SELECT, INSERT, DELETE",
    "inbox": "SELECT, INSERT, DELETE",
    "lease": "SELECT, UPDATE",
    "checkpoints": "SELECT, INSERT, UPDATE",
    "data_keys": "SELECT, INSERT, DELETE",
    "migrations": "SELECT",
}

# Types that have no equality, so that "unchanged" cannot be asked of them.
INCOMPARABLE = {"json", "xml", "point", "polygon"}

TABLES_SQL = """
SELECT c.relname AS name,
       array_agg(a.attname::text ORDER BY a.attnum) AS columns,
       array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnum = ANY (k.conkey)) AS key,
       array_agg(t.typname::text) AS types
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL ($1::text[])
GROUP BY c.relname ORDER BY c.relname
"""

MARK_SQL = "INSERT INTO migrations VALUES ($1, clock_timestamp()) ON CONFLICT (mark) DO UPDATE SET at = excluded.at"


async def migrate(owner_url: str, service_role: str | None, schema: str) -> bool:
    """Create or update the kit's tables and those of *schema* (SQL that may run again), as the owner.

    *service_role* gets what it needs and no more; None when the service runs as the owner. Returns whether anything
    was done: the same code finds its own mark and leaves at once. Every read-model table needs a primary key.
    """
    kit, generators = (files("shared.store").joinpath(name).read_text() for name in ("schema.sql", "migrate.py"))
    mark = sha256("\0".join((kit, generators, service_role or "", schema)).encode()).hexdigest()
    connection = await connect(owner_url, settings={}, command_timeout=60)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '30s'; SELECT pg_advisory_xact_lock({LOCK})")
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations (mark text PRIMARY KEY, at timestamptz DEFAULT now())"
            )
            if await connection.fetchval("SELECT mark FROM migrations ORDER BY at DESC LIMIT 1") == mark:
                return False
            await connection.execute(kit)
            if schema.strip():
                await connection.execute(schema)
            tables = await connection.fetch(TABLES_SQL, list(KIT_TABLES))
            await connection.execute(put_rows(tables))
            if service_role is not None:
                await connection.execute(grants(service_role, [table["name"] for table in tables]))
            await connection.execute(MARK_SQL, mark)
            return True
    finally:
        await connection.close(timeout=5)


def put_rows(tables: list[asyncpg.Record]) -> str:
    """The function that writes read-model rows: one upsert for each table, planned once."""
    branches = "".join(
        f"    IF target = {literal(table['name'])} THEN\n{upsert(table)};\n        RETURN;\n    END IF;\n"
        for table in tables
        if table["key"]
    )
    return f"""
CREATE OR REPLACE FUNCTION put_rows(target text, rows jsonb[]) RETURNS void LANGUAGE plpgsql AS $put$
#variable_conflict use_column
BEGIN
{branches}    RAISE EXCEPTION 'no read-model table % with a primary key', target USING ERRCODE = 'undefined_table';
END $put$;
"""


def upsert(table: Any) -> str:
    """Of two rows with one key the later wins; a row that stands already is left alone; keys are locked in order."""
    name, columns, key = quoted(table["name"]), [quoted(c) for c in table["columns"]], [quoted(c) for c in table["key"]]
    others = [column for column in columns if column not in key]
    keys = ", ".join(f"r.{column}" for column in key)
    change = "NOTHING"
    if others:
        change = "UPDATE SET " + ", ".join(f"{column} = excluded.{column}" for column in others)
        if not INCOMPARABLE & set(table["types"]):
            old, new = (", ".join(f"{side}.{column}" for column in others) for side in ("o", "excluded"))
            change += f" WHERE ({old}) IS DISTINCT FROM ({new})"
    return f"""
        INSERT INTO {name} AS o ({", ".join(columns)})
        SELECT {", ".join(f"d.{column}" for column in columns)} FROM (
            SELECT DISTINCT ON ({keys}) r.* FROM unnest(rows) WITH ORDINALITY AS e(v, n)
            CROSS JOIN LATERAL jsonb_populate_record(NULL::{name}, e.v) r ORDER BY {keys}, e.n DESC
        ) d ON CONFLICT ({", ".join(key)}) DO {change}"""  # noqa: S608 - names are quoted, and come from the catalogue


def grants(role: str, read_models: list[str]) -> str:
    who = quoted(role)
    lines = [f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {who}", f"GRANT USAGE ON SCHEMA public TO {who}"]
    lines += [f"GRANT {rights} ON {table} TO {who}" for table, rights in KIT_TABLES.items()]
    lines += [f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted(table)} TO {who}" for table in read_models]
    lines.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {who}")
    return ";\n".join(lines)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
