"""A wire to the broker that can be cut or frozen, and ways to wait for what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import aio_pika
from aio_pika.abc import AbstractChannel

from shared.bus.topology import HISTORY, inbox_queue


async def until(holds: Callable[[], bool], within: float = 20.0) -> None:
    """Wait for a condition that other tasks bring about."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - the event is another process's
            await asyncio.sleep(0.01)


async def until_async(holds: Callable[[], Awaitable[bool]], within: float = 20.0) -> None:
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 - the event is another process's
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(run: Callable[[], Awaitable[None]]) -> AsyncIterator["asyncio.Task[None]"]:
    """A task that is ended as a service ends it."""

    async def go() -> None:
        await run()

    task = asyncio.create_task(go())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def channel_to(url: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(url)
    async with connection:
        yield await connection.channel(publisher_confirms=True, on_return_raises=True)


async def taken(url: str, queue: str, count: int, within: float = 20.0) -> list[aio_pika.abc.AbstractIncomingMessage]:
    """The next *count* messages of a queue, acknowledged."""
    found: list[aio_pika.abc.AbstractIncomingMessage] = []
    async with received(url, queue) as messages, asyncio.timeout(within):
        while len(found) < count:
            found.append(await messages.get())
            await found[-1].ack()
    return found


@asynccontextmanager
async def received(url: str, queue: str) -> AsyncIterator["asyncio.Queue[aio_pika.abc.AbstractIncomingMessage]"]:
    """What a consumer is given, the next when the last one is settled: an inbox cannot be asked for single messages."""
    messages: asyncio.Queue[aio_pika.abc.AbstractIncomingMessage] = asyncio.Queue()
    async with channel_to(url) as channel:
        await channel.set_qos(prefetch_count=1)
        await (await channel.get_queue(queue)).consume(messages.put)
        yield messages


async def history(url: str, count: int, within: float = 20.0) -> list[aio_pika.abc.AbstractIncomingMessage]:
    """The first *count* messages of the stream that keeps everything."""
    found: asyncio.Queue[aio_pika.abc.AbstractIncomingMessage] = asyncio.Queue()
    async with channel_to(url) as channel, asyncio.timeout(within):
        await channel.set_qos(prefetch_count=100)
        stream = await channel.get_queue(HISTORY)
        await stream.consume(found.put, arguments={"x-stream-offset": "first"})
        return [await found.get() for _ in range(count)]


async def depth(url: str, queue: str) -> int:
    """Messages ready in the queue; those in somebody's hands are not counted."""
    async with channel_to(url) as channel:
        found = await channel.declare_queue(queue, passive=True)
        return found.declaration_result.message_count or 0


async def send(url: str, service: str, *bodies: bytes) -> None:
    async with channel_to(url) as channel:
        for body in bodies:
            await channel.default_exchange.publish(aio_pika.Message(body, message_id="given"), inbox_queue(service))


class Wire:
    """A TCP relay in front of the broker."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 5672)
        self._parts = parts
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.connections = 0

    async def __aenter__(self) -> "Wire":
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        self._flowing.set()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        host, port = self._server.sockets[0].getsockname()[:2]
        credentials = self._parts.netloc.rpartition("@")[0]
        return self._parts._replace(netloc=f"{credentials}@{host}:{port}").geturl()

    def cut(self) -> None:
        """Every connection breaks at once, as when a cable is pulled or a broker killed."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def freeze(self) -> None:
        """Connections stay open and nothing passes: half-open, or a broker that blocks."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other_reader, other_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        pair = {writer, other_writer}
        self._writers |= pair
        try:
            await asyncio.gather(self._pump(reader, other_writer), self._pump(other_reader, writer))
        finally:
            self._writers -= pair
            for one in pair:
                one.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self._flowing.wait()
                target.write(data)
                await target.drain()
        target.transport.abort()
