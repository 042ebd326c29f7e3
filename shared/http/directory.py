"""One question to people's directory, and every way in which it may stay without an answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


class DirectoryUnavailable(Exception):
    """People does not answer now; asking again later is right."""


class PersonUnreadable(Exception):
    """People answers, and not about this person: a fault of theirs that must not stop everybody else's business."""


async def ask(client: httpx.AsyncClient, path: str, query: dict[str, str] | None = None) -> httpx.Response:
    """*client* brings the service's own credentials (`people_client`); raises DirectoryUnavailable."""
    try:
        return await client.get(path, params=query or {})
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, KeyError) as error:  # the token's answer, too
        raise DirectoryUnavailable(type(error).__name__) from error


async def person(client: httpx.AsyncClient, path: str, model: type[M]) -> M | None:
    """What *model* reads of a person; None when people answers and knows nobody there.

    Raises DirectoryUnavailable when asking again may help, PersonUnreadable when only people can.
    """
    response = await ask(client, path)
    match response.status_code:
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return None
        case HTTPStatus.INTERNAL_SERVER_ERROR:
            raise PersonUnreadable("people breaks at this person")
        case _:
            return read(model, response, PersonUnreadable)


def read(model: type[M], response: httpx.Response, unreadable: type[Exception] = DirectoryUnavailable) -> M:
    if response.status_code != HTTPStatus.OK:
        raise DirectoryUnavailable(f"HTTP {response.status_code}")
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        raise unreadable("people's answer cannot be read") from None  # the error would quote the person
