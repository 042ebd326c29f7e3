"""Tasks that must never end: whatever they die of, they are started again after a growing pause."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

log = logging.getLogger(__name__)

HEALTHY = 30.0  # seconds after which a run counts as a good one and the pause starts small again


def growing(first: float, most: float) -> Callable[[], float]:
    """Pauses in seconds, each twice the one before, up to *most*."""
    pause = first / 2

    def next_pause() -> float:
        nonlocal pause
        pause = min(pause * 2, most)
        return pause

    return next_pause


class Plain(Exception):
    """An error whose message quotes no value of anybody's and may be logged as it is."""


def told(error: BaseException) -> str:
    """The error's kind and where it arose, without its message: messages quote values, and values may be personal."""
    if isinstance(error, Plain):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)[-2:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}" if places else type(error).__name__


async def keep_running(
    name: str,
    run: Callable[[], Awaitable[None]],
    *,
    first: float = 0.1,
    most: float = 5.0,
    failed: Callable[[str], None] = lambda _: None,
) -> None:
    """Run for ever: again after every end, until this very task is cancelled.

    A dying connection cancels whatever waits on it; such a leaked CancelledError is a failure like any other and must
    not end the task in silence, so only a cancellation asked of this task itself is let through.
    """
    pause = growing(first, most)
    while True:
        began = time.monotonic()
        try:
            await run()
            reason = "it ended by itself"
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            reason = told(error)
        except Exception as error:
            reason = told(error)
        failed(reason)
        if time.monotonic() - began > HEALTHY:
            pause = growing(first, most)
        seconds = pause()
        log.warning("%s stopped and starts again in %.1f s: %s", name, seconds, reason)
        await asyncio.sleep(seconds)


class Supervisor:
    """The long-running tasks of one process; `problems` tells of each what it last died of."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Keep *run* running until `stop`."""
        if name in self._tasks:
            raise ValueError(f"{name} is already running")

        def failed(reason: str) -> None:
            self.problems[name] = reason

        self._tasks[name] = asyncio.create_task(keep_running(name, run, failed=failed), name=name)

    @property
    def running(self) -> bool:
        return not any(task.done() for task in self._tasks.values())

    async def stop(self, within: float = 15.0) -> None:
        """End every task, the last started first; one that does not end in time is left behind and named."""
        for name, task in reversed(self._tasks.items()):
            task.cancel()
            _, pending = await asyncio.wait({task}, timeout=within)
            if pending:
                log.error("%s did not end within %.0f s", name, within)
        self._tasks.clear()
