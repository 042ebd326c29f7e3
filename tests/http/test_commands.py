"""A command over HTTP: its key, its version and its answer, against a real service and its database."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from shared.http import problems
from tests.http.conftest import BORIS, Live, key, runtime_of
from tests.http.notebook import SECRET
from tests.issuer import Issuer

Headers = dict[str, str]


def refused(response: httpx.Response, status: int, name: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == problems.MEDIA_TYPE
    assert response.json()["type"] == f"/problems/{name}"


async def write(client: httpx.AsyncClient, headers: Headers, text: str = "первая") -> httpx.Response:
    return await client.post("/notes", json={"text": text}, headers=headers)


async def written(client: httpx.AsyncClient, headers: Headers) -> str:
    response = await write(client, headers | key())
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def text_of(client: httpx.AsyncClient, id: str, headers: Headers) -> str:
    return str((await client.get(f"/notes/{id}", headers=headers)).json()["text"])


async def test_an_accepted_command_answers_its_id_its_version_and_an_etag(live: Live, anna: Headers):
    async with live() as client:
        made = await write(client, anna | key())
        id = made.json()["id"]
        assert (made.status_code, made.json(), made.headers["ETag"]) == (201, {"id": id, "version": 1}, '"1"')
        sealed = await client.post(f"/notes/{id}/seal", headers=anna | key())
        assert (sealed.status_code, sealed.json(), sealed.headers["ETag"]) == (200, {"id": id, "version": 2}, '"2"')
        shown = await client.get(f"/notes/{id}", headers=anna)
        assert (shown.headers["ETag"], shown.json()["text"]) == ('"2"', "первая")


async def test_who_may_not_be_known_is_asked_to_sign_in(live: Live, issuer: Issuer):
    async with live() as client:
        strangers: list[Headers] = [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer nonsense"}]
        strangers += [{"Authorization": f"Bearer {issuer.token(BORIS, lasting=-100)}"}, Issuer().bearer(BORIS)]
        for headers in strangers:
            response = await write(client, headers | key())
            refused(response, 401, "unauthenticated")
            assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_post_without_key_is_refused_and_a_put_needs_none(live: Live, anna: Headers):
    async with live() as client:
        refused(await write(client, anna), 400, "key-missing")
        refused(await write(client, anna | {"Idempotency-Key": "  "}), 400, "key-missing")
        id = await written(client, anna)
        refused(await client.post(f"/notes/{id}/seal", headers=anna), 400, "key-missing")
        assert (await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=anna)).status_code == 200
        assert await text_of(client, id, anna) == "вторая"


async def test_a_key_has_at_most_two_hundred_letters(live: Live, anna: Headers):
    async with live() as client:
        refused(await write(client, anna | key("k" * 201)), 400, "malformed-request")
        assert (await write(client, anna | key("k" * 200))).status_code == 201


async def test_a_repeat_is_answered_as_the_first_time_and_does_nothing(live: Live, anna: Headers):
    async with live() as client:
        headers = anna | key("once")
        first = await write(client, headers)
        id = first.json()["id"]
        await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=anna)
        again = await write(client, headers)
        assert (again.status_code, again.json(), again.headers["ETag"]) == (201, first.json(), '"1"')
        assert await text_of(client, id, anna) == "вторая"
    async with live() as client:  # nor after a restart
        assert (await write(client, headers)).json() == first.json()
        assert (await client.get(f"/notes/{id}", headers=anna)).headers["ETag"] == '"2"'


async def test_repeats_at_once_have_one_effect(live: Live, anna: Headers):
    async with live() as client:
        headers = anna | key()
        answers = await asyncio.gather(*(write(client, headers) for _ in range(8)))
        assert {(each.status_code, each.text) for each in answers} == {(201, answers[0].text)}
        assert (await client.get(f"/notes/{answers[0].json()['id']}", headers=anna)).headers["ETag"] == '"1"'


async def test_a_repeat_is_answered_even_when_the_rules_would_say_no_by_now(live: Live, anna: Headers):
    async with live() as client:
        id = await written(client, anna)
        amending = anna | key("amend")
        first = await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=amending)
        await client.post(f"/notes/{id}/seal", headers=anna | key())
        again = await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=amending)
        assert (again.status_code, again.json()) == (200, first.json())
        refused(await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=anna | key()), 409, "note-sealed")


async def test_one_key_for_another_body_or_another_address_is_refused(live: Live, anna: Headers):
    async with live() as client:
        headers = anna | key("one")
        id = (await write(client, headers)).json()["id"]
        refused(await write(client, headers, "другая"), 422, "key-reused")
        other = await written(client, anna)
        sealing = anna | key("two")
        assert (await client.post(f"/notes/{other}/seal", headers=sealing)).status_code == 200
        refused(await client.post(f"/notes/{id}/seal", headers=sealing), 422, "key-reused")
        assert (await client.get(f"/notes/{id}", headers=anna)).headers["ETag"] == '"1"'


async def test_another_persons_equal_key_is_another_key(live: Live, anna: Headers, issuer: Issuer):
    boris = issuer.bearer(BORIS, "teacher")
    async with live() as client:
        mine = await write(client, anna | key("same"))
        theirs = await write(client, boris | key("same"), "другая")
        assert (mine.status_code, theirs.status_code) == (201, 201)
        assert mine.json()["id"] != theirs.json()["id"]


@pytest.mark.parametrize("header", ['"1"', 'W/"1"', "*", None])
async def test_a_version_that_still_holds_lets_a_change_pass(live: Live, anna: Headers, header: str | None):
    async with live() as client:
        id = await written(client, anna)
        headers = anna | ({"If-Match": header} if header else {})
        assert (await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=headers)).json()["version"] == 2


@pytest.mark.parametrize("header", ['"0"', '"2"', '"999999999"'])
async def test_a_version_that_does_not_hold_changes_nothing(live: Live, anna: Headers, header: str):
    async with live() as client:
        id = await written(client, anna)
        response = await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=anna | {"If-Match": header})
        refused(response, 412, "stale-version")
        assert await text_of(client, id, anna) == "первая"


@pytest.mark.parametrize("header", ["1", '"one"', '"1', '"-1"', '"1", "2"', '"1234567890"', "ю".encode()])
async def test_a_version_that_cannot_be_read_changes_nothing(live: Live, anna: Headers, header: str | bytes):
    async with live() as client:
        id = await written(client, anna)
        named = [*anna.items(), ("If-Match", header)]
        response = await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=named)  # type: ignore[arg-type]
        refused(response, 400, "malformed-request")
        assert await text_of(client, id, anna) == "первая"


async def test_of_two_changes_of_one_version_one_is_told_to_look_again(live: Live, anna: Headers):
    async with live() as client:
        id = await written(client, anna)
        headers = anna | {"If-Match": '"1"'}
        texts = ("вторая", "третья")
        answers = await asyncio.gather(*(client.put(f"/notes/{id}", json={"text": t}, headers=headers) for t in texts))
        assert sorted(each.status_code for each in answers) == [200, 412]


async def test_a_refusal_is_a_conflict_in_the_services_words(live: Live, anna: Headers):
    async with live() as client:
        id = await written(client, anna)
        for _ in range(2):  # a wish already true is granted again
            assert (await client.post(f"/notes/{id}/seal", headers=anna | key())).json()["version"] == 2
        response = await client.put(f"/notes/{id}", json={"text": "вторая"}, headers=anna)
        refused(response, 409, "note-sealed")
        assert response.json()["title"] == "Запись закрыта."
        assert response.json()["clause"] == "1.10"


async def test_what_is_not_there_and_what_cannot_be_read(live: Live, anna: Headers):
    async with live() as client:
        refused(await client.get(f"/notes/{uuid4()}", headers=anna), 404, "not-found")
        refused(await client.get("/notes/7", headers=anna), 422, "invalid-request")
        json = {"Content-Type": "application/json"}
        refused(await client.post("/notes", content=b"{", headers=anna | key() | json), 400, "malformed-request")
        unnamed = await client.post("/notes", content=b'{"text": "x"}', headers=anna | key())
        refused(unnamed, 422, "invalid-request")
        assert "Content-Type" in unnamed.json()["errors"][0]["detail"]
        refused(await write(client, anna | key(), ""), 422, "invalid-request")
        refused(await write(client, anna | key(), "x" * 3000), 413, "too-large")


async def test_facts_keep_who_did_it_by_what_right_and_in_which_trace(live: Live, anna: Headers, issuer: Issuer):
    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    service = {"Authorization": f"Bearer {issuer.token(BORIS, svc='routes')}"}
    async with live() as client:
        id = UUID((await write(client, anna | key() | parent)).json()["id"])
        await client.post(f"/notes/{id}/seal", headers=service | key())
        mine, theirs = (fact.context for fact in await runtime_of(client).store.read(f"note-{id}"))
    assert (mine.actor, mine.role, mine.scope, mine.command_name) == (UUID(int=1), "own", "own", "Write")
    assert (mine.correlation, mine.trace.split("-")[1]) == (trace, trace)
    assert (theirs.actor, theirs.role, theirs.scope) == (None, "service", "service:routes")


async def test_a_defect_leaks_nothing_and_names_the_trace_to_ask_about(live: Live, caplog: pytest.LogCaptureFixture):
    trace = "0af7651916cd43dd8448eb211c80319c"
    async with live() as client:
        parent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
        response = await client.get(f"/notes/{uuid4()}/defect", headers=parent)
        refused(response, 500, "internal-error")
        assert response.json()["trace_id"] == trace
        assert SECRET not in response.text + caplog.text
        assert "RuntimeError at notebook.py" in caplog.text
