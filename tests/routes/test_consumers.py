"""What routes hears from diagnostics, and what it makes of it."""

import json
from uuid import uuid4

from services.routes import consumers
from services.routes.categories import routes
from shared.bus.hearing import Listener
from tests.contracts.house import sample
from tests.routes import path as p


def message(contract: str, **changes) -> bytes:
    envelope = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/services/diagnostics",
        "type": contract,
        "subject": f"session-{uuid4()}",
        "time": "2026-11-20T05:00:00Z",
        "streamversion": 4,
        "data": json.loads(sample(contract)) | changes,
    }
    return json.dumps(envelope).encode()


async def test_a_scored_session_becomes_a_result_of_its_route_once(walk, app):
    await walk.opened()
    listener = Listener("routes", app.state.runtime.executor, consumers.hearings(routes(p.POLICIES)))
    heard = message("diagnostics.session_scored.v1", route_id=walk.id, person_id=str(p.ANNA))
    assert await listener.hear(heard, "one")
    assert await listener.hear(heard, "one")
    seen = await walk.anna.see(f"/routes/{walk.id}")
    assert len(seen["diagnostic"]["results"]) == 1
    assert (seen["status"], seen["stage"]) == ("diagnosing", 2)


async def test_2_4_levels_that_experts_found_are_a_result_of_the_route_once(walk, app):
    await walk.opened()
    listener = Listener("routes", app.state.runtime.executor, consumers.hearings(routes(p.POLICIES)))
    heard = message("diagnostics.levels_found.v1", route_id=walk.id, person_id=str(p.ANNA))
    assert await listener.hear(heard, "one")
    assert await listener.hear(heard, "one")
    [result] = (await walk.anna.see(f"/routes/{walk.id}"))["diagnostic"]["results"]
    assert result["kind"] == "observation"
    assert [each["level"] for each in result["levels"]] == ["базовый", "требует развития"]


async def test_what_a_stranger_scored_does_not_enter_the_route(walk, app):
    await walk.opened()
    listener = Listener("routes", app.state.runtime.executor, consumers.hearings(routes(p.POLICIES)))
    heard = message("diagnostics.session_scored.v1", route_id=walk.id, person_id=str(p.OTHER))
    assert await listener.hear(heard, "one")
    assert listener.refused == 1
    assert (await walk.anna.see(f"/routes/{walk.id}"))["diagnostic"]["results"] == []


async def test_judged_dynamics_enter_a_running_route(walk, app):
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    await walk.started()
    listener = Listener("routes", app.state.runtime.executor, consumers.hearings(routes(p.POLICIES)))
    heard = message("diagnostics.dynamics_judged.v1", route_id=walk.id, person_id=str(p.ANNA), verdict="improved")
    assert await listener.hear(heard, "one")
    seen = await walk.anna.see(f"/routes/{walk.id}")
    assert (seen["status"], seen["reflection"]["dynamics"]["verdict"]) == ("evaluating", "improved")
