"""Who may read whose notices, judged from the access token alone."""

from uuid import UUID

from shared.http.tokens import Person

REGION = ("", "")


def parts(person: Person, recipient: UUID) -> frozenset[str]:
    """What the person is to this very notice."""
    return frozenset({"recipient"} if person.id == recipient else ())


def readable_places(person: Person) -> tuple[tuple[str, str], ...]:
    """(municipality, school) pairs whose notices an auditor may read beside their own; an empty part stands for all."""
    if person.is_service:
        return (REGION,)
    return tuple((each.municipality, each.school) for each in person.grants if each.role == "auditor")
