"""What every service's "no" looks like, whoever says it."""

from collections.abc import Awaitable
from typing import Any

import httpx


async def problem(answering: Awaitable[httpx.Response], status: int, name: str) -> dict[str, Any]:
    """The answer is this "no", in the users' language and with what to do next."""
    return is_problem(await answering, status, name)


def is_problem(answer: httpx.Response, status: int, name: str) -> dict[str, Any]:
    """The same of an answer that has come already."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{name}"
    assert body["title"]
    assert body["detail"]
    return body
