"""Who may read and revoke certificates, judged from the access token alone."""

from typing import Final
from uuid import UUID

from shared.http.tokens import Person

SCHOOL: Final = frozenset({"school_administrator", "school_coordinator", "school_curator"})
READERS: Final = SCHOOL | {"municipal_coordinator", "regional_centre", "auditor"}


def may_read(person: Person, holder: UUID, municipality: str, school: str) -> bool:
    return person.id == holder or person.role_at(READERS, municipality, school) is not None
