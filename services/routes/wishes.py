"""Activities as people send them: their own, or picked from the navigator, which then tells what they left out."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from services.routes import texts
from services.routes.bodies.adjusting import Adjustment
from services.routes.bodies.body import Body
from services.routes.bodies.designing import PlannedActivity
from services.routes.domain.route.picking import Offered, ResourceUnavailable
from services.routes.fields import MOST, Code, Day, Line


class ActivityWish(PlannedActivity):
    """With `resource`, what the entry of the navigator tells may be left out; without it, nothing that is mandatory."""

    title: Line | None = None  # type: ignore[assignment]
    start: Day | None = None  # type: ignore[assignment]
    end: Day | None = None  # type: ignore[assignment]
    level: Code | None = None  # type: ignore[assignment]
    organiser: Line | None = None  # type: ignore[assignment]
    form: Line | None = None  # type: ignore[assignment]

    @property
    def resources(self) -> tuple[UUID, ...]:
        return (self.resource,) if self.resource else ()

    def completed(self, offered: Mapping[UUID, Offered]) -> PlannedActivity:
        return self.whole(offered, "body")

    def whole(self, offered: Mapping[UUID, Offered], *where: str | int) -> PlannedActivity:
        """Raises RequestValidationError for what nobody told, at *where* in the request."""
        told: dict[str, Any] = {}
        if self.resource is not None:
            if self.resource not in offered:
                raise ResourceUnavailable
            told = told_by(offered[self.resource])
        own = {name: value for name, value in self.model_dump(exclude_none=True).items() if value != ()}
        try:
            return PlannedActivity.model_validate(told | own)
        except ValidationError as error:
            raise RequestValidationError(
                [{**each, "loc": (*where, *each["loc"])} for each in error.errors()]
            ) from error


class AdjustmentWish(Adjustment):
    added_activities: Annotated[tuple[ActivityWish, ...], Field(max_length=MOST)] = ()

    @property
    def resources(self) -> tuple[UUID, ...]:
        return tuple(id for each in self.added_activities for id in each.resources)

    def completed(self, offered: Mapping[UUID, Offered]) -> Body:
        wishes = enumerate(self.added_activities)
        added = [each.whole(offered, "body", "added_activities", n) for n, each in wishes]
        return Adjustment.model_validate(self.model_dump(exclude={"added_activities"}) | {"added_activities": added})


def told_by(offered: Offered) -> dict[str, Any]:
    entry = offered.entry
    told = {
        "title": entry.title,
        "organiser": entry.provider,
        "form": ", ".join(texts.RESOURCE_FORMS[form] for form in entry.forms),
        "start": entry.dates.start,
        "end": entry.dates.end,
        "level": entry.level,
        "hours": entry.hours,
        "competencies": entry.competencies,
    }
    return {name: value for name, value in told.items() if value is not None}
