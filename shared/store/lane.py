"""A writer's place for one connection, with what only lives as long as the connection: statements and a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeAlias

import asyncpg

from shared.store.connect import BY_INDEX, COMMAND_SECONDS, Connection, connect

Statement: TypeAlias = "asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]"

MOST_PREPARED = 100


class Lane:
    """The connection comes and goes, the place stays; one call at a time.

    The statements are kept prepared here and the time is kept by one timer that moves on when it rings: the driver's
    own ways, a look into its cache and a timer for each call, take a twentieth of a lone append's time.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._prepared: dict[str, Statement] = {}
        self._until: float | None = None  # when the call under way has taken too long
        self._clock: asyncio.TimerHandle | None = None

    @property
    def usable(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    @property
    def connection(self) -> Connection | None:
        return self._connection

    async def connect(self) -> None:
        self.drop()
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
        """The statement's rows; one that takes longer than COMMAND_SECONDS loses its connection."""
        if self._connection is None:
            raise asyncpg.InterfaceError("the connection was given up")
        loop = asyncio.get_running_loop()
        self._until = loop.time() + COMMAND_SECONDS
        if self._clock is None:
            self._clock = loop.call_at(self._until, self._look)
        try:
            statement = self._prepared.get(sql) or await self._prepare(self._connection, sql)
            rows: list[asyncpg.Record] = await statement.fetch(*values)
            return rows
        finally:
            self._until = None

    async def _prepare(self, connection: Connection, sql: str) -> Statement:
        if len(self._prepared) >= MOST_PREPARED:
            del self._prepared[next(iter(self._prepared))]
        statement = self._prepared[sql] = await connection.prepare(sql)
        return statement

    def _look(self) -> None:
        self._clock = None
        if self._until is None:
            return
        loop = asyncio.get_running_loop()
        if self._until <= loop.time():
            self.drop()
        else:
            self._clock = loop.call_at(self._until, self._look)
