"""People for the tests of notifications: a directory that may be absent, in this process or behind a real port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from uuid import UUID

import httpx

from tests.notifications.examples import BORIS, VERA

TOKEN = "of-notifications"


class People:
    """Everybody has an address; two persons lead every school."""

    def __init__(self) -> None:
        self.away = False
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away", request=request)
        self.asked.append(request.url.path)
        if request.url.path == "/directory":
            leads = request.url.params["role"] == "school_administrator"
            return httpx.Response(200, json={"items": [{"id": str(each)} for each in (BORIS, VERA) if leads]})
        id = request.url.path.rpartition("/")[2]
        person = {"given_name": "Имя", "patronymic": None, "email": f"p{UUID(id).int % 1000}@s.example"}
        return httpx.Response(200, json={"id": id, "consented": True, **person})

    def to_a_service(self, request: httpx.Request) -> httpx.Response:
        """The same for who shows a token, which is given for the right secret."""
        if request.url.path == "/service-token":
            right = httpx.Response(200, content=request.content).json() == {"service": "notifications", "secret": "s3"}
            token = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 600}
            return httpx.Response(200, json=token) if right else httpx.Response(401)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return httpx.Response(401)
        return self.answer(request)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines)
            body = await reader.readexactly(int(httpx.Headers(headers).get("Content-Length", "0")))
            method, target, _ = first.split()
            answer = self.to_a_service(httpx.Request(method, f"http://people{target}", headers=headers, content=body))
            head = f"HTTP/1.1 {answer.status_code} {HTTPStatus(answer.status_code).phrase}\r\nConnection: close\r\n"
            writer.write(f"{head}Content-Length: {len(answer.content)}\r\n\r\n".encode() + answer.content)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side was killed
        finally:
            writer.close()

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        server = await asyncio.start_server(self.talk, "127.0.0.1", port)
        try:
            yield
        finally:
            server.close()
