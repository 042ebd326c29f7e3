"""The row that lists of procedures rated by experts are made of."""

from collections.abc import Iterable
from uuid import UUID

from services.diagnostics.domain.appraisal_facts import Concluded, Live, Open, State, Unassigned, Withdrawn
from shared.domain import Row


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    if isinstance(state, Unassigned):
        return
    arranged = state.appraisal
    yield Row(
        table="appraisals",
        values={
            "id": id,
            "version": version,
            "person_id": arranged.person,
            "route_id": arranged.route,
            "purpose": arranged.purpose,
            "kind": arranged.kind,
            "instrument": arranged.instrument,
            "instrument_version": arranged.instrument_version,
            "municipality": arranged.municipality,
            "school": arranged.school,
            "status": status(state),
            "raters": list(state.raters),
            "rated": len(state.ratings),
            "assigned_at": state.assignment.at,
            "due_on": state.assignment.due,
            "concluded_at": state.outcome.at if isinstance(state, Concluded) else None,
        },
    )


def status(state: Live) -> str:
    match state:
        case Open():
            return "open"
        case Concluded():
            return "concluded"
        case Withdrawn():
            return "withdrawn"
