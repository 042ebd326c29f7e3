"""What notifications asks of people at the moment of sending: an address, and who holds a role at a school."""

from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

import httpx
from pydantic import BaseModel

from shared.http import directory

LEADERS: Final = ("school_administrator", "school_coordinator")


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
        answer = await directory.person(self._client, f"/directory/{id}", _Answer)
        if answer is None:
            return None
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
        answer = await directory.ask(self._client, "/directory", {"role": role} | place)
        return [holder.id for holder in directory.read(_Holders, answer).items]
