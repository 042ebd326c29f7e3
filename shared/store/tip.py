"""How far a log reaches, as far as this process knows, and the wait for more."""

from __future__ import annotations

import asyncio

LAST_SQL = "SELECT coalesce(max(position), 0) FROM log"


class Tip:
    """`position` is that of the last fact, 0 while there is none."""

    def __init__(self) -> None:
        self.position = 0
        self._moved = asyncio.Event()

    async def wait_beyond(self, position: int, within: float | None = None) -> int:
        """The last position once it is beyond *position*, or after *within* seconds whatever it is."""
        try:
            async with asyncio.timeout(within):
                while self.position <= position:
                    await self._moved.wait()
        except TimeoutError:
            pass
        return self.position

    def _move(self, position: int) -> None:
        if position > self.position:
            self.position = position
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()
