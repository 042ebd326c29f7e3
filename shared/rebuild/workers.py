"""Worker processes that fold chunks of a log into shadow tables."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

from shared.collector import look_seldom
from shared.rebuild.refold import KeyMissing, Refold, Source
from shared.rebuild.shadow import NotRebuildable, Shadow
from shared.store.connect import connect
from shared.store.types import LogBroken

SETTINGS = {"jit": "off", "work_mem": "64MB", "application_name": "rebuild", "synchronous_commit": "off"}
STATEMENT_SECONDS = 3600.0
KNOWN_FAULTS = (LogBroken, KeyMissing, NotRebuildable)

Chunk = tuple[str, str | None]  # streams from behind the one up to and including the other, or the last


class WorkerFailed(Exception):
    """A worker process ended or stumbled; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Done:
    """A chunk that was folded and written."""

    facts: int
    streams: int
    opened_texts: bool


class Workers:
    """So many processes, between `async with`. They end with their parent, also when it is killed: their pipe closes.

    They are spawned, not forked: a fork would share this process's threads' locks and the database's socket.
    """

    def __init__(self, source: Source, shadow: Shadow, count: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipes: list[Pipe] = []
        self._processes: list[Any] = []
        for _ in range(count):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=work, args=(theirs, source, shadow), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    async def __aenter__(self) -> Workers:
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process, pipe in zip(self._processes, self._pipes, strict=True):
            await asyncio.to_thread(process.join)
            pipe.close()

    async def fold(self, chunks: Iterable[Chunk]) -> AsyncIterator[Done]:
        """As they are done; raises what a worker raised."""
        left = deque(chunks)
        asked: dict[asyncio.Future[Any], Pipe] = {}

        def ask(pipe: Pipe) -> None:
            if left:
                asked[asyncio.ensure_future(asyncio.to_thread(exchange, pipe, left.popleft()))] = pipe

        for pipe in self._pipes:
            ask(pipe)
        while asked:
            done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            for answer in done:
                ask(asked.pop(answer))
                yield answer.result()


def exchange(pipe: Pipe, chunk: Chunk) -> Done:
    try:
        pipe.send(chunk)
        answer = pipe.recv()
    except (EOFError, OSError) as fault:
        raise WorkerFailed("a worker process ended early") from fault
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, Done)  # noqa: S101 - that is what `work` sends
    return answer


def work(pipe: Pipe, source: Source, shadow: Shadow) -> None:
    """The whole life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells the whole group; our parent decides
    look_seldom()
    asyncio.run(_work(pipe, source, shadow))


async def _work(pipe: Pipe, source: Source, shadow: Shadow) -> None:
    connection = await connect(source.url, settings=SETTINGS, command_timeout=STATEMENT_SECONDS)
    try:
        refold = Refold(source, connection)
        while True:
            after, until = pipe.recv()
            shown = await refold.between(after, until)
            async with connection.transaction():
                await shadow.write(connection, shown.rows)
            pipe.send(Done(shown.facts, shown.streams, refold.opens_texts))
    except (EOFError, OSError):
        return  # our parent is gone
    except KNOWN_FAULTS as fault:
        pipe.send(fault)
    except Exception as fault:
        pipe.send(WorkerFailed(f"{type(fault).__name__}: {fault}"))
    finally:
        connection.terminate()
