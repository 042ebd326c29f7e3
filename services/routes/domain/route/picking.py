"""Planning an activity from the navigator: the entry must stand in the catalogue, on the days it names (p. 1.3).

What the route then keeps is its own: the entry may be revised or withdrawn, and the plan stays as it was made.
"""

from datetime import date
from uuid import UUID

from services.routes.domain.resource.decider import ResourceOver
from services.routes.domain.resource.records import Entry
from services.routes.domain.route.records import Activity
from shared.domain import Refusal, message


@message
class Offered:
    """An entry of the navigator as it stands on the day it is picked; `listed` unless it was withdrawn."""

    id: UUID
    revision: int
    entry: Entry
    listed: bool
    today: date


class ResourceUnavailable(Refusal):
    """The catalogue has no such entry, or has it no longer."""

    clause = "1.3"


class OutsideResourceDates(Refusal):
    """The activity's days do not lie within those of the resource."""

    clause = "1.3"


def fits(activity: Activity, offered: Offered | None) -> None:
    """Refuses an activity whose resource cannot be had; one without a resource is the teacher's own."""
    if activity.resource is None:
        return
    if offered is None or not offered.listed:
        raise ResourceUnavailable
    dates = offered.entry.dates
    if dates.end < offered.today:
        raise ResourceOver
    if not dates.start <= activity.planned.start <= activity.planned.end <= dates.end:
        raise OutsideResourceDates
