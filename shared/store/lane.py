"""A writer's place for one connection, with what only lives as long as the connection: statements and a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeAlias

import asyncpg

from shared.store.connect import BY_INDEX, COMMAND_SECONDS, CONNECTION_FAULTS, Connection, connect

Statement: TypeAlias = "asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]"

MOST_PREPARED = 100


class Lane:
    """The connection comes and goes, the place stays; one call at a time.

    The statements are kept prepared here and the time is kept by one timer that moves on when it rings: the driver's
    own ways, a look into its cache and a timer for each call, take a twentieth of a lone append's time.
    """

    def __init__(self, url: str) -> None:
        self.began_at = float("-inf")  # the last call, or connecting, by the loop's clock
        self._url = url
        self._connection: Connection | None = None
        self._prepared: dict[str, Statement] = {}  # the one used last stands last
        self._asking = False
        self._clock: asyncio.TimerHandle | None = None

    @property
    def usable(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    def lost_by(self, fault: BaseException) -> bool:
        """Whether *fault* is the connection's and not the statement's, so that another connection may do better."""
        return not self.usable or isinstance(fault, (*CONNECTION_FAULTS, asyncpg.InvalidCachedStatementError))

    async def connect(self) -> None:
        self.drop()
        self.began_at = asyncio.get_running_loop().time()
        self._connection = await connect(self._url, settings=BY_INDEX, command_timeout=None)

    def drop(self) -> None:
        """Give up the connection; a call under way ends with an error."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None
        self._prepared.clear()
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    async def ask(self, sql: str, values: Sequence[Any]) -> list[asyncpg.Record]:
        """The statement's rows; a call that takes longer than COMMAND_SECONDS in all loses its connection."""
        if self._connection is None:
            raise asyncpg.InterfaceError("the connection was given up")
        loop = asyncio.get_running_loop()
        self.began_at, self._asking = loop.time(), True
        if self._clock is None:
            self._clock = loop.call_at(self.began_at + COMMAND_SECONDS, self._ring)
        try:
            statement = self._prepared.pop(sql, None) or await self._prepare(self._connection, sql)
            self._prepared[sql] = statement
            rows: list[asyncpg.Record] = await statement.fetch(*values)
            return rows
        finally:
            self._asking = False

    async def _prepare(self, connection: Connection, sql: str) -> Statement:
        if len(self._prepared) >= MOST_PREPARED:
            del self._prepared[next(iter(self._prepared))]
        return await connection.prepare(sql)

    def _ring(self) -> None:
        self._clock = None
        loop = asyncio.get_running_loop()
        until = self.began_at + COMMAND_SECONDS
        if self._asking and until <= loop.time():
            self.drop()
        elif self._asking:
            self._clock = loop.call_at(until, self._ring)
