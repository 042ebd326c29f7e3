"""Faults inside the database: a trigger that strikes chosen rows of a table, as its statement runs or as it commits."""

import asyncpg

ACTIONS = {
    "kill": "PERFORM pg_terminate_backend(pg_backend_pid());",
    "sleep": "PERFORM pg_sleep(0.5);",
    "fail": "RAISE EXCEPTION 'a fault was wished for' USING ERRCODE = 'XX000';",
    "busy": "RAISE EXCEPTION 'a fault was wished for' USING ERRCODE = '57014';",
    "deadlock": "RAISE EXCEPTION 'a fault was wished for' USING ERRCODE = '40P01';",
    "serialization": "RAISE EXCEPTION 'a fault was wished for' USING ERRCODE = '40001';",
    "full": "RAISE EXCEPTION 'a fault was wished for' USING ERRCODE = '53100';",
}


async def strike(
    url: str, table: str, action: str, first: int = 1, last: int = 1, *, only: str = "true", at_commit: bool = False
) -> None:
    """Do *action* to the *first* to *last* row that is written to *table* from now on, of those that *only* is true of.

    Rows are counted by a sequence, which a rollback does not set back.
    """
    timing = "DEFERRABLE INITIALLY DEFERRED" if at_commit else "NOT DEFERRABLE"
    await run(
        url,
        f"""
        CREATE SEQUENCE faults_rows;
        CREATE SEQUENCE faults_hits;
        CREATE FUNCTION faults_strike() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            n bigint := nextval('faults_rows');  -- BETWEEN would ask for it twice
        BEGIN
            IF n BETWEEN {first} AND {last} THEN
                PERFORM nextval('faults_hits');
                {ACTIONS[action]}
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER faults_strike AFTER INSERT OR UPDATE ON {table} {timing}
            FOR EACH ROW WHEN ({only}) EXECUTE FUNCTION faults_strike();
        """,
    )


async def struck(url: str) -> int:
    """How many rows were struck so far."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return int(await connection.fetchval("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM faults_hits"))
    finally:
        await connection.close(timeout=10)


async def heal(url: str) -> None:
    await run(url, "DROP FUNCTION faults_strike() CASCADE; DROP SEQUENCE faults_rows, faults_hits")


async def run(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute(sql)
    finally:
        await connection.close(timeout=10)
