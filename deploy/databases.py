"""One database and two roles for each service: the owner migrates, the service itself may do less."""

from dataclasses import dataclass

import asyncpg

from deploy.secrets import STORING, Secrets
from deploy.servers.admin import drop_database, make_database, quoted
from deploy.servers.postgres import Postgres


@dataclass(frozen=True, slots=True)
class Databases:
    """Those of one suite on a server; the prefix keeps several suites of one server apart."""

    server: Postgres
    secrets: Secrets
    prefix: str = "iom"

    def name(self, service: str) -> str:
        """Of the service's database, and of its role."""
        return f"{self.prefix}_{service}"

    def owner(self, service: str) -> str:
        return f"{self.prefix}_{service}_owner"

    def service_url(self, service: str) -> str:
        return self.server.with_database(self.name(service), self.name(service), self.secrets.database[service])

    def owner_url(self, service: str) -> str:
        return self.server.with_database(self.name(service), self.owner(service), self.secrets.owner[service])

    def admin_url(self, service: str) -> str:
        return self.server.with_database(self.name(service))

    async def make(self) -> None:
        """Idempotent; passwords are set anew each time, so that they always match the kept ones."""
        connection = await asyncpg.connect(self.server.url, timeout=30)
        try:
            for service in STORING:
                await _role(connection, self.owner(service), self.secrets.owner[service])
                await _role(connection, self.name(service), self.secrets.database[service])
                # An administrator who is no superuser must be a member of the owner to give it a database.
                await connection.execute(f"GRANT {quoted(self.owner(service))} TO CURRENT_USER")
        finally:
            await connection.close(timeout=10)
        for service in STORING:
            await make_database(self.server.url, self.name(service), self.owner(service))
            await self._restrict(service)

    async def drop(self) -> None:
        """Databases and roles, for a suite whose data is not to last."""
        for service in STORING:
            await drop_database(self.server.url, self.name(service))
        connection = await asyncpg.connect(self.server.url, timeout=30)
        try:
            for service in STORING:
                for role in (self.name(service), self.owner(service)):
                    await connection.execute(f"DROP ROLE IF EXISTS {quoted(role)}")
        finally:
            await connection.close(timeout=10)

    async def _restrict(self, service: str) -> None:
        """Nobody but the service and its owner connects; only the owner makes tables."""
        name, owner = quoted(self.name(service)), quoted(self.owner(service))
        connection = await asyncpg.connect(self.admin_url(service), timeout=30)
        try:
            await connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
            await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO {name}")
            await connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            await connection.execute(f"GRANT ALL ON SCHEMA public TO {owner}")
        finally:
            await connection.close(timeout=10)


async def _role(connection: "asyncpg.Connection", name: str, password: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {quoted(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
    if not password.isalnum():
        raise ValueError("a generated password is hexadecimal")  # this statement takes no parameters
    await connection.execute(f"ALTER ROLE {quoted(name)} PASSWORD '{password}'")
