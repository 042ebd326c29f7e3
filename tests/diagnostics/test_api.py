"""Diagnostics over HTTP, as a teacher, a tutor and strangers meet it."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from services.diagnostics.library import SHELF
from tests.problems import is_problem

ANNA, TUTOR, STRANGER = UUID(int=1), UUID(int=2), UUID(int=3)
PLACE = {"municipality": "m-ust", "school": "s-011"}
BANK = json.loads((SHELF / "meta-2026.v1.json").read_text())
KEYS = {item["code"]: item["key"] for item in BANK["items"]}
CODES = BANK["forms"]["initial"]


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def new(purpose="initial", **other):
    return {"person_id": str(ANNA), "instrument": "meta-2026", "purpose": purpose, **PLACE, **other}


@pytest.fixture
def anna(bearer):
    return bearer(ANNA, "teacher", **PLACE)


@pytest.fixture
def tutor(bearer):
    return bearer(TUTOR, "tutor", **PLACE)


async def assigned(client, tutor, **other) -> str:
    answer = await client.post("/sessions", json=new(**other), headers=tutor | key())
    assert answer.status_code == 201, answer.text
    assert answer.headers["ETag"] == '"1"'
    return answer.json()["id"]


async def started(client, tutor, anna, **other) -> str:
    id = await assigned(client, tutor, **other)
    assert (await client.post(f"/sessions/{id}/start", json={}, headers=anna | key())).status_code == 200
    return id


async def taken(client, tutor, anna, right: int, **other) -> str:
    """A whole session with the first *right* items answered right."""
    id = await started(client, tutor, anna, **other)
    items = (await client.get(f"/sessions/{id}", headers=anna)).json()["items"]
    for place, item in enumerate(items):
        wrong = next(option["code"] for option in item["options"] if option["code"] != KEYS[item["code"]])
        option = KEYS[item["code"]] if place < right else wrong
        answer = await client.put(f"/sessions/{id}/answers/{item['code']}", json={"answer": option}, headers=anna)
        assert answer.status_code == 200, answer.text
    submission = await client.post(f"/sessions/{id}/submission", json={}, headers=anna | key())
    assert submission.status_code == 200, submission.text
    return id


async def judged(client, id: str, headers) -> dict:
    async with asyncio.timeout(20):
        while not (shown := (await client.get(f"/sessions/{id}", headers=headers)).json())["dynamics"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # the verdict comes in its own time, and its reader can only ask again
    return shown["dynamics"]


async def test_a_teacher_takes_a_test_and_learns_levels_with_their_uncertainty(serve, anna, tutor):
    async with serve() as client:
        id = await taken(client, tutor, anna, right=13)
        answer = await client.get(f"/sessions/{id}", headers=anna)
        shown = answer.json()
        assert answer.headers["ETag"] == f'"{shown["version"]}"' == '"29"'
        assert (shown["status"], shown["answered"], shown["total"]) == ("scored", 25, 25)
        assert shown["result"]["text"].startswith("Баллы: 13 из 25. Оценка по шкале: 0,1")
        assert "погрешность ±0,4" in shown["result"]["text"]
        assert len(shown["result"]["levels"]) == 5
        for level in shown["result"]["levels"]:
            assert level["level"] in level["scale"]
            assert sum(each["percent"] for each in level["probabilities"]) == 100
            assert "вероятность" in level["text"]
        assert shown["dynamics"] is None


async def test_1_13_initial_and_final_are_judged_when_both_are_scored(serve, anna, tutor):
    route = str(uuid4())
    async with serve() as client:
        before = await taken(client, tutor, anna, right=8, route_id=route)
        after = await taken(client, tutor, anna, right=17, route_id=route, purpose="final")
        dynamics = await judged(client, after, anna)
        assert (dynamics["verdict"], dynamics["initial_session_id"]) == ("improved", before)
        assert dynamics["verdict_name"] == "Положительная динамика"
        assert float(dynamics["z"]) >= 1.96
        listed = (await client.get("/sessions", params={"route": route}, headers=tutor)).json()["items"]
        assert {each["id"]: each["verdict"] for each in listed} == {before: None, after: "improved"}


async def test_a_higher_score_alone_is_no_dynamics(serve, anna, tutor):
    route = str(uuid4())
    async with serve() as client:
        await taken(client, tutor, anna, right=12, route_id=route)
        after = await taken(client, tutor, anna, right=15, route_id=route, purpose="final")
        dynamics = await judged(client, after, anna)
        assert dynamics["verdict"] == "no_reliable_change"
        assert "Это не неудача" in dynamics["text"]


async def test_correct_keys_are_in_no_answer(serve, anna, tutor, bearer):
    centre = bearer(uuid4(), "regional_centre")
    async with serve() as client:
        id = await taken(client, tutor, anna, right=25)
        paths = [f"/sessions/{id}", "/sessions", "/instruments", "/instruments/meta-2026/1", "/events", "/openapi.json"]
        for path in paths:
            answer = await client.get(path, headers=anna if path.startswith("/sessions/") else centre)
            assert answer.status_code == 200, (path, answer.text)
            names = set(fields(answer.json()))
            assert not names & {"key", "right", "marks", "sheet"}, path
        bank = (await client.get("/instruments/meta-2026/1", headers=centre)).json()
        assert {item["answer"] for item in bank["items"]} == {None}
        assert len(bank["items"]) == 40


def fields(value):
    if isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from fields(each)
    elif isinstance(value, list):
        for each in value:
            yield from fields(each)


async def test_a_session_goes_on_after_a_restart(serve, anna, tutor):
    async with serve() as client:
        id = await started(client, tutor, anna)
        await client.put(f"/sessions/{id}/answers/{CODES[0]}", json={"answer": "a"}, headers=anna)
    async with serve() as client:
        shown = (await client.get(f"/sessions/{id}", headers=anna)).json()
        assert (shown["status"], shown["answered"]) == ("started", 1)
        assert {item["code"]: item["answer"] for item in shown["items"]}[CODES[0]] == "a"
        changed = await client.put(f"/sessions/{id}/answers/{CODES[0]}", json={"answer": "b"}, headers=anna)
        again = await client.put(f"/sessions/{id}/answers/{CODES[0]}", json={"answer": "b"}, headers=anna)
        assert changed.json() == again.json() == {"id": id, "version": 4}


async def test_1_3_every_start_finds_the_instruments_published(serve, anna):
    for _ in range(2):
        async with serve() as client:
            items = (await client.get("/instruments", headers=anna)).json()["items"]
            assert [(each["code"], each["version"], each["kind"]) for each in items] == [
                ("meta-2026", 1, "test"),
                ("self-2026", 1, "self"),
            ]
            assert items[0]["items_initial"] == items[0]["items_final"] == 25


async def test_a_repeated_key_is_answered_alike_and_another_body_under_it_is_refused(serve, tutor):
    async with serve() as client:
        headers = tutor | key()
        first = await client.post("/sessions", json=new(), headers=headers)
        again = await client.post("/sessions", json=new(), headers=headers)
        assert first.json() == again.json()
        is_problem(await client.post("/sessions", json=new("final"), headers=headers), 422, "key-reused")
        listed = (await client.get("/sessions", params={"person": str(ANNA)}, headers=tutor)).json()
        assert [each["id"] for each in listed["items"]] == [first.json()["id"]]


async def test_a_stale_version_changes_nothing(serve, anna, tutor):
    async with serve() as client:
        id = await started(client, tutor, anna)
        stale = anna | {"If-Match": '"1"'}
        answer = await client.put(f"/sessions/{id}/answers/{CODES[0]}", json={"answer": "a"}, headers=stale)
        is_problem(answer, 412, "stale-version")
        shown = (await client.get(f"/sessions/{id}", headers=anna)).json()
        assert (shown["version"], shown["answered"]) == (2, 0)
        assert {item["answer"] for item in shown["items"]} == {None}


async def test_lists_go_on_behind_a_cursor(serve, tutor):
    async with serve() as client:
        ids = {await assigned(client, tutor) for _ in range(3)}
        page = (await client.get("/sessions", params={"limit": 2}, headers=tutor)).json()
        rest = (await client.get("/sessions", params={"limit": 2, "after": page["next"]}, headers=tutor)).json()
        assert {each["id"] for each in page["items"] + rest["items"]} == ids
        assert rest["next"] is None
        whole = (await client.get("/sessions", params={"limit": 3}, headers=tutor)).json()
        assert (len(whole["items"]), whole["next"]) == (3, None)
