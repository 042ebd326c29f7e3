"""The one thing certificates asks of people: how the holder is called, at the moment of printing."""

import unicodedata
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import httpx
from pydantic import BaseModel

from shared.http import directory


class HolderUnknown(Exception):
    """People answers, and has no name to print for this person, who may wait alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    name: str
    workplace: str


class Directory(Protocol):
    async def holder(self, person: UUID) -> Holder:
        """Raises DirectoryUnavailable or HolderUnknown."""
        ...


class _Answer(BaseModel):
    family_name: str
    given_name: str
    patronymic: str | None = None
    school_name: str | None = None
    consented: bool = False


class PeopleDirectory:
    """Over HTTP, with the service's own credentials (they are the client's business)."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def holder(self, person: UUID) -> Holder:
        try:
            answer = await directory.person(self._client, f"/directory/{person}", _Answer)
        except directory.PersonUnreadable as error:  # what breaks people at one person must not stop all the others
            raise HolderUnknown(str(error)) from None
        if answer is None:
            raise HolderUnknown("people knows no such person")
        return _holder(answer)


def _holder(answer: _Answer) -> Holder:
    if not answer.consented:
        raise HolderUnknown("the holder has not consented to the processing of personal data")
    name = _clean(f"{answer.family_name} {answer.given_name} {answer.patronymic or ''}")
    if not name:
        raise HolderUnknown("the holder has no name")
    return Holder(name=name, workplace=_clean(answer.school_name or ""))


def _clean(text: str) -> str:
    """One line without control, private and unassigned signs, which no paper can show."""
    return " ".join("".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in text).split())
