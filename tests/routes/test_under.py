"""Several policies in force one after the other, and a history judged by each of them over HTTP."""

from uuid import UUID

import msgspec
import pytest

from services.routes.categories import routes
from services.routes.policies import PUBLISHED
from tests.problems import problem
from tests.routes import path as p
from tests.routes.crowd import come


def policy(**changes) -> bytes:
    return msgspec.json.encode(msgspec.json.decode((PUBLISHED / "1.json").read_bytes()) | changes)


@pytest.fixture
def settings(settings, tmp_path):
    """The published policy, a shorter one from 2027 and one that trusts the tutor's proposal only, from 2030."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "1.json").write_bytes(policy())
    basis = "Распоряжение о сроках, вымышленное"
    short = {"longest_months": 6, "extension_months": 1, "agreeing": ["school_curator"], "monitoring_least": 3}
    (folder / "2.json").write_bytes(policy(version="2", valid_from="2027-01-01", basis=basis, **short))
    (folder / "3.json").write_bytes(policy(version="3", valid_from="2030-01-01", model_proposal="required"))
    return settings.model_copy(update={"policies": folder})


async def test_2_8_4_a_history_is_judged_by_each_policy(walk, clock):
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    await walk.started()
    own = await walk.anna.see(f"/routes/{walk.id}/under/1")
    assert own["refused"] == []
    shorter = await walk.anna.see(f"/routes/{walk.id}/under/2")
    assert (shorter["basis"], shorter["valid_from"]) == ("Распоряжение о сроках, вымышленное", "2027-01-01")
    told = [(each["command"], each["rule"], each["clause"]) for each in shorter["refused"]]
    assert told == [
        ("AppointTutor", "not-your-part", "2.8"),
        ("PlanTerm", "term-too-long", "1.9"),
        ("Agree", "not-your-part", "2.8"),
        ("Start", "term-too-long", "1.9"),
    ]
    proposing = await walk.anna.see(f"/routes/{walk.id}/under/3")
    (refused,) = proposing["refused"]
    assert (refused["command"], refused["rule"], refused["clause"]) == ("ChooseModel", "model-not-proposed", "2.8.4")
    timeline = (await walk.anna.see(f"/routes/{walk.id}/timeline"))["items"]
    assert timeline[refused["version"] - 1]["kind"] == "route.model_chosen"
    await problem(walk.anna.get(f"/routes/{walk.id}/under/4"), 404, "not-found")


async def test_1_9_and_1_10_each_command_follows_the_policy_of_its_day(walk, clock, app):
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    await walk.started()
    await walk.anna.do(walk.at("extension"), {"end": "2028-03-14"})
    clock.to(2027, 1, 2)
    await problem(walk.anna.post(walk.at("extension"), {"end": "2028-03-13"}), 409, "extension-too-short")
    await problem(walk.director.post(walk.at("tutor"), {"tutor_id": walk.id}), 403, "forbidden")
    await walk.anna.do(walk.at("difficulties"), {"text": "новое затруднение"})
    history = await app.state.runtime.executor.history(routes(p.POLICIES), UUID(walk.id))
    assert [fact.context.policy for fact in history] == ["1"] * (len(history) - 1) + ["2"]


async def test_2_8_1_11_how_few_people_are_too_few_to_show_is_the_policys(app, centre, clock):
    await come(app.state.runtime.executor, 4, "s-011")
    seen = await centre.see("/monitoring")
    assert (seen["policy"], seen["least"], seen["total"]["hidden"]) == ("1", 5, True)
    clock.to(2027, 1, 1)
    seen = await centre.see("/monitoring")
    assert (seen["policy"], seen["least"], seen["total"]["routes"]) == ("2", 3, 4)
