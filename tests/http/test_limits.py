"""A body too large is refused before it is read whole, whether its length was announced or not."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.http import problems
from shared.http.limits import BodyLimit

MOST = 100


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()
    problems.install(made, {})
    made.add_middleware(BodyLimit, most=MOST, larger={"/files": 2 * MOST})

    @made.post("/files")
    @made.post("/")
    async def count(words: list[str]) -> int:
        return len(words)

    return made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        yield client


def words(bytes: int) -> bytes:
    return b'["' + b"x" * (bytes - 4) + b'"]'


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 7):
        yield content[start : start + 7]


JSON = {"Content-Type": "application/json"}


async def test_a_body_of_just_the_limit_is_taken(client: httpx.AsyncClient):
    for content in (words(MOST), in_pieces(words(MOST))):
        response = await client.post("/", content=content, headers=JSON)
        assert (response.status_code, response.json()) == (200, 1)


async def test_one_byte_more_is_refused_announced_or_not(client: httpx.AsyncClient):
    for content in (words(MOST + 1), in_pieces(words(MOST + 1))):
        response = await client.post("/", content=content, headers=JSON)
        assert (response.status_code, response.json()["type"]) == (413, "/problems/too-large")
        assert response.headers["Content-Type"] == problems.MEDIA_TYPE


async def test_a_named_address_takes_more_and_no_other_does(client: httpx.AsyncClient):
    for path, size, status in (("/files", 2 * MOST, 200), ("/files", 2 * MOST + 1, 413), ("/files/", 2 * MOST, 413)):
        assert (await client.post(path, content=words(size), headers=JSON)).status_code == status


async def call(app: FastAPI, messages: list[dict[str, Any]], **headers: str) -> tuple[list[dict[str, Any]], int]:
    """What the application sends, and how many of *messages* it left unread."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    named = {b"content-type": b"application/json", **{k.encode(): v.encode() for k, v in headers.items()}}
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": list(named.items())}
    await app({**scope, "root_path": "", "http_version": "1.1", "scheme": "http"}, receive, send)
    return sent, len(messages)


def piece(content: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


async def test_an_announced_giant_is_not_read_at_all(app: FastAPI):
    sent, left = await call(app, [piece(b"x")], **{"content-length": "1000000000000"})
    assert (sent[0]["status"], left) == (413, 1)


async def test_an_endless_body_is_read_no_further_than_the_limit(app: FastAPI):
    sent, left = await call(app, [piece(b"x" * 60) for _ in range(50)])
    assert (sent[0]["status"], left) == (413, 48)


async def test_who_hangs_up_while_sending_is_not_served(app: FastAPI):
    sent, _ = await call(app, [piece(b'["a"'), {"type": "http.disconnect"}])
    assert sent == []
