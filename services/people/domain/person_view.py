"""The rows people are found by: where they belong and which roles they hold, and no name."""

from collections.abc import Iterable
from uuid import UUID

from services.people.domain.person import Person, State
from shared.domain import Gone, Row


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    if not isinstance(state, Person):
        return
    about = state.about
    values = {
        "id": id,
        "version": version,
        "municipality": about.municipality,
        "school": about.school,
        "consented": state.consent is not None,
    }
    yield Row(table="persons", values=values)
    yield Gone(table="roles_held", key={"person_id": id})
    for grant in state.grants:
        held = {"role": grant.role, "municipality": grant.municipality or "", "school": grant.school or ""}
        yield Row(table="roles_held", values={"person_id": id, **held})
