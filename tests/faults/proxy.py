"""A way to a server that can swallow what is sent on it, fall silent, and be cut, also where an answer is awaited."""

import asyncio
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

from tests.faults.wire import Talk, talk_of


class Proxy:
    """Carries bytes both ways between clients of `url` and the server of *target*, a URL.

    While `swallowing`, what clients send arrives nowhere, and they do not notice; `swallowed` counts the bytes. Between
    `hush` and `speak` nothing arrives either way, as on a half-open connection. `cut_at_answer(n)` ends a connection
    instead of handing on the nth answer from now that tells of an append's commit or confirms a publish; `cuts` counts
    these.
    """

    def __init__(self, target: str) -> None:
        self._parts = urlsplit(target)
        self._pipes: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.swallowing = False
        self.swallowed = self.cuts = 0
        self._answers_until_cut = 0
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        self.speak()
        self.cut()

    @property
    def url(self) -> str:
        assert self._server is not None
        login, at, _ = self._parts.netloc.rpartition("@")
        port = self._server.sockets[0].getsockname()[1]
        return urlunsplit(self._parts._replace(netloc=f"{login}{at}127.0.0.1:{port}"))

    def cut(self) -> None:
        """End every connection at once, without a word."""
        for pipe in self._pipes:
            pipe.transport.abort()
        self._pipes.clear()

    def hush(self) -> None:
        self._flowing.clear()

    def speak(self) -> None:
        self._flowing.set()

    def cut_at_answer(self, n: int) -> None:
        self._answers_until_cut = n

    def _dies_now(self, answers: int) -> bool:
        """Whether the answer that is never handed on is among those that have come."""
        before, self._answers_until_cut = self._answers_until_cut, max(0, self._answers_until_cut - answers)
        dies = before > self._answers_until_cut == 0
        self.cuts += dies
        return dies

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        except OSError:
            writer.transport.abort()
            return
        self._pipes |= {writer, back}
        talk = talk_of(self._parts.scheme)
        await asyncio.gather(self._pump_out(reader, back, talk), self._pump_back(there, writer, talk))

    async def _pump_out(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, talk: Talk) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.swallowing:
                    self.swallowed += len(data)
                    continue
                await self._flowing.wait()
                talk.asked(data)
                writer.write(data)
                await writer.drain()
        self._end(writer)

    async def _pump_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, talk: Talk) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self._dies_now(talk.answered(data)):
                    break
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        self._end(writer)

    def _end(self, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()
        self._pipes.discard(writer)
