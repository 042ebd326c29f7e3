"""The row that lists of instruments are made of."""

from collections.abc import Iterable
from uuid import UUID

from services.diagnostics.domain.authoring_facts import (
    Approved,
    Drafted,
    InReview,
    Published,
    Retired,
    State,
    Unpublished,
)
from shared.domain import Row


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    if isinstance(state, Unpublished):
        return
    written = state.instrument
    yield Row(
        table="instruments",
        values={
            "id": id,
            "code": written.code,
            "version": written.version,
            "family": written.family,
            "kind": written.kind,
            "title": written.title,
            "status": status(state),
            "published_at": state.at if isinstance(state, Published | Retired) else None,
        },
    )


def status(state: State) -> str:
    match state:
        case Unpublished():
            return "unknown"
        case Drafted():
            return "draft"
        case InReview():
            return "review"
        case Approved():
            return "approved"
        case Published():
            return "published"
        case Retired():
            return "retired"
