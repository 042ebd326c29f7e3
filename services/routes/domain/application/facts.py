"""Everything that can have happened to a consolidated application.

Facts keep their names and fields for ever: a new optional field with a default is allowed, anything else a new class.
"""

from datetime import datetime
from uuid import UUID, uuid5

from shared.domain import Personal, message

NAMES = UUID("0d7e4c55-9a0f-5d1b-9c3e-6c1b8f7e2a41")


@message
class Heading:
    municipality: str
    year: int
    number: int


@message
class Asked:
    """A teacher support is asked for, and the direction that was wished."""

    person: UUID
    direction: str


def application_id(heading: Heading) -> UUID:
    return uuid5(NAMES, f"{heading.municipality}:{heading.year}:{heading.number}")


@message
class ApplicationFormed:
    heading: Heading
    at: datetime


@message
class ListIncluded:
    list: UUID
    school: str
    campaign: int
    teachers: tuple[Asked, ...]
    at: datetime


@message
class ListExcluded:
    list: UUID
    at: datetime


@message
class ApplicationSubmitted:
    heading: Heading
    lists: int
    teachers: int
    at: datetime


@message
class ApplicationReturned:
    """The reason is sealed under the key of who wrote it: it may speak of several teachers."""

    heading: Heading
    reason: Personal
    at: datetime


@message
class ApplicationAccepted:
    heading: Heading
    teachers: int
    at: datetime


Fact = (
    ApplicationFormed | ListIncluded | ListExcluded | ApplicationSubmitted | ApplicationReturned | ApplicationAccepted
)
