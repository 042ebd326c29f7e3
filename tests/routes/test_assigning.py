"""A methodist named for a teacher reaches the teacher's routes: those that are open, and those opened later."""

import asyncio
from typing import Any

from services.routes.assigning import Assigner
from services.routes.categories import routes, supports
from tests.problems import problem
from tests.routes import path as p
from tests.routes.asking import GALINA, VERA
from tests.routes.conftest import PLACE, Clock


def assigner(app: Any, clock: Clock) -> Assigner:
    runtime = app.state.runtime
    return Assigner(runtime.store, runtime.executor, routes(p.POLICIES), supports(p.POLICIES), p.POLICIES, clock, 1)


async def test_3_1_4_a_named_methodist_is_assigned_to_open_routes_and_to_those_opened_later(town, walk, app, clock):
    look = assigner(app, clock).look
    await walk.opened()
    first = await town.submitted(town.director, PLACE, p.ANNA, VERA)
    await town.sent(first)
    naming = {"teacher_id": str(p.ANNA), "methodist_id": str(p.METHODIST)}
    await problem(town.centre.post(town.at("methodists"), naming), 409, "application-not-accepted")
    await town.centre.do(town.at("acceptance"), {"methodists": [naming]})
    assert await look() == 1
    assert await look() == 0
    assert (await walk.methodist.see(f"/routes/{walk.id}"))["company"]["methodists"] == [str(p.METHODIST)]
    later = (await walk.anna.do("/routes", PLACE))["id"]
    assert await look() == 1
    seen = await town.coordinator.see(f"/applications/{town.application}")
    (support,) = seen["teachers"][0]["methodists"]
    assert sorted(support["routes"]) == sorted([walk.id, later])


async def test_3_1_4_the_assignment_says_who_named_the_methodist_and_why(town, walk, app, clock):
    await walk.opened()
    await town.accepted(await town.submitted(town.director, PLACE, p.ANNA))
    naming = {"teacher_id": str(p.ANNA), "methodist_id": str(p.METHODIST)}
    support = (await town.centre.do(town.at("methodists"), naming))["id"]
    assert await assigner(app, clock).look() == 1
    store = app.state.runtime.store
    (assigned,) = [each for each in await store.read(f"route-{walk.id}") if each.kind == "route.methodist_assigned"]
    named, reached = await store.read(f"support-{support}")
    assert (assigned.context.actor, assigned.context.role) == (p.OTHER, "regional_centre")
    assert assigned.context.causation == reached.context.causation == str(named.id)


async def test_3_1_4_a_methodist_released_from_a_route_is_not_brought_back(town, walk, app, clock):
    look = assigner(app, clock).look
    await walk.opened()
    await town.accepted(await town.submitted(town.director, PLACE, p.ANNA))
    naming = {"teacher_id": str(p.ANNA), "methodist_id": str(p.METHODIST)}
    await town.centre.do(town.at("methodists"), naming)
    assert await look() == 1
    await town.centre.do(walk.at(f"methodists/{p.METHODIST}/release"))
    assert await look() == 0
    assert (await walk.anna.see(f"/routes/{walk.id}"))["company"]["methodists"] == []


async def test_3_1_4_a_recalled_methodist_reaches_no_further_route(town, walk, app, clock):
    look = assigner(app, clock).look
    await town.sent(await town.submitted(town.director, PLACE, p.ANNA))
    naming = {"teacher_id": str(p.ANNA), "methodist_id": str(p.METHODIST)}
    key = {"Idempotency-Key": "accept-1"}
    await town.centre.post(town.at("acceptance"), {"methodists": [naming]}, **key)
    await town.centre.do(town.at("methodist-recall"), naming)
    assert (await town.centre.post(town.at("acceptance"), {"methodists": [naming]}, **key)).status_code == 200
    await walk.opened()
    assert await look() == 0
    await town.centre.do(town.at("methodists"), naming)
    assert await look() == 1


async def test_3_1_4_the_next_years_route_is_not_reached(town, walk, app, clock):
    await town.accepted(await town.submitted(town.director, PLACE, p.ANNA))
    await town.centre.do(town.at("methodists"), {"teacher_id": str(p.ANNA), "methodist_id": str(p.METHODIST)})
    clock.to(2027, 1, 1)
    await walk.opened()
    assert await assigner(app, clock).look() == 0


async def test_3_1_4_two_processes_assign_each_route_once(town, walk, app, clock):
    await walk.opened()
    await town.accepted(await town.submitted(town.director, PLACE, p.ANNA))
    await town.centre.do(town.at("methodists"), {"teacher_id": str(p.ANNA), "methodist_id": str(p.METHODIST)})
    await asyncio.gather(*(assigner(app, clock).look() for _ in range(3)))
    history = await app.state.runtime.store.read(f"route-{walk.id}")
    assert [fact.kind for fact in history].count("route.methodist_assigned") == 1


async def test_a_naming_that_is_refused_accepts_nothing(town):
    await town.sent(await town.submitted(town.director, PLACE, p.ANNA))
    stranger = {"teacher_id": str(GALINA), "methodist_id": str(p.METHODIST)}
    themselves = {"teacher_id": str(p.ANNA), "methodist_id": str(p.ANNA)}
    for naming, name in ((stranger, "teacher-not-in-application"), (themselves, "methodist-is-tutee")):
        await problem(town.centre.post(town.at("acceptance"), {"methodists": [naming]}), 409, name)
    assert (await town.centre.see(f"/applications/{town.application}"))["status"] == "submitted"
