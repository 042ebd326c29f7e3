"""What a service tells about itself: alive, ready or why not, its numbers, and its promises to who may follow them."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from shared.settings import ServiceSettings
from tests.bus.wire import until_async
from tests.http.conftest import ANNA, Live, key, runtime_of, talking_to
from tests.http.door import Door
from tests.http.notebook import build
from tests.issuer import Issuer

Headers = dict[str, str]


async def ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


async def write(client: httpx.AsyncClient, headers: Headers, text: str = "первая") -> str:
    response = await client.post("/notes", json={"text": text}, headers=headers | key())
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def until_position(client: httpx.AsyncClient, position: int) -> None:
    sequencer = runtime_of(client).sequencer
    async with asyncio.timeout(20):
        while sequencer.position < position:
            await sequencer.wait_beyond(sequencer.position, 1)


async def test_a_service_without_broker_is_alive_and_ready(live: Live):
    async with live() as client:
        alive, is_ready = await client.get("/healthz"), await client.get("/readyz")
        assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
        assert (is_ready.status_code, is_ready.json()) == (200, {"status": "ok", "reasons": []})


async def test_a_service_waits_for_its_database_and_then_works(settings: ServiceSettings, anna: Headers):
    async with Door(settings.database_url.get_secret_value(), is_open=False) as door:
        app = build(settings.model_copy(update={"database_url": SecretStr(door.url)}))
        async with talking_to(app) as client:
            assert (await client.get("/healthz")).status_code == 200
            waiting = await client.get("/readyz")
            assert (waiting.status_code, waiting.json()["status"]) == (503, "not ready")
            assert "database" in waiting.json()["reasons"][0]
            response = await client.get(f"/notes/{uuid4()}", headers=anna)
            assert (response.status_code, response.json()["type"]) == (503, "/problems/store-unavailable")
            post = await client.post("/notes", json={"text": "x"}, headers=anna | key())
            assert (post.status_code, post.json()["type"]) == (503, "/problems/store-unavailable")
            door.open()
            await app.state.runtime.until_started()
            assert await ready(client)
            await write(client, anna)


async def test_a_service_whose_database_goes_away_says_so_and_comes_back(settings: ServiceSettings, anna: Headers):
    async with Door(settings.database_url.get_secret_value()) as door:
        app = build(settings.model_copy(update={"database_url": SecretStr(door.url)}))
        async with talking_to(app) as client:
            await app.state.runtime.until_started()
            id = await write(client, anna)
            door.shut()
            gone = await client.get("/readyz")
            assert (gone.status_code, gone.json()["reasons"]) == (503, ["store: the database does not answer"])
            assert (await client.get("/healthz")).status_code == 200
            response = await client.get(f"/notes/{id}", headers=anna)
            assert (response.status_code, response.json()["type"]) == (503, "/problems/store-unavailable")
            assert response.headers["Retry-After"] == "5"
            door.open()
            await until_async(lambda: ready(client))
            assert (await client.get(f"/notes/{id}", headers=anna)).status_code == 200
            await write(client, anna)


async def test_a_service_is_not_ready_while_its_broker_is_away_and_works_all_the_same(
    settings: ServiceSettings, amqp_url: str, anna: Headers
):
    async with Door(amqp_url, is_open=False) as door:
        app = build(settings.model_copy(update={"broker_url": SecretStr(door.url)}))
        async with talking_to(app) as client:
            await app.state.runtime.until_started()
            waiting = await client.get("/readyz")
            assert (waiting.status_code, waiting.json()["reasons"]) == (
                503,
                ["broker: the relay is not connected", "consumers: not attached to the inbox"],
            )
            await write(client, anna)
            door.open()
            await until_async(lambda: ready(client))
            door.shut()
            await until_async(lambda: not_ready(client))
            await write(client, anna)


async def not_ready(client: httpx.AsyncClient) -> bool:
    return not await ready(client)


async def test_a_service_far_behind_is_not_ready(settings: ServiceSettings, amqp_url: str, anna: Headers):
    changes = {"broker_url": SecretStr("amqp://guest:guest@127.0.0.1:1/"), "lag_limit": 1}
    app = build(settings.model_copy(update=changes))
    async with talking_to(app) as client:
        await app.state.runtime.until_started()
        for _ in range(2):
            await write(client, anna)
        await until_position(client, 2)
        assert "lag: 2 facts wait to be published" in (await client.get("/readyz")).json()["reasons"]


async def test_a_service_that_only_waits_is_degraded_and_ready(live: Live, monkeypatch: pytest.MonkeyPatch):
    async with live() as client:
        worry = "broker: 7 facts wait to be published: no confirm within 5 s"
        monkeypatch.setattr(runtime_of(client), "worries", lambda: [worry])
        said = await client.get("/readyz")
        assert (said.status_code, said.json()) == (200, {"status": "degraded", "reasons": [worry]})


async def metrics(client: httpx.AsyncClient) -> dict[str, float]:
    lines = (await client.get("/metrics")).text.splitlines()
    return {name: float(number) for name, number in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


async def test_numbers_tell_how_requests_were_answered_and_how_far_the_log_is(live: Live, anna: Headers):
    async with live() as client:
        id = await write(client, anna)
        await client.get(f"/notes/{id}", headers=anna)
        await client.get(f"/notes/{uuid4()}", headers=anna)
        await client.get("/no/such/address")
        await client.request("INVENTED", f"/notes/{id}")
        await until_position(client, 1)
        found = await metrics(client)
        seconds = 'http_request_seconds_count{method="%s",route="%s",status="%s"}'
        assert found[seconds % ("POST", "/notes", 201)] == 1
        assert found[seconds % ("GET", "/notes/{id}", 200)] == 1
        assert found[seconds % ("GET", "/notes/{id}", 404)] == 1
        assert found[seconds % ("GET", "unknown", 404)] == 1
        assert found["iom_log_position"] == 1
        assert not [name for name in found if id in name or "INVENTED" in name]


async def test_with_a_broker_numbers_tell_of_the_relay_and_the_inbox(live: Live, amqp_url: str, anna: Headers):
    async with live(broker_url=SecretStr(amqp_url)) as client:
        await until_async(lambda: ready(client))
        await write(client, anna)
        await until_position(client, 1)

        async def published() -> bool:
            return (await metrics(client))["iom_relay_lag"] == 0

        await until_async(published)
        found = await metrics(client)
        assert (found["iom_relay_connected"], found["iom_inbox_attached"]) == (1, 1)
        counted = ("relay_unroutable", "inbox_refused", "inbox_rejected", "inbox_gaps")
        assert {found[f"iom_{name}_total"] for name in counted} == {0}


async def test_a_promise_says_what_it_follows_wherever_reading_begins(live: Live, anna: Headers, issuer: Issuer):
    follower = issuer.bearer(uuid4(), "subscriber")
    async with live() as client:
        id = await write(client, anna)
        for text in ("второе", "третье"):
            await client.put(f"/notes/{id}", json={"text": text}, headers=anna | key())
        await until_position(client, 3)
        for after, follows in ((2, ["note_written.v1=2"]), (0, [None, "note_written.v1=1", "note_written.v1=2"])):
            page = (await client.get("/events", params={"after": after}, headers=follower)).json()
            assert [each.get("follows") for each in page["items"]] == follows


async def test_promises_are_read_behind_a_cursor_by_who_may_follow_them(live: Live, anna: Headers, issuer: Issuer):
    follower = issuer.bearer(uuid4(), "subscriber")
    async with live() as client:
        ids = [await write(client, anna, "текст" * n) for n in (1, 2)]
        await client.post(f"/notes/{ids[0]}/seal", headers=anna | key())
        await until_position(client, 3)
        page = (await client.get("/events", params={"limit": 1}, headers=follower)).json()
        rest = (await client.get("/events", params={"after": page["next"]}, headers=follower)).json()
        assert [each["data"]["letters"] for each in page["items"] + rest["items"]] == [5, 10]
        assert "follows" not in page["items"][0] | rest["items"][0], "another note is another stream"
        assert (page["next"], rest["next"]) == (1, 3)  # the sealing is private, and its position is passed
        assert (await client.get("/events", params={"after": 3}, headers=follower)).json() == {"items": [], "next": 3}
        first = page["items"][0]
        assert (first["specversion"], first["type"], first["source"], first["subject"]) == (
            "1.0",
            "notes.note_written.v1",
            "/services/notes",
            f"note-{ids[0]}",
        )


@pytest.mark.parametrize("role", ["subscriber", "auditor", "regional_centre", "service"])
async def test_followers_read_the_feed(live: Live, issuer: Issuer, role: str):
    service = {"Authorization": f"Bearer {issuer.token(ANNA, svc='portal')}"}
    async with live() as client:
        headers = service if role == "service" else issuer.bearer(ANNA, role)
        assert (await client.get("/events", headers=headers)).status_code == 200


async def test_others_do_not_read_the_feed(live: Live, anna: Headers, issuer: Issuer):
    async with live() as client:
        assert (await client.get("/events")).status_code == 401
        for headers in (anna, issuer.bearer(ANNA), issuer.bearer(ANNA, "administrator")):
            assert (await client.get("/events", headers=headers)).status_code == 403
        follower = issuer.bearer(ANNA, "auditor")
        for wrong in ({"after": -1}, {"limit": 0}, {"limit": 1001}, {"after": "x"}):
            assert (await client.get("/events", params=wrong, headers=follower)).status_code == 422
