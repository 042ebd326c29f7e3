"""A reader that follows a log while others write, the same for every store: what it was given until it ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field

CALM = 1.0  # seconds: a reader that has found nothing for so long after the last write has seen what it ever will


@dataclass(slots=True)
class Followed:
    """How many facts a reader was given, and how many different ones; known when it has ended."""

    given: int = 0
    different: int = 0


@dataclass(slots=True)
class Reader:
    """Asks *page* for the ids of what stands behind the last it was given, until it is told that the writing has ended
    and nothing comes any more. It knows nothing of how much there is."""

    page: Callable[[], Awaitable[Sequence[Hashable]]]
    calm: float = CALM
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> Followed:
        ids, given, calm_since = set[Hashable](), 0, None
        while calm_since is None or time.monotonic() - calm_since < self.calm:
            page = await self.page()
            ids.update(page)
            given += len(page)
            if page:
                calm_since = None
            elif self.ended.is_set():
                calm_since = calm_since or time.monotonic()
        return Followed(given, len(ids))
