"""A session over a bad connection and on two devices: every answer is kept once, and nothing is lost in silence."""

import asyncio
from random import Random
from uuid import UUID

import pytest

from tests.diagnostics.test_api import ANNA, CODES, KEYS, PLACE, assigned, key, started
from tests.problems import is_problem


@pytest.fixture
def anna(bearer):
    return bearer(ANNA, "teacher", **PLACE)


@pytest.fixture
def tutor(bearer):
    return bearer(UUID(int=2), "tutor", **PLACE)


async def save(client, id, who, code, answer, sequence, device="phone"):
    body = {"answer": answer, "sequence": sequence, "device": device}
    return await client.put(f"/sessions/{id}/answers/{code}", json=body, headers=who)


async def test_2_8_5_saves_repeated_and_out_of_order_leave_the_last_of_each_item(serve, anna, tutor):
    random = Random(7)  # noqa: S311 - an experiment, not a secret
    async with serve() as client:
        id = await started(client, tutor, anna)
        saves = [(code, random.choice("abcd"), number) for number, code in enumerate(CODES * 2, 1)]
        last = {code: answer for code, answer, _ in saves}
        sent = [*saves, *random.sample(saves, 20)]
        random.shuffle(sent)
        for code, answer, number in sent:
            reply = await save(client, id, anna, code, answer, number)
            assert reply.status_code == 200, reply.text
        shown = (await client.get(f"/sessions/{id}", headers=anna)).json()
        assert {item["code"]: item["answer"] for item in shown["items"]} == last
        assert shown["sequence"] == len(saves)


async def test_2_8_5_two_devices_at_once_lose_nothing(serve, anna, tutor):
    async with serve() as client:
        id = await started(client, tutor, anna)

        async def device(name: str, codes: list[str], answer: str) -> set[int]:
            replies = [await save(client, id, anna, code, answer, n, name) for n, code in enumerate(codes, 1)]
            return {reply.status_code for reply in replies}

        both = await asyncio.gather(device("phone", CODES[:12], "a"), device("laptop", CODES[12:], "b"))
        assert both == [{200}, {200}]
        shown = (await client.get(f"/sessions/{id}", headers=anna)).json()
        assert [item["answer"] for item in shown["items"]] == ["a"] * 12 + ["b"] * 13


async def test_2_8_5_an_old_answer_of_the_other_device_is_told_and_changes_nothing(serve, anna, tutor):
    async with serve() as client:
        id = await started(client, tutor, anna)
        await save(client, id, anna, CODES[0], "a", 5, "phone")
        body = is_problem(await save(client, id, anna, CODES[0], "b", 3, "laptop"), 409, "answered-elsewhere")
        assert "Обновите страницу" in body["detail"]
        shown = (await client.get(f"/sessions/{id}", headers=anna)).json()
        assert (shown["items"][0]["answer"], shown["sequence"]) == ("a", 5)
        assert (await save(client, id, anna, CODES[0], "b", shown["sequence"] + 1, "laptop")).status_code == 200


async def test_2_8_5_a_submission_waits_for_its_last_answer_and_may_be_sent_twice(serve, anna, tutor):
    async with serve() as client:
        id = await started(client, tutor, anna)
        for number, code in enumerate(CODES, 1):
            await save(client, id, anna, code, "a", number)
        path, whole = f"/sessions/{id}/submission", {"sequence": 26}
        is_problem(await client.post(path, json=whole, headers=anna | key()), 409, "answers-on-the-way")
        await save(client, id, anna, CODES[0], KEYS[CODES[0]], 26)
        replies = await asyncio.gather(*(client.post(path, json=whole, headers=anna | key()) for _ in range(4)))
        assert {reply.status_code for reply in replies} == {200}
        history = (await client.get(f"/sessions/{id}", headers=anna)).json()
        assert history["status"] == "scored"
        late = await save(client, id, anna, CODES[1], "a", 2)
        assert late.status_code == 200  # what is known already
        assert history["version"] == late.json()["version"]


async def test_2_8_4_a_session_has_a_day_by_which_and_may_be_withdrawn(serve, anna, tutor, bearer):
    async with serve() as client:
        id = await assigned(client, tutor, due_on="2020-01-31")
        shown = (await client.get(f"/sessions/{id}", headers=anna)).json()
        assert (shown["due_on"], shown["overdue"]) == ("2020-01-31", True)
        started_late = await client.post(f"/sessions/{id}/start", headers=anna | key())
        assert started_late.status_code == 200  # a deadline passed is a mark, never an end
        reason = {"reason": "postponed"}
        is_problem(await client.post(f"/sessions/{id}/withdrawal", json=reason, headers=anna | key()), 403, "forbidden")
        assert (await client.post(f"/sessions/{id}/withdrawal", json=reason, headers=tutor | key())).status_code == 200
        body = is_problem(await save(client, id, anna, CODES[0], "a", 1), 409, "session-called-off")
        assert body["clause"] == "2.8.4"
        shown = (await client.get(f"/sessions/{id}", headers=anna)).json()
        assert (shown["status"], shown["overdue"]) == ("withdrawn", False)


async def test_1_6_what_a_teacher_assigned_to_themselves_they_withdraw_themselves(serve, anna, tutor):
    async with serve() as client:
        id = await assigned(client, anna)
        answer = await client.post(f"/sessions/{id}/withdrawal", json={"reason": "declined"}, headers=anna | key())
        assert answer.status_code == 200


@pytest.mark.parametrize("change", [{"sequence": -1}, {"sequence": 10**12}, {"device": "д" * 65}, {"device": "a b"}])
async def test_a_malformed_save_names_its_field(serve, anna, tutor, change):
    async with serve() as client:
        id = await started(client, tutor, anna)
        answer = await client.put(f"/sessions/{id}/answers/{CODES[0]}", json={"answer": "a"} | change, headers=anna)
        body = is_problem(answer, 422, "invalid-request")
        assert [error["pointer"] for error in body["errors"]] == [f"#/{next(iter(change))}"]
