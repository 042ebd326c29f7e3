"""Who may organise, read, take and rate, judged from the access token and the rule of each command."""

from typing import Protocol
from uuid import UUID

from services.diagnostics.domain.rules import ORGANISERS, Rule
from shared.domain import Refusal
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Grant, Person

READERS = ORGANISERS | {"school_coordinator", "school_curator", "auditor"}
KEEPERS = frozenset({"regional_centre", "administrator", "auditor"})


class About(Protocol):
    """A procedure: whose it is and where it is held."""

    @property
    def person(self) -> UUID: ...

    @property
    def municipality(self) -> str: ...

    @property
    def school(self) -> str: ...


class OtherSchool(Refusal):
    """The session was assigned at a school the person does not work at."""

    clause = "2.8.3"


def knows(person: Person, municipality: str, school: str) -> bool:
    """Whether the place is within what the person may know of at all."""
    return any(each.covers(municipality, school) for each in person.grants)


def may_read(person: Person, about: About) -> bool:
    return person.id == about.person or person.role_at(READERS, about.municipality, about.school) is not None


def organising(person: Person, rule: Rule, about: About) -> Grant | None:
    """The grant by which the caller organises this; None for a teacher who may do it for themselves.

    Raises NotFound for a place the caller knows nothing of, Forbidden where the role is missing.
    """
    if "tutee" in rule.who and person.id == about.person and works_at(person, about.municipality, about.school):
        return None
    grant = person.role_at(rule.who, about.municipality, about.school)
    if grant is None:
        raise Forbidden if knows(person, about.municipality, about.school) else NotFound
    return grant


def permitted(person: Person, rule: Rule, about: About) -> Grant:
    """The grant by which the caller does this to something they see, so that they may be told no; raises Forbidden."""
    grant = person.role_at(rule.who, about.municipality, about.school)
    if grant is None:
        raise Forbidden
    return grant


def works_at(person: Person, municipality: str, school: str) -> bool:
    """A token that names no school says nothing about where the person works, and so does not forbid it."""
    own = [each for each in person.grants if each.school]
    return not own or any(each.school == school and each.municipality in ("", municipality) for each in own)


def region_wide(person: Person, rule: Rule) -> Grant:
    """The grant by which the caller works for the whole region; raises Forbidden."""
    grant = next((each for each in person.grants if each.role in rule.who), None)
    if grant is None:
        raise Forbidden
    return grant
