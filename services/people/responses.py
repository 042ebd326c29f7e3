"""A person as they are shown to themselves, to their school and to the suite's services."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.people.domain.person import Person
from services.people.tokens import Token
from shared.domain import Personal


class Entry(BaseModel):
    """What a service needs to write to a person and to print their name."""

    id: UUID
    family_name: str
    given_name: str
    patronymic: str | None
    email: str
    position: str | None
    school_name: str | None
    consented: bool


class Held(BaseModel):
    role: str
    municipality: str | None
    school: str | None


class Card(Entry):
    """The information section of p. 2.5, and the roles."""

    version: int
    phone: str | None
    service_years: int | None
    category: str | None
    municipality: str | None
    school: str | None
    grants: list[Held]


class SignedIn(BaseModel):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the word of RFC 6750
    expires_in: int


class PersonSignedIn(SignedIn):
    person_id: UUID


class Identified(BaseModel):
    id: UUID


class Holders(BaseModel):
    """`next` is where the next page begins; the last one has none."""

    items: list[Identified]
    next: UUID | None = None


def forgotten(person: Person) -> bool:
    return person.about.email.forgotten


def _text(value: Personal | None) -> str | None:
    return value.text if value else None


def _entry(id: UUID, person: Person, school_name: str | None) -> dict[str, Any]:
    about = person.about
    return {
        "id": id,
        "family_name": about.family_name.text or "",
        "given_name": about.given_name.text or "",
        "patronymic": _text(about.patronymic),
        "email": about.email.text or "",
        "position": _text(about.position),
        "school_name": school_name,
        "consented": person.consent is not None,
    }


def entry(id: UUID, person: Person, school_name: str | None) -> Entry:
    return Entry(**_entry(id, person, school_name))


def card(id: UUID, version: int, person: Person, school_name: str | None) -> Card:
    about = person.about
    return Card(
        **_entry(id, person, school_name),
        version=version,
        phone=_text(about.phone),
        service_years=int(years) if (years := _text(about.service_years)) else None,
        category=_text(about.category),
        municipality=about.municipality,
        school=about.school,
        grants=[Held(role=each.role, municipality=each.municipality, school=each.school) for each in person.grants],
    )


def signed_in(person: UUID, token: Token) -> PersonSignedIn:
    return PersonSignedIn(access_token=token.text, expires_in=token.seconds, person_id=person)


def service_signed_in(token: Token) -> SignedIn:
    return SignedIn(access_token=token.text, expires_in=token.seconds)
