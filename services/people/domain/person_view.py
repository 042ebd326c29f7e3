"""The rows people are found by: where they belong and which roles they hold, and no name."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from services.people.domain.person.facts import Person, State
from shared.domain import Gone, Row

FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)  # an open end: a key has no room for "none"


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    if not isinstance(state, Person):
        return
    about = state.about
    values = {
        "id": id,
        "version": version,
        "municipality": about.municipality,
        "school": about.school,
        "consented": state.consented,
    }
    yield Row(table="persons", values=values)
    yield Gone(table="roles_held", key={"person_id": id})
    for each in state.held:
        grant, period = each.grant, each.period
        held = {"role": grant.role, "municipality": grant.municipality or "", "school": grant.school or ""}
        days = {"valid_from": period.since or FIRST_DAY, "valid_until": period.until or LAST_DAY}
        yield Row(table="roles_held", values={"person_id": id, **held, **days})
