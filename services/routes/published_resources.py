"""What routes promises of the navigator: that an entry stands in the catalogue, or stands there no more."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.routes.domain.resource import records as r
from services.routes.domain.route.records import Level


class OfResource(BaseModel):
    """An entry and the municipality that proposed it, "" where the regional centre did not wait for a proposal."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str]

    resource_id: UUID
    municipality: str


class ResourceIncluded(OfResource):
    """It can be found and picked in this revision; a later revision is promised anew. Its texts are read by its id."""

    contract: ClassVar[str] = "routes.resource_included.v1"

    revision: int
    kind: r.Kind
    level: Level | None
    starts_on: date
    ends_on: date
    hours: int | None
    included_at: AwareDatetime


class ResourceWithdrawn(OfResource):
    """It can be picked no more; routes that picked it go on."""

    contract: ClassVar[str] = "routes.resource_withdrawn.v1"

    withdrawn_at: AwareDatetime


def _included(id: UUID, fact: r.ResourceIncluded | r.ResourceRevised) -> ResourceIncluded:
    entry = fact.entry
    return ResourceIncluded(
        resource_id=id,
        municipality=fact.municipality,
        revision=fact.revision if isinstance(fact, r.ResourceRevised) else 1,
        kind=entry.kind,
        level=entry.level,
        starts_on=entry.dates.start,
        ends_on=entry.dates.end,
        hours=entry.hours,
        included_at=fact.at,
    )


MAKERS: Final[Mapping[type, Callable[[UUID, Any], BaseModel]]] = {
    r.ResourceIncluded: _included,
    r.ResourceRevised: _included,
    r.ResourceWithdrawn: lambda id, fact: ResourceWithdrawn(
        resource_id=id, municipality=fact.municipality, withdrawn_at=fact.at
    ),
}
