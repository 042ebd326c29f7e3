"""A database of before roles had days is brought up to date with its rows."""

from importlib.resources import files

import asyncpg

from shared.store.migrate import migrate

BEFORE = """
CREATE TABLE roles_held (
    person_id uuid NOT NULL, role text NOT NULL, municipality text NOT NULL, school text NOT NULL,
    PRIMARY KEY (person_id, role, municipality, school)
);
CREATE TABLE credentials (email bytea PRIMARY KEY, person_id uuid NOT NULL UNIQUE, password text NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now());
INSERT INTO roles_held VALUES ('00000000-0000-0000-0000-000000000001', 'teacher', 'm', 's');
"""


async def test_roles_without_days_are_held_for_always(database):
    connection = await asyncpg.connect(database)
    schema = files("services.people").joinpath("schema.sql").read_text()
    try:
        await connection.execute(BEFORE)
        for _ in range(2):
            await migrate(database, None, schema)
            await connection.execute("DELETE FROM migrations")  # the next one does it all again
        row = await connection.fetchrow("SELECT valid_from::text, valid_until::text FROM roles_held")
        assert tuple(row) == ("0001-01-01", "9999-12-31")
        again = "INSERT INTO roles_held SELECT person_id, role, municipality, school, '2026-09-01' FROM roles_held"
        await connection.execute(again)
        await connection.execute("INSERT INTO credentials (email, person_id) VALUES ('a', gen_random_uuid())")
    finally:
        await connection.close()
