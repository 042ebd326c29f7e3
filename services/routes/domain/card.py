"""The route card: one teacher's activities of one school year, over all their routes (the annex of the regulation).

It is a projection of the folded routes, with no rows of its own: what it tells stands in personal texts.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from services.routes.domain.route.plan import Doing
from services.routes.domain.route.records import Term
from services.routes.domain.route.state import Completed, Route, Withdrawn
from shared.domain import message


@message
class Entry:
    """An activity of a route, with the days that are printed for it."""

    route: UUID
    doing: Doing
    days: Term

    @property
    def day(self) -> date:
        """Which day decides about the school year, and about the place in the table."""
        return self.doing.done_on or self.days.start


def school_year(start: int) -> Term:
    """From 1 September to 31 August, both included."""
    return Term(start=date(start, 9, 1), end=date(start + 1, 8, 31))


def entries(routes: Iterable[tuple[UUID, Route]], start: int) -> list[Entry]:
    """Every activity of the school year once, by date: the day it was done on, or the first day it is planned for.

    What a route that has ended did not do will not be done any more, and does not stand in the card.
    """
    year = school_year(start)
    found = [
        Entry(route=id, doing=doing, days=days(doing))
        for id, route in routes
        for doing in route.plan.activities.values()
        if doing.done_on is not None or not isinstance(route.phase, Completed | Withdrawn)
    ]
    found = [entry for entry in found if year.start <= entry.day <= year.end]
    return sorted(found, key=lambda entry: (entry.day, entry.days.start, entry.days.end, str(entry.doing.activity.id)))


def days(doing: Doing) -> Term:
    """The planned days; for what was done on another day, that day."""
    planned, done = doing.activity.planned, doing.done_on
    if done is None or planned.start <= done <= planned.end:
        return planned
    return Term(start=done, end=done)
