"""The row that lists of sessions are made of."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from services.diagnostics.domain.session_facts import Assigned, Live, Scored, Started, State, Unassigned, Withdrawn
from shared.domain import Row


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    if isinstance(state, Unassigned):
        return
    task = state.task
    yield Row(
        table="sessions",
        values={
            "id": id,
            "version": version,
            "person_id": task.person,
            "route_id": task.route,
            "purpose": task.purpose,
            "kind": task.kind,
            "instrument": task.instrument,
            "instrument_version": task.instrument_version,
            "municipality": task.municipality,
            "school": task.school,
            "status": status(state),
            "answered": len(answers(state)),
            "total": len(task.questions),
            "assigned_at": state.assignment.at,
            "due_on": state.assignment.due,
            "started_at": started_at(state),
            "scored_at": state.score.at if isinstance(state, Scored) else None,
        },
    )


def status(state: Live) -> str:
    match state:
        case Assigned():
            return "assigned"
        case Started():
            return "started"
        case Scored():
            return "scored"
        case Withdrawn():
            return "withdrawn"


def answers(state: Live) -> Mapping[str, str]:
    return {} if isinstance(state, Assigned) else state.answers


def started_at(state: Live) -> datetime | None:
    match state:
        case Assigned():
            return None
        case Started(at=at):
            return at
        case Scored(started_at=at) | Withdrawn(started_at=at):
            return at
