"""What people answers and does not answer, as notifications takes it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from services.notifications.people import Entry, PeopleDirectory
from shared.http.directory import DirectoryUnavailable, PersonUnreadable
from tests.notifications.examples import ANNA, BORIS, VERA

PERSON = {"id": str(ANNA), "given_name": "Анна", "patronymic": "Ивановна", "email": "a@s.example", "consented": True}
Answer = Callable[[httpx.Request], httpx.Response]


class Asking:
    """A directory whose every question gets `answer`."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _: httpx.Response(500)
        self.asked: list[httpx.URL] = []
        client = httpx.AsyncClient(base_url="http://people", transport=httpx.MockTransport(self._answered))
        self.client, self.directory = client, PeopleDirectory(client)

    def _answered(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        return self.answer(request)

    def says(self, status: int, body: Any = None) -> None:
        self.answer = lambda _: httpx.Response(status, json=body)


@pytest.fixture
async def asking() -> AsyncIterator[Asking]:
    made = Asking()
    async with made.client:
        yield made


async def test_a_person_is_called_by_given_name_and_patronymic(asking: Asking):
    asking.says(200, PERSON | {"family_name": "Иванова", "school_name": None})
    assert await asking.directory.person(ANNA) == Entry(
        id=ANNA, name="Анна Ивановна", email="a@s.example", consented=True
    )
    assert [url.path for url in asking.asked] == [f"/directory/{ANNA}"]


async def test_a_person_may_lack_a_patronymic_an_address_and_consent(asking: Asking):
    asking.says(200, PERSON | {"patronymic": None, "email": None, "consented": False})
    assert await asking.directory.person(ANNA) == Entry(id=ANNA, name="Анна", email="", consented=False)


@pytest.mark.parametrize("status", [404, 410])
async def test_nobody_of_this_id_is_an_answer(asking: Asking, status: int):
    asking.says(status)
    assert await asking.directory.person(ANNA) is None


@pytest.mark.parametrize("status", [302, 401, 403, 502, 503])
async def test_people_that_serves_nobody_is_asked_again_later(asking: Asking, status: int):
    asking.says(status)
    with pytest.raises(DirectoryUnavailable):
        await asking.directory.person(ANNA)
    with pytest.raises(DirectoryUnavailable):
        await asking.directory.leaders("m-ust", "s-011")


UNSAID = {name: value for name, value in PERSON.items() if name != "consented"}


@pytest.mark.parametrize(("status", "body"), [(500, None), (200, "another program's page"), (200, UNSAID)])
async def test_people_that_breaks_at_one_person_stops_only_their_mail(asking: Asking, status: int, body: Any):
    asking.says(status, body)
    with pytest.raises(PersonUnreadable) as caught:
        await asking.directory.person(ANNA)
    assert "@" not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(DirectoryUnavailable):
        await asking.directory.leaders("m-ust", "s-011")


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1"])
async def test_people_is_not_there(url: str):
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        with pytest.raises(DirectoryUnavailable):
            await PeopleDirectory(client).person(ANNA)


async def test_a_school_is_led_by_its_administrators_and_coordinators_each_named_once(asking: Asking):
    holding = {"school_administrator": [BORIS, VERA], "school_coordinator": [VERA, ANNA]}
    asking.answer = lambda request: httpx.Response(
        200, json={"items": [{"id": str(each)} for each in holding[request.url.params["role"]]]}
    )
    assert await asking.directory.leaders("m-ust", "s-011") == [BORIS, VERA, ANNA]
    assert {(url.params["municipality"], url.params["school"]) for url in asking.asked} == {("m-ust", "s-011")}
    await asking.directory.leaders("", "s-011")
    assert "municipality" not in asking.asked[-1].params


async def test_2_8_2_coordinators_hold_their_role_in_the_municipality_and_the_centre_in_the_region(asking: Asking):
    asking.says(200, {"items": [{"id": str(VERA)}]})
    assert await asking.directory.coordinators("m-ust") == [VERA]
    assert await asking.directory.centre() == [VERA]
    assert [dict(url.params) for url in asking.asked] == [
        {"role": "municipal_coordinator", "municipality": "m-ust"},
        {"role": "regional_centre"},
    ]


async def test_without_a_place_nobody_is_asked_for(asking: Asking):
    assert await asking.directory.leaders("m-ust", "") == []
    assert await asking.directory.coordinators("") == []
    assert asking.asked == []
