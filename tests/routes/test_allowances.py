"""Which models a school may use, chosen by its coordinator and the school together, and the routes that follow."""

from datetime import UTC, datetime

import pytest

from services.routes.domain import allowance as al
from tests.problems import problem
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.story import Story

NOW = datetime(2026, 9, 14, 5, 30, tzinfo=UTC)
BOTH = frozenset({"regional", "school"})
ONLY = al.AllowModels(municipality="m-ust", school="s-011", side="coordinator", models=frozenset({"school"}), at=NOW)
STORY = Story(al.allowance)


@pytest.fixture
async def coordinator(somebody):
    return somebody(p.OTHER, "municipal_coordinator", municipality="m-ust")


def told(command: al.AllowModels) -> al.ModelsAllowed:
    (fact,) = al.decide(command, al.Allowance())
    return fact


def test_2_8_2_3_both_sides_choose_and_what_both_allow_counts():
    assert al.Allowance().models == BOTH
    assert al.evolve(al.Allowance(), told(ONLY)).models == {"school"}
    wide = told(p.but(ONLY, side="school", models=BOTH))
    assert al.allowance.fold((told(ONLY), wide)).models == {"school"}
    STORY.given(told(ONLY)).when(ONLY).then()
    STORY.given(told(ONLY)).when(p.but(ONLY, models=BOTH)).then(told(p.but(ONLY, models=BOTH)))


def test_2_8_2_3_one_model_always_stays():
    other = p.but(ONLY, side="school", models=frozenset({"regional"}))
    STORY.given(told(ONLY)).when(other).refused(al.NoModelInCommon)


async def test_2_8_2_3_a_route_takes_a_model_that_both_allow(walk, coordinator):
    await coordinator.do("/allowed-models", PLACE | {"models": ["school"]})
    await walk.opened()
    await walk.director.do(walk.at("tutor"), {"tutor_id": str(p.BORIS)})
    body = await problem(walk.boris.post(walk.at("model-proposal"), {"model": "regional"}), 409, "model-not-allowed")
    assert body["clause"] == "2.8.2"
    await problem(walk.anna.post(walk.at("model"), {"model": "regional"}), 409, "model-not-allowed")
    await problem(walk.director.post("/allowed-models", PLACE | {"models": ["regional"]}), 409, "no-model-in-common")
    await walk.director.do("/allowed-models", PLACE | {"models": ["regional", "school"]})
    await walk.boris.do(walk.at("model-proposal"), {"model": "school"})
    assert (await walk.anna.see(f"/routes/{walk.id}"))["proposed_model"] == "school"
    await walk.anna.do(walk.at("model"), {"model": "school"})
    seen = await walk.anna.see("/allowed-models?municipality=m-ust&school=s-011")
    assert seen == {"models": ["school"], "by_side": {"coordinator": ["school"], "school": ["regional", "school"]}}
    elsewhere = await walk.anna.see("/allowed-models?municipality=m-ust&school=s-012")
    assert elsewhere == {"models": ["regional", "school"], "by_side": {}}


async def test_2_8_2_3_only_for_schools_of_ones_own_place(coordinator, anna, somebody):
    body = PLACE | {"models": ["school"]}
    stranger = somebody(p.OTHER, "municipal_coordinator", municipality="m-other")
    neighbour = somebody(p.OTHER, "school_administrator", municipality="m-ust", school="s-012")
    for each in (anna, stranger, neighbour):
        await problem(each.post("/allowed-models", body), 403, "forbidden")
    await problem(coordinator.post("/allowed-models", body | {"models": []}), 422, "invalid-request")
    seen = await anna.see("/allowed-models?municipality=m-ust&school=s-011")
    assert seen == {"models": ["regional", "school"], "by_side": {}}


async def test_2_8_1_9_everybody_can_read_about_the_models(anna):
    models = {each["code"]: each for each in (await anna.see("/vocabulary"))["models"]}
    assert "«ИОМ-ОФИС.38»" in models["regional"]["title"]
    assert all(each["text"] for each in models.values())


async def test_2_8_1_2_the_centre_sets_directions_with_the_days_routes_may_join(walk, centre):
    days = {"opens": "2026-10-01", "closes": "2026-10-31"}
    await problem(
        centre.post("/tracks", {"code": "t", "title": "Т"} | days | {"opens": "2026-11-01"}), 409, "end-before-start"
    )
    await centre.do("/tracks", {"code": "autumn", "title": "Осенний"} | days)
    await centre.do("/tracks", {"code": "autumn", "title": "Осенний"} | days)
    later = {"code": "autumn", "title": "Осенний"} | days | {"closes": "2026-11-30"}
    await problem(centre.post("/tracks", later), 409, "track-published-otherwise")
    await walk.opened()
    await walk.director.do(walk.at("tutor"), {"tutor_id": str(p.BORIS)})
    model = {"model": "regional", "track": "autumn"}
    await problem(walk.anna.post(walk.at("model"), model), 409, "track-unavailable")
    walk.clock.to(2026, 11, 1)
    await problem(walk.anna.post(walk.at("model"), model), 409, "track-unavailable")
    walk.clock.to(2026, 10, 31)
    await walk.anna.do(walk.at("model"), model)
    (track,) = (await walk.anna.see("/tracks"))["items"]
    assert (track["opens"], track["closes"], track["closed"]) == ("2026-10-01", "2026-10-31", False)


async def test_2_8_1_11_and_2_8_2_5_centre_and_coordinator_follow_the_routes_of_their_place(walk, centre, coordinator):
    await walk.opened()
    foreign = await walk.director.post("/routes", PLACE | {"teacher_id": str(p.METHODIST)})
    for reader in (centre, coordinator):
        items = (await reader.see("/routes?status=opened"))["items"]
        assert [(each["id"], each["overdue"]) for each in items] == [(walk.id, False)]
        assert {each["id"] for each in (await reader.see("/routes"))["items"]} == {walk.id, foreign.json()["id"]}
