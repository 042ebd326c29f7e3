"""Who may read and revoke certificates, judged from the access token alone."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from shared.http.tokens import Grant, Person

REGIONAL: Final = frozenset({"regional_centre", "auditor"})  # without a place these cover the region
SCHOOL: Final = frozenset({"school_administrator", "school_coordinator", "school_curator"})
READERS: Final = REGIONAL | SCHOOL | {"municipal_coordinator"}
REVOKERS: Final = frozenset({"regional_centre"})


def covers(grant: Grant, municipality: str, school: str) -> bool:
    if not grant.municipality and not grant.school:
        return grant.role in REGIONAL
    return grant.municipality in ("", municipality) and grant.school in ("", school)


def role_at(person: Person, roles: Iterable[str], municipality: str, school: str) -> Grant | None:
    """The grant by which the person holds one of these roles at this place."""
    return next((each for each in person.grants if each.role in roles and covers(each, municipality, school)), None)


def may_read(person: Person, holder: UUID, municipality: str, school: str) -> bool:
    return person.id == holder or role_at(person, READERS, municipality, school) is not None


def readable_places(person: Person) -> tuple[tuple[str, str], ...]:
    """(municipality, school) pairs whose register the person may read; an empty part stands for all."""
    return tuple(
        (each.municipality, each.school)
        for each in person.grants
        if each.role in READERS and (each.municipality or each.school or each.role in REGIONAL)
    )
