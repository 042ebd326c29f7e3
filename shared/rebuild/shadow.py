"""Tables that stand beside the live read models while they are filled, and then take their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from shared.store.connect import Connection
from shared.store.migrate import LOCK, literal, quoted

PREFIX = "rebuild_"
OWNER = "folded_from"  # the stream a shadow row is of: what catches up replaces all of a stream's rows

TABLE = "{table}"  # where DESCRIBE_SQL leaves room for the shadow's name

# A schema says which of its tables are made of facts alone: COMMENT ON TABLE … IS 'Read model'. Anything else is left
# alone, so that a table nobody thought of can lack rows at worst, never lose what no fact could give back.
MARK = "read model"

DESCRIBE_SQL = """
SELECT c.relname AS name, pg_get_userbyid(c.relowner) AS owner, obj_description(c.oid, 'pg_class') AS comment,
    coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '') AS options,
    ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
    ARRAY(SELECT a.atttypid::regtype::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
          AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS types,
    ARRAY(SELECT a.attname::text FROM pg_constraint k, unnest(k.conkey) WITH ORDINALITY u(attnum, n), pg_attribute a
          WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attrelid = c.oid AND a.attnum = u.attnum ORDER BY u.n
          ) AS key,
    ARRAY(SELECT format('ADD CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k
          WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x') ORDER BY k.contype, k.conname) AS constraints,
    ARRAY(SELECT replace(pg_get_indexdef(i.indexrelid), format(' ON public.%I USING ', c.relname), ' ON {table} USING ')
          FROM pg_index i WHERE i.indrelid = c.oid AND NOT EXISTS (
              SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid)
          ORDER BY i.indexrelid::regclass::text) AS indexes,
    ARRAY(SELECT format('GRANT %s ON {table} TO %s%s', g.privilege_type,
                 CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
                 CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
          FROM aclexplode(c.relacl) g WHERE g.grantee <> c.relowner ORDER BY 1) AS grants,
    ARRAY(SELECT concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
                 pg_get_expr(d.adbin, d.adrelid))
          FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
    || ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'
             ORDER BY k.conname) AS details,
    CASE WHEN c.relkind <> 'r' OR c.relispartition OR EXISTS (
              SELECT FROM pg_inherits h WHERE c.oid IN (h.inhrelid, h.inhparent)) THEN 'is no plain table'
         WHEN NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')
              THEN 'has no primary key'
         WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid) THEN 'has a trigger or a foreign key'
         WHEN c.relrowsecurity OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) THEN 'has row security'
         WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
              THEN 'has rights on single columns'
         WHEN EXISTS (SELECT FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
                      WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = c.oid) THEN 'is read by a view'
         WHEN EXISTS (SELECT FROM pg_publication_rel p WHERE p.prrelid = c.oid) THEN 'is published for replication'
    END AS odd
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND obj_description(c.oid, 'pg_class') ILIKE $1 || '%'
ORDER BY c.relname
"""


class NotRebuildable(Exception):
    """The tables are not such that they can be made anew; the text says which and why."""


class SchemaChanged(Exception):
    """The live tables were changed while their shadows were filled: begin again."""


@dataclass(frozen=True, slots=True)
class Table:
    """A live read-model table as the catalogue describes it; `types` go with `columns`."""

    name: str
    owner: str
    comment: str
    options: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: tuple[str, ...]
    constraints: tuple[str, ...]
    indexes: tuple[str, ...]
    grants: tuple[str, ...]
    details: tuple[str, ...]

    @property
    def live(self) -> str:
        return f"public.{quoted(self.name)}"


async def read_models(connection: Connection) -> list[Table]:
    """The tables marked as read models; raises NotRebuildable for one with what a shadow would lack."""
    rows = [dict(row) for row in await connection.fetch(DESCRIBE_SQL, MARK)]
    if odd := [f"{row['name']} {reason}" for row in rows if (reason := row.pop("odd"))]:
        raise NotRebuildable(f"table {'; '.join(odd)}: its shadow would not be the same")
    return [table_of(row) for row in rows]


def table_of(row: Mapping[str, Any]) -> Table:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Table(**values)


class Shadow:
    """The shadows of all read models of a database, in a database schema of their own.

    There every table, constraint and index has the name it will have, and a run that was killed cannot be mistaken for
    this one: a worker it left behind writes to the schema of its own run or, that dropped, to none.
    """

    def __init__(self, tables: Iterable[Table], schema: str | None = None) -> None:
        self.schema = schema or PREFIX + uuid4().hex[:16]
        self.tables = {table.name: table for table in tables}
        self._inserts = {name: self._insert(table) for name, table in self.tables.items()}

    def name(self, table: Table) -> str:
        return f"{quoted(self.schema)}.{quoted(table.name)}"

    async def make(self, connection: Connection) -> None:
        """Empty, and without their indexes: those are made faster of what is there."""
        await drop_shadows(connection)
        async with connection.transaction():
            await connection.execute(f"CREATE SCHEMA {quoted(self.schema)}")
            for table in self.tables.values():
                name = self.name(table)
                await connection.execute(
                    f"CREATE TABLE {name} (LIKE {table.live} INCLUDING ALL EXCLUDING INDEXES){table.options}"
                )
                await connection.execute(f'ALTER TABLE {name} ADD COLUMN {OWNER} text COLLATE "C" NOT NULL')
                await connection.execute(f"COMMENT ON TABLE {name} IS {literal(table.comment)}")
                for grant in table.grants:
                    await connection.execute(grant.replace(TABLE, name, 1))

    async def write(self, connection: Connection, rows: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> None:
        """Add rows: for each table the streams they are of and their values as JSON. A stream's must come together."""
        for table, (streams, values) in rows.items():
            if table not in self._inserts:
                raise NotRebuildable(
                    f"a view writes {table}, which is not marked as a read model: "
                    f"say COMMENT ON TABLE {table} IS 'Read model' in the service's schema"
                )
            await connection.execute(self._inserts[table], streams, values)

    def _insert(self, table: Table) -> str:
        """Values become columns by the very function an append uses, so that equal facts give equal rows."""
        columns = ", ".join(quoted(column) for column in table.columns)
        read = ", ".join(f"r.{quoted(column)}" for column in table.columns)
        key = ", ".join(f"r.{quoted(column)}" for column in table.key)
        return f"""INSERT INTO {self.name(table)} ({OWNER}, {columns})
            SELECT DISTINCT ON (e.stream, {key}) e.stream, {read}
            FROM unnest($1::text[], $2::jsonb[]) WITH ORDINALITY AS e(stream, v, n)
            CROSS JOIN LATERAL jsonb_populate_record(NULL::{table.live}, e.v) r
            ORDER BY e.stream, {key}, e.n DESC"""  # noqa: S608 - names are quoted, and come from the catalogue

    async def forget(self, connection: Connection, streams: Sequence[str]) -> None:
        """Take away all rows of *streams*."""
        for table in self.tables.values():
            await connection.execute(f"DELETE FROM {self.name(table)} WHERE {OWNER} = ANY ($1::text[])", streams)  # noqa: S608

    async def index(self, connection: Connection) -> None:
        """Make the constraints and indexes; raises UniqueViolationError where two streams show one row."""
        for table in self.tables.values():
            name = self.name(table)
            for constraint in table.constraints:
                await connection.execute(f"ALTER TABLE {name} {constraint}")
            for index in table.indexes:
                await connection.execute(index.replace(TABLE, name, 1))
            await connection.execute(f"CREATE INDEX ON {name} ({OWNER})")
            await connection.execute(f"ANALYZE {name}")

    async def swap(self, connection: Connection) -> None:
        """Put the shadows in the place of the live tables, which the caller's transaction has locked.

        Moving them from one database schema to another keeps every name, and grants go with the table. Statements that
        others have prepared, and those within put_rows, are parsed again when they next get their lock: they were made
        for names, and find the new tables under them.
        """
        await connection.execute(f"SELECT pg_advisory_xact_lock({LOCK})")  # nobody migrates meanwhile
        if await read_models(connection) != list(self.tables.values()):
            raise SchemaChanged("the read-model tables were changed meanwhile: run it again")
        for table in self.tables.values():
            await connection.execute(
                f"ALTER TABLE {self.name(table)} DROP COLUMN {OWNER};"
                f"DROP TABLE {table.live};"
                f"ALTER TABLE {self.name(table)} SET SCHEMA public;"
                f"ALTER TABLE {table.live} OWNER TO {quoted(table.owner)}"
            )
        await connection.execute(f"DROP SCHEMA {quoted(self.schema)}")


async def drop_shadows(connection: Connection) -> None:
    """Those of runs that ended half-way."""
    for row in await connection.fetch(
        "SELECT nspname AS name FROM pg_namespace WHERE nspname ~ $1", f"^{PREFIX}[0-9a-f]{{16}}$"
    ):
        await connection.execute(f"DROP SCHEMA {quoted(row['name'])} CASCADE")
