"""What is told of certificates: to readers of the register rows without names, to the public what the paper says."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from services.certificates.domain.certificate import Document, State, Valid, Void


class Certificate(BaseModel):
    """`number` and `issued_on` are null until the paper is printed; `pdf` and `verification` are where to look."""

    id: UUID
    version: int
    route_id: UUID
    holder_id: UUID
    municipality: str
    school: str
    started_on: date
    completed_on: date
    hours: int
    tasks_total: int
    tasks_achieved: int
    status: Literal["granted", "issued", "revoked"]
    number: str | None
    granted_at: datetime
    issued_on: date | None
    revoked_at: datetime | None
    pdf: str | None
    verification: str | None


class Certificates(BaseModel):
    items: list[Certificate]
    next: UUID | None


def certificate(row: Mapping[str, Any], verification: str) -> Certificate:
    printed = row["sha256"] is not None
    return Certificate.model_validate(
        {name: row[name] for name in Certificate.model_fields if name not in ("pdf", "verification")}
        | {
            "pdf": f"/certificates/{row['id']}/pdf" if printed else None,
            "verification": verification if printed else None,
        }
    )


class Verification(BaseModel):
    """What anybody with a code is told, and no more than the paper says; all but the standing is null when unknown."""

    standing: Literal["valid", "revoked", "unknown"]
    number: str | None = None
    holder: str | None = None  # null also when the holder was forgotten
    started_on: date | None = None
    completed_on: date | None = None
    issued_on: date | None = None
    revoked_on: date | None = None


def verification(state: State | None, zone: ZoneInfo) -> Verification:
    """For what was found under a code; a grant that was never printed is unknown: there is no such paper."""
    match state:
        case Valid(document=document):
            return _told("valid", state, document, None)
        case Void(document=Document() as document, revoked_at=revoked_at):
            return _told("revoked", state, document, revoked_at.astimezone(zone).date())
        case _:
            return Verification(standing="unknown")


def _told(
    standing: Literal["valid", "revoked"], state: Valid | Void, document: Document, revoked_on: date | None
) -> Verification:
    return Verification(
        standing=standing,
        number=document.number,
        holder=state.name.text if state.name else None,
        started_on=state.grounds.started_on,
        completed_on=state.grounds.completed_on,
        issued_on=document.issued_on,
        revoked_on=revoked_on,
    )
