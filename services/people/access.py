"""Who may register, grant and read, judged from the access token and the rules of the commands."""

from datetime import date
from uuid import UUID

from services.people.domain import act, invitation, organisation
from services.people.domain.person import decider
from services.people.domain.person.facts import Person as Known
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Grant as Held
from shared.http.tokens import Person

RULES = {**decider.RULES, **invitation.RULES, **act.RULES, **organisation.RULES}
GIVEN_BY_SCHOOL = frozenset({"teacher", "tutor", "school_coordinator", "school_curator"})  # what it decides itself
READERS = frozenset({"tutor", "school_administrator", "school_coordinator", "school_curator", "municipal_coordinator"})
REGIONAL_READERS = frozenset({"administrator", "regional_centre", "methodist"})
SCHOOL_READERS = READERS | REGIONAL_READERS | {"teacher", "auditor"}  # of a school's local acts
STAFF_READERS = frozenset({"administrator", "school_administrator"})


def granted(person: Person, command: type, municipality: str | None, school: str | None) -> Held | None:
    """The grant by which somebody may give this command at this place."""
    return person.role_at(RULES[command].who, municipality or "", school or "")


def leading(person: Person, command: type, municipality: str | None, school: str | None) -> Held:
    """As `granted`; raises Forbidden."""
    held = granted(person, command, municipality, school)
    if held is None:
        raise Forbidden
    return held


def gives(held: Held, role: str) -> bool:
    return held.role == "administrator" or role in GIVEN_BY_SCHOOL


def may_read(person: Person, id: UUID, known: Known, day: date) -> bool:
    if person.id == id or any(each.role in REGIONAL_READERS for each in person.grants):
        return True
    about = known.about
    places = {(about.municipality or "", about.school or "")}
    places |= {(each.municipality or "", each.school or "") for each in known.grants_on(day) if each.school}
    return any(person.role_at(READERS, municipality, school) for municipality, school in places)


def may_read_school(person: Person, roles: frozenset[str], municipality: str, school: str) -> bool:
    return person.role_at(roles, municipality, school) is not None


def service_only(person: Person) -> None:
    """The directory is for the suite's services; to anybody else it is not there."""
    if not person.is_service:
        raise NotFound
