"""One database and two roles for each service: the owner migrates, the service itself may do less."""

import asyncpg

from deploy.secrets import STORING, Secrets
from deploy.servers.admin import make_database, quoted
from deploy.servers.postgres import Postgres


def database_name(service: str) -> str:
    return f"iom_{service}"


def owner_name(service: str) -> str:
    return f"iom_{service}_owner"


def service_url(server: Postgres, service: str, kept: Secrets) -> str:
    name = database_name(service)
    return server.with_database(name, name, kept.database[service])


def owner_url(server: Postgres, service: str, kept: Secrets) -> str:
    return server.with_database(database_name(service), owner_name(service), kept.owner[service])


async def make_databases(server: Postgres, kept: Secrets) -> None:
    """Idempotent; passwords are set anew each time, so that they always match the kept ones."""
    connection = await asyncpg.connect(server.url, timeout=30)
    try:
        for service in STORING:
            await _role(connection, owner_name(service), kept.owner[service])
            await _role(connection, database_name(service), kept.database[service])
            # A superuser that is not the bootstrap one must be a member of the owner to give it a database.
            await connection.execute(f"GRANT {quoted(owner_name(service))} TO CURRENT_USER")
    finally:
        await connection.close(timeout=10)
    for service in STORING:
        await make_database(server.url, database_name(service), owner_name(service))
        await _restrict(server, service)


async def _role(connection: "asyncpg.Connection", name: str, password: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {quoted(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
    if not password.isalnum():
        raise ValueError("a generated password is hexadecimal")  # DDL takes no parameters
    await connection.execute(f"ALTER ROLE {quoted(name)} PASSWORD '{password}'")


async def _restrict(server: Postgres, service: str) -> None:
    """Nobody but the service and its owner connects; only the owner makes tables."""
    name = database_name(service)
    connection = await asyncpg.connect(server.with_database(name), timeout=30)
    try:
        await connection.execute(f"REVOKE ALL ON DATABASE {quoted(name)} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {quoted(name)} TO {quoted(name)}")
        await connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        await connection.execute(f"GRANT ALL ON SCHEMA public TO {quoted(owner_name(service))}")
    finally:
        await connection.close(timeout=10)
