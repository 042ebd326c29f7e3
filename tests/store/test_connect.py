"""A connection is had in bounded time, from whichever host gives one."""

import asyncio
from typing import Any

import asyncpg
import pytest

from shared.store import connect as module
from shared.store.connect import connect, each_host


def twice(url: str) -> str:
    """The address with its host named two times."""
    host = url.rpartition("@")[2].partition("/")[0]
    return url.replace(host, f"{host},{host}", 1)


class Asked:
    """Stands for asyncpg's `fetchval`: the first host's answer is *first*, the second's its own."""

    def __init__(self, first: Any) -> None:
        self.connections: list[Any] = []
        self._first = first
        self._fetchval = asyncpg.Connection.fetchval

    async def fetchval(self, connection: Any, sql: str, *args: Any, timeout: float) -> Any:  # noqa: ASYNC109 - asyncpg has it
        self.connections.append(connection)
        async with asyncio.timeout(timeout):
            return await (self._first() if len(self.connections) == 1 else self._fetchval(connection, sql, *args))


async def nothing() -> None:
    await asyncio.Event().wait()


async def a_standby() -> bool:
    return True


async def a_shutdown() -> bool:
    raise asyncpg.AdminShutdownError


@pytest.mark.parametrize("first", [nothing, a_standby, a_shutdown])
async def test_a_host_that_cannot_be_used_is_left_for_the_next(
    database: str, monkeypatch: pytest.MonkeyPatch, first: Any
) -> None:
    """Also one that lets in and then says nothing."""
    asked = Asked(first)
    monkeypatch.setattr(module, "CONNECT_SECONDS", 1.0)
    monkeypatch.setattr(asyncpg.Connection, "fetchval", lambda *args, **named: asked.fetchval(*args, **named))
    address = twice(database)
    assert len(each_host(address)) == 2
    connection = await connect(address, command_timeout=None)
    try:
        assert [one.is_closed() for one in asked.connections] == [True, False]
        assert connection is asked.connections[1]
    finally:
        await connection.close()
