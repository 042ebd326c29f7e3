"""The part of other services' promises that certificates reads, and nothing more."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel


class RouteCompleted(BaseModel):
    contract: ClassVar[str] = "routes.route_completed.v1"

    route_id: UUID
    tutee_id: UUID
    municipality: str
    school: str
    medium: str
    started_on: date
    completed_on: date
    hours: int
    tasks_total: int
    tasks_achieved: int
    certificate_due: bool
    completed_at: AwareDatetime
