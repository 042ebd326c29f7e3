"""What a reader of the register gets: rows as JSON, without names and without the code of the public page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel


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
