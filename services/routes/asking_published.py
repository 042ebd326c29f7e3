"""What routes promises of schools' lists and municipalities' applications: how far they are, never whom they name.

A v1 never changes; a v2 stands beside it.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.routes.domain.application import facts as a
from services.routes.domain.school_list import facts as l
from shared.store.types import Recorded


class OfList(BaseModel):
    """A list and its place; the place is part of the routing key."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str]

    list_id: UUID
    municipality: str
    school: str
    year: int
    campaign: int


class ListSubmitted(OfList):
    contract: ClassVar[str] = "routes.list_submitted.v1"

    teachers: int
    submitted_at: AwareDatetime


class ListReturned(OfList):
    contract: ClassVar[str] = "routes.list_returned.v1"

    returned_at: AwareDatetime


class OfApplication(BaseModel):
    """An application and its municipality, which is part of the routing key."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str]

    application_id: UUID
    municipality: str
    year: int
    number: int


class ApplicationSubmitted(OfApplication):
    contract: ClassVar[str] = "routes.application_submitted.v1"

    lists: int
    teachers: int
    submitted_at: AwareDatetime


class ApplicationAccepted(OfApplication):
    contract: ClassVar[str] = "routes.application_accepted.v1"

    teachers: int
    accepted_at: AwareDatetime


class ApplicationReturned(OfApplication):
    contract: ClassVar[str] = "routes.application_returned.v1"

    returned_at: AwareDatetime


def _list(id: UUID, heading: l.Heading) -> dict[str, Any]:
    return {
        "list_id": id,
        "municipality": heading.municipality,
        "school": heading.school,
        "year": heading.year,
        "campaign": heading.campaign,
    }


def _application(id: UUID, heading: a.Heading) -> dict[str, Any]:
    return {
        "application_id": id,
        "municipality": heading.municipality,
        "year": heading.year,
        "number": heading.number,
    }


MAKERS: Final[Mapping[type, Callable[[UUID, Any], BaseModel]]] = {
    l.ListSubmitted: lambda id, fact: ListSubmitted(
        **_list(id, fact.heading), teachers=fact.teachers, submitted_at=fact.at
    ),
    l.ListReturned: lambda id, fact: ListReturned(**_list(id, fact.heading), returned_at=fact.at),
    a.ApplicationSubmitted: lambda id, fact: ApplicationSubmitted(
        **_application(id, fact.heading), lists=fact.lists, teachers=fact.teachers, submitted_at=fact.at
    ),
    a.ApplicationAccepted: lambda id, fact: ApplicationAccepted(
        **_application(id, fact.heading), teachers=fact.teachers, accepted_at=fact.at
    ),
    a.ApplicationReturned: lambda id, fact: ApplicationReturned(**_application(id, fact.heading), returned_at=fact.at),
}


def publish(fact: Recorded[Any]) -> BaseModel | None:
    maker = MAKERS.get(type(fact.event))
    return maker(fact.stream_id, fact.event) if maker else None
