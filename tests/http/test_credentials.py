"""A service's own credentials: fetched when needed, renewed in time, and no harm while people is away."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.http import credentials
from shared.http.credentials import ServiceAuth, people_client
from tests.http.jwks import address

LOGIN = {"service": "certificates", "secret": "s3cret"}


class People:
    """A people service that gives numbered tokens and serves whoever holds one that it still takes."""

    def __init__(self) -> None:
        self.given = 0
        self.taken: set[str] = set()
        self.lasting = 600.0
        self.failing = 0
        self.tries: list[str | None] = []

    async def answer(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if request.url.path == "/service-token":
            return self.give(request)
        self.tries.append(request.headers.get("Authorization"))
        known = self.tries[-1] in self.taken
        return httpx.Response(200, json={"path": request.url.path}) if known else httpx.Response(401)

    def give(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "POST"
        assert "Authorization" not in request.headers
        assert httpx.Response(200, content=request.content).json() == LOGIN
        assert request.url.query == b""
        self.given += 1
        if self.failing:
            return httpx.Response(self.failing, json={"title": "no"})
        token = f"t{self.given}"
        self.taken.add(f"Bearer {token}")
        answer: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "expires_in": self.lasting}
        return httpx.Response(200, json=answer)


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
async def client(people: People) -> AsyncIterator[httpx.AsyncClient]:
    auth = ServiceAuth(LOGIN["service"], LOGIN["secret"])
    transport = httpx.MockTransport(people.answer)
    async with httpx.AsyncClient(transport=transport, base_url="http://people", auth=auth) as client:
        yield client


async def test_a_token_is_fetched_once_and_used_again(client: httpx.AsyncClient, people: People):
    for _ in range(3):
        response = await client.get("/directory/1?role=tutor")
        assert (response.status_code, response.json()) == (200, {"path": "/directory/1"})
    assert (people.given, people.tries) == (1, ["Bearer t1"] * 3)


async def test_many_requests_at_once_fetch_one_token(client: httpx.AsyncClient, people: People):
    answers = await asyncio.gather(*(client.get("/directory") for _ in range(10)))
    assert {each.status_code for each in answers} == {200}
    assert people.given == 1


async def test_a_token_is_renewed_before_it_ends(
    client: httpx.AsyncClient, people: People, monkeypatch: pytest.MonkeyPatch
):
    started = time.monotonic()
    moment = started
    monkeypatch.setattr(credentials, "monotonic", lambda: moment)
    await client.get("/directory")
    moment = started + people.lasting - credentials.EARLY - 1
    await client.get("/directory")
    assert people.given == 1
    moment += 2
    await client.get("/directory")
    assert people.tries == ["Bearer t1", "Bearer t1", "Bearer t2"]


async def test_a_token_no_longer_taken_is_renewed_once(client: httpx.AsyncClient, people: People):
    await client.get("/directory")
    people.taken.clear()  # people was given new keys
    assert (await client.get("/directory")).status_code == 200
    assert people.tries == ["Bearer t1", "Bearer t1", "Bearer t2"]


async def test_a_right_that_is_missing_is_told_and_not_asked_for_ever(client: httpx.AsyncClient, people: People):
    people.taken = set()
    people.give = lambda _: httpx.Response(200, json={"access_token": "x", "expires_in": 600})  # type: ignore[method-assign]
    assert (await client.get("/directory")).status_code == 401
    assert people.tries == ["Bearer x", "Bearer x"]


@pytest.mark.parametrize("failing", [401, 503])
async def test_a_secret_not_taken_is_a_plain_no(client: httpx.AsyncClient, people: People, failing: int):
    people.failing = failing
    assert (await client.get("/directory")).status_code == 401
    assert people.tries == [None, None]  # an empty token would be no lawful header
    people.failing = 0
    assert (await client.get("/directory")).status_code == 200


async def test_an_answer_that_is_no_token_is_a_plain_no(client: httpx.AsyncClient, people: People):
    people.give = lambda _: httpx.Response(200, text="<html>maintenance</html>")  # type: ignore[method-assign]
    assert (await client.get("/directory")).status_code == 401


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1"])
async def test_while_people_is_not_there_a_request_fails_as_a_transport_error(url: str):
    async with people_client(url, "certificates", "s3cret") as client:
        with pytest.raises(httpx.TransportError):
            await client.get("/directory/1")


async def test_over_a_real_connection_a_failing_people_gives_its_status():
    async with address() as place, people_client(place.url, "certificates", "s3cret") as client:
        assert (await client.get("/directory/1")).status_code == 500
        assert place.asked == 2  # for the token, and the request itself
