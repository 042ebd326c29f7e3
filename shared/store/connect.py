"""Connections that never hang: every host tried in turn, every wait bounded on both ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

CONNECT_SECONDS = 3.0
COMMAND_SECONDS = 5.0

# The backend must give up before the client does, so that a lost answer is rare and a lock is not held for nobody.
BOUNDS = {
    "lock_timeout": "2s",
    "statement_timeout": "4s",
    "idle_in_transaction_session_timeout": "10s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "jit": "off",
}

# The server is at the end of its means, or somebody else holds what the statement needs: the same one may do later.
OVERBURDENED = (
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
)

# For connections that only ever look up by index. A plan made while a table was empty would scan it for ever after.
BY_INDEX = BOUNDS | {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
}

# The server or the way to it is at fault, not the statement: the answer is another connection.
CONNECTION_FAULTS = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InternalClientError,  # what the driver says when the server hung up between two commands
)

ANY_FAULT = (*CONNECTION_FAULTS, asyncpg.PostgresError, asyncpg.InterfaceError)


def is_lost(fault: BaseException, connection: Connection | None) -> bool:
    """Whether *fault* says that the server or the way to it failed; the driver calls its own misuse alike."""
    if isinstance(fault, asyncpg.InterfaceError):
        return connection is None or is_closed(connection)
    return isinstance(fault, CONNECTION_FAULTS)


def is_closed(connection: Connection) -> bool:
    """Also of a lent connection that died: the pool took it back, and the loan answers every call with an error."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


async def connect(
    url: str,
    *,
    settings: Mapping[str, str] = BOUNDS,
    command_timeout: float | None = COMMAND_SECONDS,
) -> Connection:
    """A connection to the first host of *url* that answers and takes writes; raises the last host's error.

    *command_timeout*, in seconds, is the driver's and longer than the server's in *settings*; None where the caller has
    a clock of their own.
    """
    hosts = each_host(url)
    fault: BaseException = OSError("the database address names no host")
    for host in hosts:
        try:
            connection: Connection = await asyncpg.connect(
                host, timeout=CONNECT_SECONDS, command_timeout=command_timeout, server_settings=dict(settings)
            )
            if len(hosts) > 1:
                await _refuse_standby(connection, host)
        except CONNECTION_FAULTS as error:
            fault = error
        else:
            return connection
    raise fault


async def _refuse_standby(connection: Connection, host: str) -> None:
    """Raises OSError; whatever it raises, the connection is gone then."""
    try:
        if await connection.fetchval("SELECT pg_is_in_recovery()", timeout=CONNECT_SECONDS):
            raise OSError(f"{urlsplit(host).hostname} is a standby")
    except BaseException:
        connection.terminate()
        raise


def each_host(url: str) -> list[str]:
    """One address for each host of postgresql://user@a:1,b:2/name: a driver given all would wait on the first."""
    parts = urlsplit(url)
    login, at, hosts = parts.netloc.rpartition("@")
    return [urlunsplit(parts._replace(netloc=login + at + host)) for host in hosts.split(",")]
