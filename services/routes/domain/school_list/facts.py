"""Everything that can have happened to a school's list.

Facts keep their names and fields for ever: a new optional field with a default is allowed, anything else a new class.
"""

from datetime import datetime
from uuid import UUID, uuid5

from shared.domain import Personal, message

NAMES = UUID("b1f5a7de-2c0e-5b9a-8a44-0f6f2f9d3c10")


@message
class Heading:
    """Whose list it is and for which year; `campaign` counts the lists a school draws up in one year."""

    municipality: str
    school: str
    year: int
    campaign: int


def list_id(heading: Heading) -> UUID:
    return uuid5(NAMES, f"{heading.municipality}:{heading.school}:{heading.year}:{heading.campaign}")


@message
class ListOpened:
    heading: Heading
    at: datetime


@message
class TeacherListed:
    person: UUID
    direction: str
    ground: Personal
    at: datetime


@message
class TeacherUnlisted:
    person: UUID
    at: datetime


@message
class ListSubmitted:
    heading: Heading
    teachers: int
    at: datetime


@message
class SubmissionWithdrawn:
    heading: Heading
    at: datetime


@message
class ListReturned:
    """The reason is sealed under the key of who wrote it: it may speak of several teachers."""

    heading: Heading
    reason: Personal
    at: datetime


@message
class ListTaken:
    heading: Heading
    application: UUID
    at: datetime


@message
class ListReleased:
    heading: Heading
    application: UUID
    at: datetime


Fact = (
    ListOpened
    | TeacherListed
    | TeacherUnlisted
    | ListSubmitted
    | SubmissionWithdrawn
    | ListReturned
    | ListTaken
    | ListReleased
)
