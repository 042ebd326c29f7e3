"""The rows that lists of routes are made of."""

from collections.abc import Iterable
from uuid import UUID

from services.routes.domain.route.records import Whose
from services.routes.domain.route.state import Absent, Completed, Nominated, Route, State, Withdrawn, status
from shared.domain import Gone, Row


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    match state:
        case Absent():
            return
        case Nominated(whose=whose):
            yield Row(table="routes", values=_place(id, version, whose) | {"status": status(state), "stage": 1})
        case Route(whose=whose):
            yield Row(table="routes", values=_place(id, version, whose) | _route(state))
            yield Gone(table="route_methodists", key={"route_id": id})
            for methodist in sorted(state.company.methodists):
                yield Row(table="route_methodists", values={"route_id": id, "methodist_id": methodist})
            yield Gone(table="route_mentors", key={"route_id": id})
            for mentor in sorted(mentors(state)):
                yield Row(table="route_mentors", values={"route_id": id, "mentor_id": mentor, "tutee_id": whose.tutee})


def _place(id: UUID, version: int, whose: Whose) -> dict[str, object]:
    return {
        "id": id,
        "version": version,
        "tutee_id": whose.tutee,
        "municipality": whose.municipality,
        "school": whose.school,
        "activities": 0,
        "activities_done": 0,
        "on_hold": False,
        "overdue": False,
        "reminded": None,
        "deficits": [],
    }


def _route(route: Route) -> dict[str, object]:
    term = route.run.term if route.run else route.plan.term
    return {
        "status": status(route),
        "stage": route.stage,
        "tutor_id": route.tutor,
        "medium": route.medium,
        "model": route.model,
        "on_hold": route.on_hold,
        "overdue": route.overdue,
        "reminded": reminded(route),
        "opened_at": route.opened_at,
        "started_on": route.run.term.start if route.run else None,
        "planned_end": term.end if term else None,
        "activities": len(route.plan.activities),
        "activities_done": sum(doing.done_on is not None for doing in route.plan.activities.values()),
        "deficits": sorted({deficit.competency for deficit in route.plan.deficits.values()}),
        **_outcome(route),
    }


def _outcome(route: Route) -> dict[str, object]:
    match route.phase:
        case Completed(verdicts=verdicts, certificate_due=due):
            return {"achieved": verdicts.conclusion.achieved, "certificate_due": due}
        case _:
            return {"achieved": None, "certificate_due": None}


def mentors(route: Route) -> frozenset[UUID]:
    """Who has the tutee in care as a self-regulated mentor, as long as the route goes on."""
    if isinstance(route.phase, Completed | Withdrawn):
        return frozenset()
    planned = (doing.activity for doing in route.plan.activities.values())
    return frozenset(mentor for activity in planned if activity.capacity is not None for mentor in activity.mentors)


def reminded(route: Route) -> int | None:
    """The distance of the last reminder of the last day as it is now."""
    told = route.run.reminded if route.run else None
    return told[1] if told and route.run and told[0] == route.run.term.end else None
