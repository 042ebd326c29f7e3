"""Routes over HTTP, on a real database: the whole path, and everything that is answered with a problem."""

import json
from uuid import uuid4

import pytest

from services.routes import texts
from services.routes.categories import routes
from services.routes.deadlines import Deadlines
from tests.problems import problem
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.routes.walk import ACTIVITY


async def test_a_route_goes_from_nomination_to_completion(walk):
    done = await walk.whole()
    seen = await walk.anna.see(f"/routes/{walk.id}")
    assert seen["status"] == "completed"
    assert seen["version"] == done["version"]
    assert seen["goal"][0]["text"] == "научиться составлять критерии"
    assert seen["activity"][0]["reflection"] == "критерии нужны до урока"
    assert seen["activity"][0]["order"] == "приказ № 12"
    assert seen["reflection"]["conclusion"]["achieved"] is True
    assert seen["reflection"]["assessments"][0]["text"] == "уверенно"


async def test_the_timeline_tells_who_did_what_by_which_clause(walk):
    await walk.whole()
    items = (await walk.anna.see(f"/routes/{walk.id}/timeline"))["items"]
    assert [item["version"] for item in items] == list(range(1, len(items) + 1))
    assert {item["kind"] for item in items} <= texts.FACTS.keys()
    told = {item["kind"]: item for item in items}
    assert told["route.route_agreed"]["title"] == "Школа согласовала маршрут"
    assert told["route.route_agreed"]["clause"] == "2.8.3"
    assert told["route.route_agreed"]["role"] == "school_administrator"
    assert told["route.route_agreed"]["actor"] == str(p.DIRECTOR)
    assert told["route.task_set"]["role"] == "tutee"
    assert told["route.conclusion_drafted"]["role"] == "tutor"
    assert "этап 5: рефлексивно-аналитический" in told["route.stage_entered"]["title"]


async def test_a_route_is_seen_as_it_was(walk):
    await walk.whole()
    then = await walk.anna.see(f"/routes/{walk.id}?version=3")
    assert (then["version"], then["status"]) == (3, "invited")
    await problem(walk.anna.get(f"/routes/{walk.id}?version=500"), 404, "not-found")


async def test_what_was_done_is_in_the_list_when_the_answer_arrives(walk):
    await walk.opened()
    items = (await walk.anna.see("/routes"))["items"]
    assert [(item["id"], item["status"]) for item in items] == [(walk.id, "opened")]


async def test_lists_are_paged_and_filtered(anna, director):
    ids = {(await anna.do("/routes", PLACE))["id"] for _ in range(3)}
    first = await anna.see("/routes?limit=2")
    second = await anna.see(f"/routes?limit=2&after={first['next']}")
    assert {item["id"] for item in first["items"] + second["items"]} == ids
    assert second["next"] is None
    assert (await director.see("/routes?status=completed"))["items"] == []
    assert len((await director.see(f"/routes?person={p.ANNA}&school=s-011&municipality=m-ust"))["items"]) == 3


async def test_a_refusal_tells_its_clause_and_the_next_step_and_changes_nothing(walk):
    await walk.opened()
    body = await problem(walk.anna.post(walk.at("submission")), 409, "nothing-diagnosed")
    assert body["clause"] == "2.4"
    assert (body["title"], body["detail"]) == texts.REFUSALS["nothing-diagnosed"]
    assert (await walk.anna.see(f"/routes/{walk.id}"))["version"] == 4


async def test_a_history_is_decided_again_under_another_policy(walk, somebody):
    await walk.whole()
    own = await somebody(p.OTHER, "auditor").see(f"/routes/{walk.id}/under/1")
    assert (own["policy"], own["refused"]) == ("1", [])
    assert own["basis"]
    await problem(walk.anna.get(f"/routes/{walk.id}/under/99"), 404, "not-found")
    await problem(somebody(p.OTHER).get(f"/routes/{walk.id}/under/1"), 404, "not-found")


async def test_strangers_do_not_learn_that_the_route_is_there(walk, somebody):
    await walk.opened()
    strangers = [
        somebody(p.OTHER),
        somebody(p.OTHER, "teacher", **PLACE),
        somebody(p.OTHER, "tutor", **PLACE),
        somebody(p.OTHER, "school_administrator", municipality="m-ust", school="s-012"),
        somebody(p.OTHER, "municipal_coordinator", municipality="m-other"),
        somebody(p.OTHER, "school_administrator"),
    ]
    for stranger in strangers:
        await problem(stranger.get(f"/routes/{walk.id}"), 404, "not-found")
        await problem(stranger.get(f"/routes/{walk.id}/timeline"), 404, "not-found")
        await problem(stranger.post(walk.at("invitation")), 404, "not-found")
        assert (await stranger.see("/routes"))["items"] == []
    await problem(walk.anna.get(f"/routes/{uuid4()}"), 404, "not-found")


