"""The one thing routes asks of people: who a teacher is, at the moment their card is made."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import httpx
from pydantic import BaseModel

from shared.domain import Refusal
from shared.http import directory
from shared.http.problems import TryLater


class TeacherUnnamed(Refusal):
    """People has no name to print: the person was forgotten, is not known, or withdrew the consent to processing."""

    clause = "4.4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """The information section of p. 2.5, as far as the card shows it; what is not known is None."""

    name: str
    position: str | None = None
    service_years: int | None = None
    category: str | None = None
    attestation: str | None = None  # the month of the next attestation: 2026-09


class Directory(Protocol):
    async def teacher(self, person: UUID) -> Teacher:
        """Raises TryLater or TeacherUnnamed."""
        ...


class _Answer(BaseModel):
    family_name: str
    given_name: str
    patronymic: str | None = None
    position: str | None = None
    service_years: int | None = None
    category: str | None = None
    attestation: str | None = None
    consented: bool = False


class PeopleDirectory:
    """Over HTTP, with the service's own credentials (they are the client's business)."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def teacher(self, person: UUID) -> Teacher:
        try:
            answer = await directory.person(self._client, f"/directory/{person}/information", _Answer)
        except (directory.DirectoryUnavailable, directory.PersonUnreadable):
            raise TryLater from None
        if answer is None or not answer.consented:
            raise TeacherUnnamed
        name = " ".join(filter(None, (answer.family_name, answer.given_name, answer.patronymic)))
        if not name.strip():
            raise TeacherUnnamed
        return Teacher(
            name=name,
            position=answer.position,
            service_years=answer.service_years,
            category=answer.category,
            attestation=answer.attestation,
        )
