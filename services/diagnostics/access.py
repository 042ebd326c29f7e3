"""Who may assign, read and take a session, judged from the access token alone."""

from services.diagnostics.domain.session import Task
from shared.domain import Refusal
from shared.http.tokens import Person

ASSIGNERS = frozenset({"tutor", "school_administrator", "methodist", "municipal_coordinator", "regional_centre"})
READERS = ASSIGNERS | {"school_coordinator", "school_curator", "auditor"}
KEEPERS = frozenset({"regional_centre", "administrator", "auditor"})


class OtherSchool(Refusal):
    """The session was assigned at a school the person does not work at."""

    clause = "2.8.3"


def knows(person: Person, municipality: str, school: str) -> bool:
    """Whether the place is within what the person may know of at all."""
    return any(each.covers(municipality, school) for each in person.grants)


def may_read(person: Person, task: Task) -> bool:
    return person.id == task.person or person.role_at(READERS, task.municipality, task.school) is not None


def works_at(person: Person, municipality: str, school: str) -> bool:
    """A token that names no school says nothing about where the person works, and so does not forbid it."""
    own = [each for each in person.grants if each.school]
    return not own or any(each.school == school and each.municipality in ("", municipality) for each in own)
