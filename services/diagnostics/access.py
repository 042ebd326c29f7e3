"""Who may assign, read and take a session, judged from the access token alone."""

from collections.abc import Iterable

from services.diagnostics.domain.session import Task
from shared.domain import Refusal
from shared.http.tokens import Grant, Person

REGIONAL = frozenset({"regional_centre", "methodist", "auditor"})  # without a place these cover the region
ASSIGNERS = frozenset({"tutor", "school_administrator", "methodist", "municipal_coordinator", "regional_centre"})
READERS = ASSIGNERS | {"school_coordinator", "school_curator", "auditor"}
KEEPERS = frozenset({"regional_centre", "administrator", "auditor"})


class OtherSchool(Refusal):
    """The session was assigned at a school the person does not work at."""

    clause = "2.8.3"


def covers(grant: Grant, municipality: str, school: str) -> bool:
    if not grant.municipality and not grant.school:
        return grant.role in REGIONAL
    return grant.municipality in ("", municipality) and grant.school in ("", school)


def role_at(person: Person, roles: Iterable[str], municipality: str, school: str) -> Grant | None:
    """The grant by which the person holds one of these roles at this place."""
    return next((each for each in person.grants if each.role in roles and covers(each, municipality, school)), None)


def knows(person: Person, municipality: str, school: str) -> bool:
    """Whether the place is within what the person may know of at all."""
    return any(covers(each, municipality, school) for each in person.grants)


def may_read(person: Person, task: Task) -> bool:
    return person.id == task.person or role_at(person, READERS, task.municipality, task.school) is not None


def works_at(person: Person, municipality: str, school: str) -> bool:
    """A token that names no school says nothing about where the person works, and so does not forbid it."""
    own = [each for each in person.grants if each.school]
    return not own or any(each.school == school and each.municipality in ("", municipality) for each in own)


def readable_places(person: Person) -> tuple[tuple[str, str], ...]:
    """(municipality, school) pairs the person may read sessions of; an empty part stands for all."""
    readers = [each for each in person.grants if each.role in READERS]
    return tuple(
        (each.municipality, each.school)
        for each in readers
        if each.municipality or each.school or each.role in REGIONAL
    )
