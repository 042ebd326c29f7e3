"""The route card over HTTP: who may have it, in which form, and what happens while people does not answer."""

import io
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from services.routes import card_page, card_sheet, texts
from shared.http.credentials import ServiceAuth
from tests.problems import problem
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.routes.test_card import squeezed
from tests.routes.walk import ACTIVITY

CARD = f"/cards/{p.ANNA}/2026"
INFORMATION = {
    "family_name": "Ёлкина",
    "given_name": "Анна",
    "patronymic": "Петровна",
    "position": "учитель математики",
    "service_years": 12,
    "category": "высшая",
    "consented": True,
    "something_new": 1,
}


class People:
    """People's directory, as far as routes asks it; it answers only to a service that showed its secret."""

    def __init__(self) -> None:
        self.status = HTTPStatus.OK
        self.told: dict[str, Any] = dict(INFORMATION)
        self.away = False
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away", request=request)
        if request.url.path == "/service-token":
            known = request.content == b'{"service":"routes","secret":"s3"}'
            token = {"access_token": "of-routes", "expires_in": 600}
            return httpx.Response(200, json=token) if known else httpx.Response(401)
        if request.headers.get("Authorization") != "Bearer of-routes":
            return httpx.Response(401)
        self.asked.append(request.url.path)
        return httpx.Response(self.status, json=self.told)


@pytest.fixture
async def people(app: Any, client: httpx.AsyncClient) -> People:
    made = People()
    transport, auth = httpx.MockTransport(made.answer), ServiceAuth("routes", "s3")
    await app.state.runtime.people.aclose()
    app.state.runtime.people = httpx.AsyncClient(transport=transport, base_url="http://people", auth=auth)
    return made


@pytest.fixture
async def planned(walk: Any) -> Any:
    """A route of the regional model, designed with one activity; the tutor has the consent."""
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    await walk.anna.do(walk.at("activities"), ACTIVITY | {"tasks": [walk.task], "expected": "ОЖИДАЕМОЕ"})
    return walk


async def test_1_3_a_teacher_sees_the_card_with_their_name_as_it_is_now(planned, people):
    seen = await planned.anna.see(CARD)
    assert (seen["year"], seen["start"], seen["end"]) == ("2026-2027", "2026-09-01", "2027-08-31")
    assert [each["value"] for each in seen["lines"]] == [
        "Ёлкина Анна Петровна, учитель математики",
        "12 лет, высшая",
        "",
        "",
    ]
    assert len(seen["columns"]) == 8
    assert [each["cells"][1] for each in seen["activities"]] == ["Семинар «Критерии»"] * 2
    assert sorted(each["expected"] for each in seen["activities"]) == ["", "ОЖИДАЕМОЕ"]
    assert people.asked == [f"/directory/{p.ANNA}/information"]
    people.told["family_name"], people.told["attestation"] = "Соснова", "2027-03"
    lines = [each["value"] for each in (await planned.anna.see(CARD))["lines"]]
    assert (lines[0].split()[0], lines[3]) == ("Соснова", "март 2027")


async def test_1_3_the_printed_forms_are_files_without_a_name_in_theirs(planned, people):
    pdf = await planned.anna.get(f"{CARD}?as=pdf")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, card_page.MEDIA_TYPE)
    assert pdf.headers["content-disposition"] == 'attachment; filename="karta-iom-2026-2027.pdf"'
    assert pdf.headers["cache-control"] == "private, no-store"
    said = squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages))
    assert squeezed("Ёлкина Анна Петровна") in said
    assert "ОЖИДАЕМОЕ" not in said
    book = await planned.anna.get(f"{CARD}?as=xlsx")
    assert book.headers["content-type"] == card_sheet.MEDIA_TYPE
    assert load_workbook(io.BytesIO(book.content)).sheetnames == [texts.CARD_SHEET, texts.ANNEXES_SHEET]
    await problem(planned.anna.get(f"{CARD}?as=docx"), 422, "invalid-request")
    await problem(planned.anna.get(f"/cards/{p.ANNA}/1999"), 422, "invalid-request")


