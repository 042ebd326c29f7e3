"""What notifications asks of people at the moment of sending: an address, and who holds a role at a school."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

LEADERS: Final = ("school_administrator", "school_coordinator")

M = TypeVar("M", bound=BaseModel)


class DirectoryUnavailable(Exception):
    """People does not answer now; asking again later is right."""


class PersonUnreadable(Exception):
    """People answers, and not about this person: a fault of theirs that must not stop everybody's mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: UUID
    name: str
    email: str
    consented: bool


class Directory(Protocol):
    async def person(self, id: UUID) -> Entry | None:
        """None when people answers and knows no such person; raises DirectoryUnavailable or PersonUnreadable."""
        ...

    async def leaders(self, municipality: str, school: str) -> list[UUID]: ...

    async def coordinators(self, municipality: str) -> list[UUID]: ...

    async def centre(self) -> list[UUID]: ...


class _Answer(BaseModel):
    id: UUID
    given_name: str | None = None
    patronymic: str | None = None
    email: str | None = None
    consented: bool  # nobody is written to because an answer forgot to say


class _Holder(BaseModel):
    id: UUID


class _Holders(BaseModel):
    items: list[_Holder]


class PeopleDirectory:
    """Over HTTP, with the service's own credentials (they are the client's business)."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def person(self, id: UUID) -> Entry | None:
        response = await self._ask(f"/directory/{id}", {})
        if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return None
        if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            raise PersonUnreadable("people breaks at this person")
        answer = _read(_Answer, response, PersonUnreadable)
        name = " ".join(part for part in (answer.given_name, answer.patronymic) if part)
        return Entry(id=answer.id, name=name, email=answer.email or "", consented=answer.consented)

    async def leaders(self, municipality: str, school: str) -> list[UUID]:
        if not school:
            return []  # without the place the question would name the leaders of every school
        found: list[UUID] = []
        for role in LEADERS:
            place = {"school": school} | ({"municipality": municipality} if municipality else {})
            found += await self._holders(role, place)
        return list(dict.fromkeys(found))

    async def coordinators(self, municipality: str) -> list[UUID]:
        return await self._holders("municipal_coordinator", {"municipality": municipality}) if municipality else []

    async def centre(self) -> list[UUID]:
        return await self._holders("regional_centre", {})

    async def _holders(self, role: str, place: dict[str, str]) -> list[UUID]:
        answer = await self._ask("/directory", {"role": role} | place)
        return [holder.id for holder in _read(_Holders, answer).items]

    async def _ask(self, path: str, query: dict[str, str]) -> httpx.Response:
        try:
            return await self._client.get(path, params=query)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DirectoryUnavailable(type(error).__name__) from error


def _read(model: type[M], response: httpx.Response, unreadable: type[Exception] = DirectoryUnavailable) -> M:
    if response.status_code != HTTPStatus.OK:
        raise DirectoryUnavailable(f"HTTP {response.status_code}")
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        raise unreadable("an answer that cannot be read") from None  # the error would quote the person
