"""Databases, roles and virtual hosts made and removed on a server."""

import base64
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from deploy.say import Missing
from deploy.servers.rabbitmq import RabbitMQ

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback is not a proxy's business


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


async def make_database(admin_url: str, name: str, owner: str | None = None) -> None:
    """A new empty database; the template copied block by block costs least."""
    connection = await asyncpg.connect(admin_url, timeout=30)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            clause = f" OWNER {quoted(owner)}" if owner else ""
            await connection.execute(f"CREATE DATABASE {quoted(name)}{clause} TEMPLATE template0 STRATEGY wal_log")
    finally:
        await connection.close(timeout=10)


async def drop_database(admin_url: str, name: str) -> None:
    connection = await asyncpg.connect(admin_url, timeout=30)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
    finally:
        await connection.close(timeout=10)


class Management:
    """RabbitMQ's management API; each call is waited for so many seconds."""

    def __init__(self, server: RabbitMQ, seconds: float = 30) -> None:
        if not server.admin_url:
            raise Missing(
                "The broker's management API is needed: set IOM_AMQP_ADMIN_URL to http://user:password@host:15672"
            )
        self._seconds = seconds
        parts = urlsplit(server.admin_url)
        self._base = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "/api", "", ""))
        self._user = parts.username or "guest"
        credentials = f"{self._user}:{parts.password or 'guest'}"
        self._authorization = "Basic " + base64.b64encode(credentials.encode()).decode()

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One request; the answer's JSON, or None when it has no body or the thing does not exist."""
        request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
            self._base + path,
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )
        try:
            with DIRECT.open(request, timeout=self._seconds) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise
        return json.loads(content) if content else None

    def make_vhost(self, name: str) -> None:
        vhost = quote(name, safe="")
        self.call("PUT", f"/vhosts/{vhost}", {})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.call("PUT", f"/permissions/{vhost}/{quote(self._user, safe='')}", everything)

    def drop_vhost(self, name: str) -> None:
        self.call("DELETE", f"/vhosts/{quote(name, safe='')}")

    def queues(self, vhost: str) -> dict[str, int]:
        """Messages in every queue, ready or not yet acknowledged; counted by the broker about once a second."""
        found = self.call("GET", f"/queues/{quote(vhost, safe='')}") or []
        return {queue["name"]: int(queue.get("messages", 0)) for queue in found}
