"""A way to a server that can swallow what is sent on it, fall silent, and be cut, also where an answer is awaited."""

import asyncio
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """Carries bytes both ways between clients of `url` and the server of *target*, a URL.

    While `swallowing`, what clients send arrives nowhere, and they do not notice; `swallowed` counts the bytes. Between
    `hush` and `speak` nothing arrives either way, as on a half-open connection. `cut_at_answer(n)` ends a connection
    instead of handing on the nth answer from now; `cuts` counts these.
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

    def _dies_now(self) -> bool:
        """Whether the answer that has come is the one that is never handed on."""
        self._answers_until_cut -= 1
        self.cuts += self._answers_until_cut == 0
        return self._answers_until_cut == 0

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        except OSError:
            writer.transport.abort()
            return
        self._pipes |= {writer, back}
        await asyncio.gather(self._pump(reader, back, outward=True), self._pump(there, writer, outward=False))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, outward: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if outward and self.swallowing:
                    self.swallowed += len(data)
                    continue
                if not outward and self._dies_now():
                    break
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
        self._pipes.discard(writer)
