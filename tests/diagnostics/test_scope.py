"""Who may assign, take and read a session, and how every "no" is told."""

from uuid import UUID, uuid4

import pytest

from tests.diagnostics.test_api import ANNA, CODES, PLACE, STRANGER, assigned, key, new, started, taken
from tests.problems import is_problem

ELSEWHERE = {"municipality": "m-brat", "school": "s-700"}
NEIGHBOUR = {"municipality": "m-ust", "school": "s-012"}


@pytest.fixture
def anna(bearer):
    return bearer(ANNA, "teacher", **PLACE)


@pytest.fixture
def tutor(bearer):
    return bearer(UUID(int=2), "tutor", **PLACE)


ASSIGNERS = [
    ("tutor", PLACE),
    ("school_administrator", PLACE),
    ("methodist", {}),
    ("municipal_coordinator", {"municipality": "m-ust"}),
    ("regional_centre", {}),
]
STRANGERS = [
    ("tutor", NEIGHBOUR),
    ("tutor", {}),  # a tutor of nowhere
    ("school_administrator", ELSEWHERE),
    ("municipal_coordinator", {"municipality": "m-brat"}),
    ("municipal_coordinator", {}),
    ("teacher", NEIGHBOUR),
]


async def test_2_8_1_5_and_2_8_2_1_and_2_8_4_1_each_accompanying_role_assigns_within_its_place(serve, bearer):
    async with serve() as client:
        for role, place in ASSIGNERS:
            await assigned(client, bearer(uuid4(), role, **place))
        own = await client.post("/sessions", json=new(), headers=bearer(ANNA, "teacher", **PLACE) | key())
        assert own.status_code == 201


async def test_outside_ones_place_nothing_is_assigned_and_nothing_is_there(serve, bearer, tutor):
    async with serve() as client:
        id = await assigned(client, tutor)
        for role, place in STRANGERS:
            stranger = bearer(STRANGER, role, **place)
            is_problem(await client.post("/sessions", json=new(), headers=stranger | key()), 404, "not-found")
            is_problem(await client.get(f"/sessions/{id}", headers=stranger), 404, "not-found")
            is_problem(await client.post(f"/sessions/{id}/start", headers=stranger | key()), 404, "not-found")
            assert (await client.get("/sessions", headers=stranger)).json()["items"] == []


async def test_a_role_without_the_right_is_told_so(serve, bearer, anna, tutor):
    auditor = bearer(uuid4(), "auditor")
    async with serve() as client:
        id = await started(client, tutor, anna)
        is_problem(await client.post("/sessions", json=new(), headers=auditor | key()), 403, "forbidden")
        colleague = bearer(STRANGER, "teacher", **PLACE)
        is_problem(await client.post("/sessions", json=new(), headers=colleague | key()), 403, "forbidden")
        is_problem(await client.get(f"/sessions/{id}", headers=colleague), 404, "not-found")
        answer = await client.put(f"/sessions/{id}/answers/{CODES[0]}", json={"answer": "a"}, headers=tutor)
        is_problem(answer, 403, "forbidden")
        is_problem(await client.get("/instruments/meta-2026/1", headers=tutor), 403, "forbidden")
        listed = (await client.get("/sessions", headers=tutor)).json()["items"]
        assert [(each["id"], each["answered"]) for each in listed] == [(id, 0)]


async def test_others_read_how_far_a_session_is_and_what_it_gave_but_no_answers(serve, bearer, anna, tutor):
    async with serve() as client:
        id = await taken(client, tutor, anna, right=9)
        for role, place in [*ASSIGNERS, ("school_curator", PLACE), ("auditor", {})]:
            shown = (await client.get(f"/sessions/{id}", headers=bearer(uuid4(), role, **place))).json()
            assert (shown["items"], shown["answered"], shown["status"]) == ([], 25, "scored")
            assert shown["result"]["levels"]


