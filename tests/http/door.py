"""A door in front of a server: shut, the server is away; open, it is back."""

import asyncio

from tests.bus.wire import Wire


class Door(Wire):
    def __init__(self, url: str, *, is_open: bool = True) -> None:
        super().__init__(url)
        self._is_open = is_open

    def shut(self) -> None:
        """Nobody comes in any more, and who was inside is out."""
        self._is_open = False
        self.cut()

    def open(self) -> None:
        self._is_open = True

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_open:
            await super()._carry(reader, writer)
        else:
            writer.transport.abort()
