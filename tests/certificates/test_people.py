"""The name on the paper comes from people as it is there at that moment, or not at all."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.certificates.people import Holder, HolderUnknown, PeopleDirectory
from shared.http.directory import DirectoryUnavailable
from tests.certificates.examples import ANNA

ENTRY: dict[str, Any] = {
    "id": str(ANNA),
    "family_name": "Ёлкина",
    "given_name": "Анна",
    "patronymic": "Петровна",
    "email": "anna@example.ru",
    "position": "учитель",
    "school_name": "МАОУ «СОШ № 11»",
    "consented": True,
}


def directory(answer: Callable[[httpx.Request], httpx.Response]) -> PeopleDirectory:
    return PeopleDirectory(httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://people"))


def saying(**changes: Any) -> PeopleDirectory:
    return directory(lambda request: httpx.Response(200, json=ENTRY | changes))


async def test_a_name_is_family_given_and_patronymic() -> None:
    assert await saying().holder(ANNA) == Holder(name="Ёлкина Анна Петровна", workplace="МАОУ «СОШ № 11»")


async def test_the_right_person_is_asked_for() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=ENTRY)

    await directory(answer).holder(ANNA)
    assert asked == [f"/directory/{ANNA}"]


async def test_no_patronymic_and_no_school_is_ordinary() -> None:
    assert await saying(patronymic=None, school_name=None).holder(ANNA) == Holder(name="Ёлкина Анна", workplace="")


async def test_signs_that_no_paper_can_show_are_left_out() -> None:
    found = await saying(given_name="Анна\x00\n ", patronymic="\ue000").holder(ANNA)
    assert found.name == "Ёлкина Анна"


@pytest.mark.parametrize("changes", [{"consented": False}, {"family_name": "", "given_name": " ", "patronymic": None}])
async def test_without_consent_or_name_there_is_nothing_to_print(changes: dict[str, Any]) -> None:
    with pytest.raises(HolderUnknown):
        await saying(**changes).holder(ANNA)


async def test_an_unknown_person_is_not_an_absent_directory() -> None:
    with pytest.raises(HolderUnknown):
        await directory(lambda request: httpx.Response(404)).holder(ANNA)


@pytest.mark.parametrize("status", [401, 403, 429, 502, 503])
async def test_any_other_answer_means_later(status: int) -> None:
    with pytest.raises(DirectoryUnavailable):
        await directory(lambda request: httpx.Response(status)).holder(ANNA)


async def test_no_answer_means_later() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(DirectoryUnavailable):
        await directory(refuse).holder(ANNA)


async def test_what_breaks_people_at_one_person_stops_nobody_else() -> None:
    with pytest.raises(HolderUnknown):
        await directory(lambda request: httpx.Response(500)).holder(ANNA)


async def test_an_answer_that_cannot_be_read_is_not_quoted() -> None:
    with pytest.raises(HolderUnknown) as caught:
        await saying(family_name=["Ёлкина"]).holder(ANNA)
    assert "Ёлкина" not in str(caught.value)