async def test_questions_are_shown_to_those_who_started(serve, anna, tutor):
    async with serve() as client:
        id = await assigned(client, tutor)
        assert (await client.get(f"/sessions/{id}", headers=anna)).json()["items"] == []


async def test_2_8_3_a_session_of_another_school_is_not_started(serve, bearer, tutor):
    async with serve() as client:
        id = await assigned(client, tutor)
        moved = bearer(ANNA, "teacher", **NEIGHBOUR)
        body = is_problem(await client.post(f"/sessions/{id}/start", headers=moved | key()), 409, "other-school")
        assert body["clause"] == "2.8.3"


async def test_2_8_5_each_refusal_says_what_is_wrong_and_what_to_do(serve, anna, tutor):
    async with serve() as client:
        id = await assigned(client, tutor)
        path = f"/sessions/{id}/answers/{CODES[0]}"
        is_problem(await client.put(path, json={"answer": "a"}, headers=anna), 409, "not-started")
        is_problem(await client.post(f"/sessions/{id}/submission", headers=anna | key()), 409, "not-started")
        await client.post(f"/sessions/{id}/start", headers=anna | key())
        unknown = f"/sessions/{id}/answers/i-99"
        is_problem(await client.put(unknown, json={"answer": "a"}, headers=anna), 409, "unknown-item")
        is_problem(await client.put(path, json={"answer": "z"}, headers=anna), 409, "unknown-option")
        body = is_problem(
            await client.post(f"/sessions/{id}/submission", headers=anna | key()), 409, "items-unanswered"
        )
        assert body["title"] == "Ответы даны не на все вопросы."
        assert body["detail"].startswith("Ответьте на оставшиеся вопросы")
        assert body["clause"] == "2.8.5"


async def test_2_8_5_a_submitted_session_takes_no_other_answer(serve, anna, tutor):
    async with serve() as client:
        id = await taken(client, tutor, anna, right=25)
        shown = (await client.get(f"/sessions/{id}", headers=anna)).json()["items"][0]
        other = next(option["code"] for option in shown["options"] if option["code"] != shown["answer"])
        answer = await client.put(f"/sessions/{id}/answers/{shown['code']}", json={"answer": other}, headers=anna)
        is_problem(answer, 409, "already-submitted")
        assert (await client.get(f"/sessions/{id}", headers=anna)).json()["items"][0] == shown


async def test_1_3_only_published_instruments_are_assigned(serve, bearer, tutor):
    async with serve() as client:
        for other in ({"instrument": "none-2026"}, {"version": 9}):
            answer = await client.post("/sessions", json=new(**other), headers=tutor | key())
            is_problem(answer, 409, "unknown-instrument")
        centre = bearer(uuid4(), "regional_centre")
        is_problem(await client.get("/instruments/meta-2026/9", headers=centre), 404, "not-found")
        assert (await client.get("/sessions", headers=tutor)).json()["items"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"person_id": "anna"},
        {"purpose": "middle"},
        {"instrument": "meta 2026; drop"},
        {"instrument": "м" * 65},
        {"version": 0},
        {"school": ""},
        {"surprise": 1},
    ],
)
async def test_a_malformed_wish_names_its_field(serve, tutor, change):
    async with serve() as client:
        body = is_problem(
            await client.post("/sessions", json=new() | change, headers=tutor | key()), 422, "invalid-request"
        )
        assert [error["pointer"] for error in body["errors"]] == [f"#/{next(iter(change))}"]


async def test_without_a_token_or_a_key_nothing_happens(serve, tutor):
    async with serve() as client:
        is_problem(await client.get("/instruments"), 401, "unauthenticated")
        is_problem(await client.post("/sessions", json=new(), headers=key()), 401, "unauthenticated")
        is_problem(await client.post("/sessions", json=new(), headers=tutor), 400, "key-missing")
        is_problem(await client.get(f"/sessions/{uuid4()}", headers=tutor), 404, "not-found")
        assert (await client.get("/sessions", headers=tutor)).json()["items"] == []
