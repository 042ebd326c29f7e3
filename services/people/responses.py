"""A person as they are shown to themselves, to their school and to services; and what stands around them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.people.documents import Document
from services.people.domain.act import Act
from services.people.domain.person.facts import Held as HeldRole
from services.people.domain.person.facts import Person
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
    """`valid` tells whether it is so today."""

    role: str
    municipality: str | None
    school: str | None
    valid_from: date | None = None
    valid_until: date | None = None
    act: UUID | None = None
    valid: bool


class Agreed(BaseModel):
    kind: str
    version: str
    document_hash: str
    given_at: datetime


class Card(Entry):
    """The information section of p. 2.5, the roles and the consents. `new_email` waits for its confirmation."""

    version: int
    phone: str | None
    workplace: str | None
    service_years: int | None
    category: str | None
    attestation: str | None
    municipality: str | None
    school: str | None
    grants: list[Held]
    consents: list[Agreed]
    new_email: str | None


class Colleague(BaseModel):
    """A line of the list of a school's staff."""

    id: UUID
    family_name: str
    given_name: str
    patronymic: str | None
    position: str | None
    roles: list[str]


class Staff(BaseModel):
    items: list[Colleague]
    next: UUID | None = None


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


class Place(BaseModel):
    kind: str
    code: str
    name: str
    parent: str | None


class Places(BaseModel):
    items: list[Place]
    next: str | None = None


class Offer(BaseModel):
    """What an invitation offers to whoever shows its secret."""

    purpose: str
    school_name: str | None
    roles: list[str]
    email_known: bool
    expires_at: datetime


class Invitation(BaseModel):
    id: UUID
    version: int
    purpose: str
    person_id: UUID
    status: str
    letter: str
    issued_at: datetime
    expires_at: datetime


class Invitations(BaseModel):
    items: list[Invitation]
    next: UUID | None = None


class ActLine(BaseModel):
    id: UUID
    version: int
    number: str
    day: date
    kind: str
    status: str


class Acts(BaseModel):
    """`next` is the last act of this page, to be named as `before`."""

    items: list[ActLine]
    next: UUID | None = None


class ActCard(ActLine):
    school: str
    title: str | None
    ended_by: UUID | None
    sha256: str
    size: int
    media: str


class ConsentText(BaseModel):
    kind: str
    version: str
    title: str
    valid_from: date
    sha256: str
    text: str


class ConsentTexts(BaseModel):
    items: list[ConsentText]


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
        "consented": person.consented,
    }


def entry(id: UUID, person: Person, school_name: str | None) -> Entry:
    return Entry(**_entry(id, person, school_name))


def held(each: HeldRole, day: date) -> Held:
    return Held(
        role=each.grant.role,
        municipality=each.grant.municipality,
        school=each.grant.school,
        valid_from=each.period.since,
        valid_until=each.period.until,
        act=each.basis,
        valid=each.period.holds(day),
    )


def card(id: UUID, version: int, person: Person, school_name: str | None, day: date) -> Card:
    about = person.about
    return Card(
        **_entry(id, person, school_name),
        version=version,
        phone=_text(about.phone),
        workplace=_text(about.workplace) or school_name,
        service_years=int(years) if (years := _text(about.service_years)) else None,
        category=_text(about.category),
        attestation=_text(about.attestation),
        municipality=about.municipality,
        school=about.school,
        grants=[held(each, day) for each in person.held],
        consents=[
            Agreed(kind=each.kind, version=each.version, document_hash=each.document, given_at=each.given_at)
            for each in person.consents
        ],
        new_email=person.asked.email.text if person.asked else None,
    )


def colleague(id: UUID, person: Person, day: date) -> Colleague:
    about = person.about
    return Colleague(
        id=id,
        family_name=about.family_name.text or "",
        given_name=about.given_name.text or "",
        patronymic=_text(about.patronymic),
        position=_text(about.position),
        roles=sorted({grant.role for grant in person.grants_on(day)}),
    )


def act_card(id: UUID, version: int, act: Act) -> ActCard:
    registered = act.registered
    return ActCard(
        id=id,
        version=version,
        number=registered.number,
        day=registered.day,
        kind=registered.kind,
        status=act.status,
        school=registered.school,
        title=registered.title.text,
        ended_by=act.ended_by,
        sha256=registered.file.sha256,
        size=registered.file.size,
        media=registered.file.media,
    )


def consent_text(document: Document) -> ConsentText:
    return ConsentText(
        kind=document.kind,
        version=document.version,
        title=document.title,
        valid_from=document.valid_from,
        sha256=document.sha256,
        text=document.text,
    )


def page(items: list[Mapping[str, Any]], most: int) -> tuple[list[Mapping[str, Any]], UUID | None]:
    """The rows of a page, of which one more than *most* was asked for, and where the next one begins."""
    shown = items[:most]
    return shown, shown[-1]["id"] if len(items) > most else None


def signed_in(person: UUID, token: Token) -> PersonSignedIn:
    return PersonSignedIn(access_token=token.text, expires_in=token.seconds, person_id=person)


def service_signed_in(token: Token) -> SignedIn:
    return SignedIn(access_token=token.text, expires_in=token.seconds)
