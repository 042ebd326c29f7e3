"""An issuer's address on loopback that answers its keys, an error or nothing at all, and counts who asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Address:
    """`answer` is what the next asker gets: a body, or "" for a failing issuer."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked = 0
        self.url = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            status = "200 OK" if self.answer else "500 Failing"
            body = self.answer.encode()
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        finally:
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def address(answer: str = "") -> AsyncIterator[Address]:
    found = Address(answer)
    server = await asyncio.start_server(found.talk, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks.json"
    try:
        yield found
    finally:
        server.close()