async def test_those_who_may_read_may_not_all_write(walk, somebody):
    await walk.opened()
    auditor = somebody(p.OTHER, "auditor")
    assert (await auditor.see(f"/routes/{walk.id}"))["status"] == "opened"
    await problem(auditor.post(walk.at("withdrawal")), 403, "forbidden")
    await problem(walk.director.post(walk.at("withdrawal")), 403, "forbidden")
    await problem(walk.anna.post(walk.at("tutor"), {"tutor_id": str(p.BORIS)}), 403, "forbidden")


async def test_a_tutor_without_consent_is_a_stranger_again(walk):
    await walk.opened()
    await walk.prepared()
    assert (await walk.boris.see(f"/routes/{walk.id}"))["model"] == "regional"
    await walk.anna.do(walk.at("consent-withdrawal"))
    await problem(walk.boris.get(f"/routes/{walk.id}"), 404, "not-found")
    assert (await walk.boris.see("/routes"))["items"] == []
    await walk.anna.do(walk.at("consent"))
    assert (await walk.boris.see(f"/routes/{walk.id}"))["on_hold"] is False


async def test_a_methodist_sees_the_routes_they_are_assigned_to(walk):
    await walk.opened()
    await problem(walk.methodist.get(f"/routes/{walk.id}"), 404, "not-found")
    await walk.centre.do(walk.at("methodists"), {"methodist_id": str(p.METHODIST)})
    assert (await walk.methodist.see(f"/routes/{walk.id}"))["company"]["methodists"] == [str(p.METHODIST)]
    assert [item["id"] for item in (await walk.methodist.see("/routes"))["items"]] == [walk.id]
    await walk.centre.do(walk.at(f"methodists/{p.METHODIST}/release"))
    await problem(walk.methodist.get(f"/routes/{walk.id}"), 404, "not-found")
    assert (await walk.methodist.see("/routes"))["items"] == []


async def test_a_passed_deadline_is_marked_once_by_the_service_itself(walk, app, clock):
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    await walk.started()
    runtime = app.state.runtime
    deadlines = Deadlines(runtime.store, runtime.executor, routes(p.POLICIES), p.POLICIES, clock, 1)
    clock.to(2027, 4, 30)
    assert await deadlines.look() == 0
    clock.to(2027, 5, 31)
    assert await deadlines.look() == 1  # the reminder of the last day
    assert await deadlines.look() == 0
    clock.to(2027, 6, 1)
    assert await deadlines.look() == 1
    assert await deadlines.look() == 0
    assert (await walk.anna.see(f"/routes/{walk.id}"))["overdue"] is True
    await walk.anna.do(walk.at("extension"), {"end": "2027-12-31"})
    assert (await walk.anna.see("/routes"))["items"][0]["overdue"] is False


async def test_beside_the_tutee_over_http(walk):
    await walk.opened()
    await walk.prepared()
    asked = await walk.anna.do(walk.at("helps"), {"of": "school", "text": "нужен класс для пробы"})
    await walk.director.do(walk.at(f"helps/{asked['item_id']}/answer"), {"text": "возьмите 7Б"})
    wish = {"subject": "forms", "text": "добавьте стажировку"}
    suggestion = (await walk.boris.do(walk.at("suggestions"), wish))["item_id"]
    await walk.anna.do(walk.at(f"suggestions/{suggestion}/answer"), {"accepted": False})
    company = (await walk.anna.see(f"/routes/{walk.id}"))["company"]
    assert company["helps"][0]["answers"] == ["возьмите 7Б"]
    assert company["suggestions"][0]["accepted"] is False
    assert company["suggestions"][0]["by"]["role"] == "tutor"


async def test_a_teacher_opens_only_at_their_own_school(anna, somebody):
    await problem(anna.post("/routes", PLACE | {"school": "s-012"}), 403, "forbidden")
    await problem(anna.post("/routes", PLACE | {"teacher_id": str(p.OTHER)}), 403, "forbidden")
    elsewhere = somebody(p.DIRECTOR, "school_administrator", municipality="m-ust", school="s-012")
    await problem(elsewhere.post("/routes", PLACE | {"teacher_id": str(p.ANNA)}), 403, "forbidden")
    assert [(await each.see("/routes"))["items"] for each in (anna, elsewhere)] == [[], []]


