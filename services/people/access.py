"""Who may register, grant and read, judged from the access token alone."""

from uuid import UUID

from services.people.domain.person import Grant
from services.people.domain.person import Person as Known
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Grant as Held
from shared.http.tokens import Person

LEADING = "school_administrator"
GIVEN_BY_SCHOOL = frozenset({"teacher", "tutor"})  # what a school decides for itself
READERS = frozenset({"tutor", "school_administrator", "school_coordinator", "school_curator", "municipal_coordinator"})
REGIONAL_READERS = frozenset({"administrator", "regional_centre", "methodist"})


def administrator(person: Person) -> Held:
    """The grant of an administrator; raises Forbidden."""
    held = next((each for each in person.grants if each.role == "administrator"), None)
    if held is None:
        raise Forbidden
    return held


def leading(person: Person, school: str | None) -> Held:
    """The grant by which somebody keeps the staff of this school: an administrator's, or the school's own."""
    for each in person.grants:
        if each.role == "administrator" or (each.role == LEADING and school and each.school == school):
            return each
    raise Forbidden


def granting(person: Person, grant: Grant) -> Held:
    held = leading(person, grant.school)
    if held.role != "administrator" and grant.role not in GIVEN_BY_SCHOOL:
        raise Forbidden
    return held


def may_read(person: Person, id: UUID, known: Known) -> bool:
    if person.id == id or any(each.role in REGIONAL_READERS for each in person.grants):
        return True
    about = known.about
    return any(
        each.role in READERS
        and bool(each.municipality or each.school)
        and each.municipality in ("", about.municipality)
        and each.school in ("", about.school)
        for each in person.grants
    )


def service_only(person: Person) -> None:
    """The directory is for the suite's services; to anybody else it is not there."""
    if not person.is_service:
        raise NotFound