INSIDE = [
    ("school_administrator", PLACE),
    ("school_coordinator", PLACE),
    ("school_curator", PLACE),
    ("municipal_coordinator", {"municipality": "m-ust"}),
    ("regional_centre", {}),
    ("auditor", {}),
    ("auditor", {"municipality": "m-ust"}),
]
OUTSIDE = [
    ("", {}),
    ("teacher", PLACE),
    ("tutor", PLACE),
    ("methodist", {}),
    ("subscriber", {}),
    ("administrator", {}),
    ("school_administrator", {"municipality": "m-ust", "school": "s-012"}),
    ("municipal_coordinator", {"municipality": "m-other"}),
    ("auditor", {"municipality": "m-other"}),
]


async def test_2_8_the_card_is_for_those_who_may_read_the_routes(planned, people, somebody):
    for role, place in INSIDE:
        seen = await somebody(uuid4(), role, **place).see(CARD)
        assert len(seen["activities"]) == 2, (role, place)
    for role, place in OUTSIDE:
        stranger = somebody(uuid4(), role, **place)
        for wish in (CARD, f"{CARD}?as=pdf", f"{CARD}?as=xlsx"):
            await problem(stranger.get(wish), 404, "not-found")


async def test_3_1_2_a_tutor_has_the_card_with_consent_and_not_without(planned, people):
    assert len((await planned.boris.see(CARD))["activities"]) == 2
    await planned.anna.do(planned.at("consent-withdrawal"))
    await problem(planned.boris.get(CARD), 404, "not-found")


async def test_2_8_a_reader_sees_the_activities_of_the_routes_that_are_open_to_them(planned, people):
    """A second route, which the tutor of the first one has nothing to do with."""
    anna, director = planned.anna, planned.director
    other = (await anna.do("/routes", PLACE))["id"]
    await director.do(f"/routes/{other}/tutor", {"tutor_id": str(p.DIRECTOR)})
    await anna.do(f"/routes/{other}/model", {"model": "school"})
    basis = (await anna.do(f"/routes/{other}/request", {"text": "учиться"}))["item_id"]
    task = (await anna.do(f"/routes/{other}/tasks", {"text": "задача", "bases": [basis]}))["item_id"]
    await anna.do(f"/routes/{other}/activities", ACTIVITY | {"tasks": [task]})
    assert len((await anna.see(CARD))["activities"]) == 3
    assert len((await director.see(CARD))["activities"]) == 3
    assert {each["route_id"] for each in (await planned.boris.see(CARD))["activities"]} == {planned.id}


async def test_an_empty_year_is_an_empty_card_for_those_who_may_know_the_teacher(planned, people, somebody):
    for reader in (planned.anna, planned.director):
        assert (await reader.see(f"/cards/{p.ANNA}/2030"))["activities"] == []
    vera = UUID(int=77)
    assert (await somebody(vera, "teacher", **PLACE).see(f"/cards/{vera}/2026"))["activities"] == []
    await problem(planned.director.get(f"/cards/{vera}/2026"), 404, "not-found")


@pytest.mark.parametrize("wish", ["", "?as=pdf", "?as=xlsx"])
async def test_while_people_does_not_answer_the_card_waits(planned, people, wish: str):
    people.away = True
    body = await problem(planned.anna.get(CARD + wish), 503, "try-later")
    assert "Ёлкина" not in str(body)
    people.away = False
    for people.status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.INTERNAL_SERVER_ERROR):
        await problem(planned.anna.get(CARD + wish), 503, "try-later")
    people.status = HTTPStatus.OK
    assert (await planned.anna.get(CARD + wish)).status_code == 200


async def test_4_4_a_forgotten_person_has_no_card(planned, people):
    for people.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        body = await problem(planned.director.get(CARD), 409, "teacher-unnamed")
        assert (body["clause"], body["title"]) == ("4.4", texts.REFUSALS["teacher-unnamed"][0])
    people.status = HTTPStatus.OK
    people.told["consented"] = False
    await problem(planned.director.get(CARD), 409, "teacher-unnamed")


async def test_what_a_stranger_asks_for_is_not_asked_of_people(planned, people, somebody):
    await problem(somebody(uuid4(), "teacher", **PLACE).get(CARD), 404, "not-found")
    assert people.asked == []


async def test_forgotten_words_leave_their_cells_empty(planned, people, app):
    await app.state.runtime.keys.destroy(p.ANNA)
    app.state.runtime.executor._states.clear()  # within a minute every process does so by itself
    cells = (await planned.director.see(CARD))["activities"][0]["cells"]
    assert (cells[1], cells[4], cells[6]) == ("семинар", "", "")
    assert (await planned.director.get(f"{CARD}?as=pdf")).status_code == 200