async def test_4_2_a_route_continues_an_earlier_one_of_ones_own(anna, somebody):
    first = (await anna.do("/routes", PLACE))["id"]
    second = (await anna.do("/routes", PLACE | {"continues": first}))["id"]
    assert (await anna.see(f"/routes/{second}"))["continues"] == first
    vera = somebody(p.OTHER, "teacher", **PLACE)
    for other in (first, str(uuid4())):
        body = await problem(vera.post("/routes", PLACE | {"continues": other}), 409, "continues-anothers")
        assert body["clause"] == "4.2"


async def test_the_same_key_has_one_effect_and_one_answer(anna):
    key = {"Idempotency-Key": "мой ключ".encode().hex()}
    first = await anna.post("/routes", PLACE, **key)
    again = await anna.post("/routes", PLACE, **key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await anna.see("/routes"))["items"]) == 1
    await problem(anna.post("/routes", PLACE | {"medium": "paper"}, **key), 422, "key-reused")


async def test_the_same_key_makes_one_item_with_one_id(walk):
    await walk.opened()
    key = {"Idempotency-Key": "request-1"}
    first = await walk.anna.post(walk.at("request"), {"text": "учиться"}, **key)
    again = await walk.anna.post(walk.at("request"), {"text": "учиться"}, **key)
    assert first.json() == again.json()
    requests = (await walk.anna.see(f"/routes/{walk.id}"))["diagnostic"]["requests"]
    assert [each["id"] for each in requests] == [first.json()["item_id"]]


async def test_a_stale_version_is_refused_and_a_good_one_is_not(walk):
    await walk.opened()
    stale = {"If-Match": '"1"'}
    await problem(walk.anna.post(walk.at("request"), {"text": "учиться"}, **stale), 412, "stale-version")
    answer = await walk.anna.post(walk.at("request"), {"text": "учиться"}, **{"If-Match": '"4"'})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"6"'


BAD = [
    ("difficulties", {"text": ""}, "#/text"),
    ("difficulties", {"text": "   "}, "#/text"),
    ("difficulties", {"text": "я" * 10_001}, "#/text"),
    ("difficulties", {}, "#/text"),
    ("difficulties", {"text": "а", "surprise": 1}, "#/surprise"),
    ("deficits", {"competency": "a b", "text": "x", "source": "own_work"}, "#/competency"),
    ("deficits", {"competency": "a", "text": "x", "source": "rumours"}, "#/source"),
    ("term", {"start": "2026-02-30", "end": "2026-03-01"}, "#/start"),
    ("term", {"start": "1900-01-01", "end": "2026-03-01"}, "#/start"),
    ("term", {"start": "2026-01-01", "end": "2100-01-01"}, "#/end"),
    ("description", {"content": "а", "forms": "б", "technologies": "в", "pace": "г", "hours": 0}, "#/hours"),
    ("activities", ACTIVITY | {"tasks": []}, "#/tasks"),
    ("activities", ACTIVITY | {"tasks": ["not-a-uuid"]}, "#/tasks/0"),
    ("activities", ACTIVITY | {"tasks": [str(p.TASK)], "mentoring": "telepathy"}, "#/mentoring"),
    ("products", {"title": "а", "summary": "б", "link": "javascript:alert(1)"}, "#/link"),
    ("model", {"model": "own"}, "#/model"),
]


@pytest.mark.parametrize(("sub", "body", "pointer"), BAD)
async def test_a_wrong_field_is_named_and_changes_nothing(walk, sub, body, pointer):
    await walk.opened()
    told = await problem(walk.anna.post(walk.at(sub), body), 422, "invalid-request")
    assert pointer in [error["pointer"] for error in told["errors"]]
    assert all(error["detail"] for error in told["errors"])
    assert (await walk.anna.see(f"/routes/{walk.id}"))["version"] == 4


@pytest.mark.parametrize("text", ["\u202eкопия\u202c", "👩‍🏫 урок", "ноль\u200bширины", "я" * 10_000, "строка\nи ещё"])
async def test_odd_texts_are_kept_as_they_are(walk, text):
    await walk.opened()
    await walk.anna.do(walk.at("request"), {"text": text})
    requests = (await walk.anna.see(f"/routes/{walk.id}"))["diagnostic"]["requests"]
    assert requests[0]["text"] == text


async def test_nothing_personal_is_stored_in_clear(walk, app):
    await walk.whole()
    rows = await app.state.runtime.store.fetch("SELECT data FROM facts WHERE stream = $1", f"route-{walk.id}")
    stored = b"".join(bytes(row["data"]) for row in rows).decode()
    for text in ("научиться", "Семинар", "приказ", "уверенно", "достигнута", "кейсы"):
        assert text not in stored
        assert json.dumps(text)[1:-1] not in stored


async def test_the_documents_describe_every_command(client):
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert "/routes/{id}/conclusion" in paths
    assert len([path for path in paths if path.startswith("/routes/{id}/")]) >= 38
