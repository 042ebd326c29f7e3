"""The navigator over HTTP, on a real database: filled, searched, picked from, and everything it answers with a no."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest

from tests.problems import problem
from tests.routes import catalogue as c
from tests.routes import path as p
from tests.routes.conftest import Somebody

PROPOSAL = c.SENT | {"municipality": "m-ust"}


@pytest.fixture
def stranger(somebody: Any) -> Somebody:
    return somebody(p.METHODIST, "municipal_coordinator", municipality="m-other")  # type: ignore[no-any-return]


async def test_2_8_2_a_proposal_is_between_its_municipality_and_the_centre(coordinator, centre, anna, stranger):
    id = (await coordinator.do("/resources/proposals", PROPOSAL))["id"]
    for keeper in (coordinator, centre):
        seen = await keeper.see(f"/resources/{id}")
        assert (seen["status"], seen["revision"], seen["municipality"]) == ("proposed", 0, "m-ust")
        assert await c.titles(keeper, "status=proposed") == [c.COURSE.title]
    for other in (anna, stranger):
        await problem(other.get(f"/resources/{id}"), 404, "not-found")
        await problem(other.get(f"/resources/{id}/timeline"), 404, "not-found")
        await problem(other.post(f"/resources/{id}/inclusion"), 404, "not-found")
        assert await c.titles(other, "status=proposed") == []
    assert await c.titles(centre) == []
    await problem(coordinator.post(f"/resources/{id}/inclusion"), 403, "forbidden")
    await centre.do(f"/resources/{id}/inclusion")
    assert await c.titles(anna) == [c.COURSE.title]
    shown = await anna.see(f"/resources/{id}")
    assert (shown["status"], shown["revision"], shown["start"], shown["end"]) == (
        *("included", 1),
        *("2026-10-05", "2026-12-18"),
    )
    assert {name: shown[name] for name in c.SENT} == c.SENT


async def test_2_8_1_a_declined_proposal_tells_its_municipality_why(coordinator, centre, anna, app):
    id = (await coordinator.do("/resources/proposals", PROPOSAL))["id"]
    await centre.do(f"/resources/{id}/decline", {"reason": "такой курс уже есть"})
    assert (await coordinator.see(f"/resources/{id}"))["reason"] == "такой курс уже есть"
    await problem(anna.get(f"/resources/{id}"), 404, "not-found")
    body = await problem(centre.post(f"/resources/{id}/inclusion"), 409, "proposal-decided")
    assert body["clause"] == "2.8.1"
    rows = await app.state.runtime.store.fetch("SELECT data FROM facts WHERE stream = $1", f"resource-{id}")
    stored = b"".join(bytes(row["data"]) for row in rows).decode()
    assert c.COURSE.title in stored
    assert "такой курс" not in stored
    await app.state.runtime.keys.destroy(p.OTHER)
    declined = (await app.state.runtime.store.read(f"resource-{id}"))[-1].event
    assert declined.reason.forgotten


async def test_2_8_1_an_entry_is_revised_and_withdrawn_and_its_history_stays(centre, anna, coordinator):
    id = (await centre.do("/resources", c.SENT))["id"]
    await centre.do(f"/resources/{id}/revision", c.SENT | {"hours": 72})
    assert (await anna.see(f"/resources/{id}"))["hours"] == 72
    assert (await anna.see(f"/resources/{id}?revision=1"))["hours"] == 36
    await problem(anna.get(f"/resources/{id}?revision=3"), 404, "not-found")
    await centre.do(f"/resources/{id}/withdrawal")
    assert await c.titles(anna) == []
    seen = await anna.see(f"/resources/{id}")
    assert (seen["status"], seen["revision"], seen["hours"]) == ("withdrawn", 2, 72)
    told = (await centre.see(f"/resources/{id}/timeline"))["items"]
    assert [item["title"] for item in told] == [
        "Ресурс включён в навигатор",
        "Запись навигатора изменена",
        "Ресурс исключён из навигатора",
    ]
    assert {item["clause"] for item in told} == {"2.8.1"}
    for reader in (anna, coordinator):
        await problem(reader.get(f"/resources/{id}/timeline"), 403, "forbidden")
    await problem(centre.post(f"/resources/{id}/revision", c.SENT), 409, "not-in-catalogue")
    await problem(centre.post(f"/resources/{uuid4()}/withdrawal"), 404, "not-found")


async def test_3_1_5_an_entry_names_an_open_track(centre):
    tracked = c.SENT | {"track": "rural"}
    await problem(centre.post("/resources", tracked), 409, "track-unavailable")
    await centre.do("/tracks", {"code": "rural", "title": "Сельский учитель"})
    key = {"Idempotency-Key": str(uuid4())}
    first = await centre.post("/resources", tracked, **key)
    await centre.do("/tracks/rural/closing")
    again = await centre.post("/resources", tracked, **key)
    assert (again.status_code, again.json()) == (201, first.json())
    id = first.json()["id"]
    await centre.do(f"/resources/{id}/revision", tracked | {"hours": 72})
    await problem(centre.post("/resources", tracked), 409, "track-unavailable")
    assert await c.titles(centre, "track=rural") == [c.COURSE.title]


async def test_an_entry_is_guarded_by_its_version(centre):
    id = (await centre.do("/resources", c.SENT))["id"]
    stale = {"If-Match": '"7"'}
    await problem(centre.post(f"/resources/{id}/withdrawal", **stale), 412, "stale-version")
    good = await centre.post(f"/resources/{id}/withdrawal", **{"If-Match": '"1"'})
    assert good.headers["etag"] == '"2"'
    assert (await centre.get(f"/resources/{id}")).headers["etag"] == '"2"'


async def test_a_promise_tells_codes_and_days_and_no_text(centre, coordinator):
    await centre.do("/resources", c.SENT)
    id = (await coordinator.do("/resources/proposals", PROPOSAL))["id"]
    await centre.do(f"/resources/{id}/inclusion")
    await centre.do(f"/resources/{id}/revision", c.SENT | {"hours": 72})
    await centre.do(f"/resources/{id}/withdrawal")
    declined = (await coordinator.do("/resources/proposals", PROPOSAL))["id"]
    await centre.do(f"/resources/{declined}/decline", {"reason": "повтор"})
    items = (await centre.see("/events?after=0"))["items"]
    own, included, revised, withdrawn = (item["data"] for item in items)
    assert [item["type"] for item in items] == [*["routes.resource_included.v1"] * 3, "routes.resource_withdrawn.v1"]
    assert (own["municipality"], own["revision"]) == ("", 1)
    assert included == own | {"resource_id": id, "municipality": "m-ust", "included_at": included["included_at"]}
    assert (revised["revision"], revised["hours"]) == (2, 72)
    assert (withdrawn["resource_id"], withdrawn["municipality"]) == (id, "m-ust")
    assert "Критерии" not in json.dumps(items, ensure_ascii=False)


async def test_1_3_and_2_8_5_picking_a_resource_plans_an_activity(walk, centre):
    id = (await centre.do("/resources", c.SENT))["id"]
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    own = {"kind": "course", "tasks": [walk.task], "to_practice": True}
    at = walk.at("activities")
    await walk.anna.do(at, own | {"resource": id})
    changed = {"title": "Мой модуль курса", "start": "2026-10-06", "hours": 12, "competencies": ["lesson"]}
    await walk.anna.do(at, own | changed | {"resource": id})
    await centre.do(f"/resources/{id}/revision", c.SENT | {"title": "Иначе", "hours": 72, "provider": "Другой центр"})
    await walk.anna.do(at, own | {"resource": id})
    key = {"Idempotency-Key": "picked"}
    last = await walk.anna.post(at, own | {"resource": id}, **key)
    await centre.do(f"/resources/{id}/withdrawal")
    assert (await walk.anna.post(at, own | {"resource": id}, **key)).json() == last.json()
    body = await problem(walk.anna.post(at, own | {"resource": id}), 409, "resource-unavailable")
    assert body["clause"] == "1.3"
    _, first, second, third, _ = (await walk.anna.see(f"/routes/{walk.id}"))["activity"]
    assert (
        first
        | {
            "title": c.COURSE.title,
            "organiser": c.COURSE.provider,
            "form": "очно-заочная, дистанционная",
            "planned": {"start": "2026-10-05", "end": "2026-12-18"},
            "level": "regional",
            "hours": 36,
            "competencies": ["assessment"],
            "resource": {"id": id, "revision": 1},
        }
        == first
    )
    assert (second["title"], second["hours"], second["competencies"]) == ("Мой модуль курса", 12, ["lesson"])
    assert second["planned"] == {"start": "2026-10-06", "end": "2026-12-18"}
    assert (third["title"], third["resource"]) == ("Иначе", {"id": id, "revision": 2})


async def test_1_11_an_adjustment_picks_too_and_asks_for_what_nobody_told(walk, centre, coordinator, clock):
    without = {name: value for name, value in c.SENT.items() if name != "level"}
    id = (await centre.do("/resources", without))["id"]
    proposed = (await coordinator.do("/resources/proposals", PROPOSAL))["id"]
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    await walk.started()
    own = {"kind": "course", "tasks": [walk.task], "to_practice": True}

    def added(**fields: Any) -> Any:
        activity = {**own, "resource": id, "level": "regional", **fields}
        return walk.anna.post(walk.at("adjustment"), {"reason": "request", "added_activities": [activity]})

    body = await problem(added(level=None), 422, "invalid-request")
    assert body["errors"] == [
        {"pointer": "#/added_activities/0/level", "detail": "Заполните это поле.", "name": "Уровень"}
    ]
    await problem(added(resource=proposed), 409, "resource-unavailable")
    await problem(added(resource=str(uuid4())), 409, "resource-unavailable")
    await problem(added(end="2027-01-15"), 409, "outside-resource-dates")
    assert (await added()).status_code == 200
    assert (await walk.anna.see(f"/routes/{walk.id}"))["activity"][1]["resource"] == {"id": id, "revision": 1}
    clock.to(2026, 12, 19)
    await problem(added(), 409, "resource-over")


async def test_an_activity_of_ones_own_still_tells_everything_itself(walk):
    await walk.opened()
    wish = {"kind": "course", "tasks": [str(p.TASK)], "to_practice": True}
    body = await problem(walk.anna.post(walk.at("activities"), wish), 422, "invalid-request")
    missing = ["title", "start", "end", "level", "organiser", "form"]
    assert [error["pointer"] for error in body["errors"]] == [f"#/{name}" for name in missing]


BAD = [
    ({"title": ""}, "#/title"),
    ({"title": "я" * 501}, "#/title"),
    ({"title": "курс\x00"}, "#/title"),
    ({"title": "курс\x1b[31m"}, "#/title"),
    ({"title": "курс\u0085 и"}, "#/title"),
    ({"title": "курс\u2028и"}, "#/title"),
    ({"title": "\u200b\u202e🙂"}, "#/title"),  # nothing that could be read
    ({"provider": " "}, "#/provider"),
    ({"provider": "a\nb"}, "#/provider"),
    ({"audience": []}, "#/audience"),
    ({"audience": ["учителя", "\u200b"]}, "#/audience/1"),
    ({"audience": ["учителя"] * 51}, "#/audience"),
    ({"forms": []}, "#/forms"),
    ({"forms": ["telepathy"]}, "#/forms/0"),
    ({"kind": "course"}, "#/kind"),
    ({"level": "district"}, "#/level"),
    ({"start": "1900-01-01"}, "#/start"),
    ({"end": "2100-01-01"}, "#/end"),
    ({"end": "2026-02-30"}, "#/end"),
    ({"end": None}, "#/end"),
    ({"hours": 0}, "#/hours"),
    ({"hours": 2_001}, "#/hours"),
    ({"competencies": ["a b"]}, "#/competencies/0"),
    ({"tags": ["x" * 65]}, "#/tags/0"),
    ({"track": "a/b"}, "#/track"),
    ({"link": "javascript:alert(1)"}, "#/link"),
    ({"link": "https://a\x00b"}, "#/link"),
    ({"link": "https://example.org/\u202egro"}, "#/link"),
    ({"surprise": 1}, "#/surprise"),
]


async def test_a_wrong_field_of_an_entry_is_named_and_nothing_is_entered(centre):
    for change, pointer in BAD:
        body = await problem(centre.post("/resources", c.SENT | change), 422, "invalid-request")
        assert pointer in [error["pointer"] for error in body["errors"]], change
        assert all(re.match("[А-Я][а-я ]", error["detail"]) for error in body["errors"]), body
    assert await c.titles(centre) == []
