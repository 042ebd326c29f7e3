"""The row that lists of sessions are made of."""

from collections.abc import Iterable
from uuid import UUID

from services.diagnostics.domain.session import Assigned, Scored, Started, State, Task, Unassigned
from shared.domain import Row


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    match state:
        case Unassigned():
            return
        case Assigned(at=assigned_at):
            times = {"assigned_at": assigned_at, "started_at": None, "scored_at": None}
            answered, status = 0, "assigned"
        case Started(assigned_at=assigned_at, at=at):
            times = {"assigned_at": assigned_at, "started_at": at, "scored_at": None}
            answered, status = len(state.answers), "started"
        case Scored(assigned_at=assigned_at, started_at=at, score=scored):
            times = {"assigned_at": assigned_at, "started_at": at, "scored_at": scored.at}
            answered, status = len(state.answers), "scored"
    yield Row(table="sessions", values=_row(id, version, state.task, status, answered) | times)


def _row(id: UUID, version: int, task: Task, status: str, answered: int) -> dict[str, object]:
    return {
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
        "status": status,
        "answered": answered,
        "total": len(task.questions),
    }
