"""The row that the register of certificates is read from; it names nobody."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from services.certificates.domain.certificate import Awaiting, Document, Nothing, State, Valid, Void
from shared.domain import Row


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    match state:
        case Nothing():
            return
        case Awaiting():
            status, document, revoked_at = "granted", None, None
        case Valid(document=document):
            status, revoked_at = "issued", None
        case Void(document=document, revoked_at=revoked_at):
            status = "revoked"
    yield Row(table="certificates", values=_row(id, version, state, status) | _paper(document, revoked_at))


def _row(id: UUID, version: int, state: Awaiting | Valid | Void, status: str) -> dict[str, object]:
    grounds = state.grounds
    return {
        "id": id,
        "version": version,
        "route_id": grounds.route,
        "holder_id": grounds.holder,
        "municipality": grounds.municipality,
        "school": grounds.school,
        "started_on": grounds.started_on,
        "completed_on": grounds.completed_on,
        "hours": grounds.hours,
        "tasks_total": grounds.tasks_total,
        "tasks_achieved": grounds.tasks_achieved,
        "code": state.code,
        "status": status,
        "granted_at": state.granted_at,
    }


def _paper(document: Document | None, revoked_at: datetime | None) -> dict[str, str | date | datetime | None]:
    return {
        "number": document.number if document else None,
        "sha256": document.sha256 if document else None,
        "issued_on": document.issued_on if document else None,
        "revoked_at": revoked_at,
    }
