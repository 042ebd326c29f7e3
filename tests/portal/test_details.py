"""One's own details, password and address in the cabinet (p. 3.1.3)."""

import json
from typing import Any

import httpx
import pytest

from services.portal import texts
from tests.portal.suite import PASSWORD, TOKEN, Browser, Services, problem
from tests.portal.test_web import check_readable

CARD: dict[str, Any] = {
    "id": "x",
    "version": 7,
    "family_name": "Орлова",
    "given_name": "Анна",
    "patronymic": None,
    "email": "anna@example.ru",
    "phone": "+7 900 000-00-00",
    "workplace": "Школа № 1",
    "position": "учитель математики",
    "service_years": 4,
    "category": None,
    "attestation": "2024-05",
    "consented": True,
    "new_email": None,
}
HERE = "/cabinet/details"
PAGES = {
    "/cabinet/password": ("/me/password", {"old": "старый", "new": PASSWORD, "again": PASSWORD}),
    "/cabinet/email": ("/me/email", {"email": "new@example.ru", "password": PASSWORD}),
    "/cabinet/email-code": ("/me/email-confirmation", {"code": "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY-Z"}),
    "/cabinet/consent": ("/persons/x/consent", {"agreed": "ab" * 32}),
}


@pytest.fixture(autouse=True)
def people(services: Services, browser: Browser) -> None:
    browser.client.cookies.set("iom_token", TOKEN, domain="portal.test", path="/")
    done = httpx.Response(200, json={"id": "x", "version": 8})
    services.answers |= {f"people {command}": done for command, _ in PAGES.values()}
    text = {"kind": "personal_data", "version": "1", "title": "Согласие", "valid_from": "2020-01-01"}
    services.answers |= {
        "people /me": httpx.Response(200, json=CARD),
        "people /persons/x/details": done,
        "people /consents/personal_data": httpx.Response(200, json=text | {"sha256": "ab" * 32, "text": "Текст."}),
    }


def sent(services: Services, path: str) -> list[httpx.Request]:
    return [request for _, request in services.asked if request.url.path == path]


async def test_3_1_3_a_person_sees_and_changes_what_is_known_of_them(browser: Browser, services: Services) -> None:
    page = await browser.open(HERE)
    check_readable(page)
    form = page.form(HERE)
    assert (form["family_name"], form["patronymic"], form["service_years"]) == ("Орлова", "", "4")
    assert HERE in [each["href"] for each in page.all("a") if "aria-current" in each]
    page = await browser.fill(page, HERE, category="первая", phone="")
    assert texts.SAID["saved"] in page.text
    (request,) = sent(services, "/persons/x/details")
    assert json.loads(request.content) == {"category": "первая", "phone": None}
    assert request.headers["if-match"] == '"7"'


async def test_nothing_is_sent_where_nothing_differs(browser: Browser, services: Services) -> None:
    page = await browser.fill(await browser.open(HERE), HERE)
    assert texts.SAID["saved"] in page.text
    assert sent(services, "/persons/x/details") == []


async def test_who_was_overtaken_sees_the_fresh_values_and_their_own_beside(
    browser: Browser, services: Services
) -> None:
    page = await browser.open(HERE)
    services.answers["people /persons/x/details"] = problem(412, "Запись изменилась.", kind="stale-version")
    services.answers["people /me"] = httpx.Response(200, json=CARD | {"version": 8, "position": "завуч"})
    page = await browser.fill(page, HERE, position="учитель физики")
    assert page.status == 412
    check_readable(page)
    assert texts.TEXT["details_changed"] in page.text
    assert page.form(HERE)["position"] == "завуч"
    assert page.by_id["position-note"] == texts.TEXT["typed"].format(value="учитель физики")
    assert "position-note" in (page.field("position")["aria-describedby"] or "")
    assert [id for id in page.by_id if id.endswith("-note")] == ["position-note"]
    await browser.fill(page, HERE, position="учитель физики")
    assert [each.headers["if-match"] for each in sent(services, "/persons/x/details")] == ['"7"', '"8"']


async def test_what_people_refuses_stands_beside_its_field(browser: Browser, services: Services) -> None:
    no = problem(422, "Неверно.", kind="invalid-request", service_years="Укажите целое число.")
    services.answers["people /persons/x/details"] = no
    page = await browser.fill(await browser.open(HERE), HERE, service_years="много")
    assert page.wrong() == {"service_years": "Укажите целое число."}
    assert page.form(HERE)["service_years"] == "много"
    assert page.form(HERE)["version"] == "7"
    services.answers["people /persons/x/details"] = problem(409, "Нет имени.", kind="name-missing")
    assert (await browser.fill(page, HERE, given_name="")).wrong() == {"given_name": "Нет имени."}


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_sends_its_command_once(path: str, browser: Browser, services: Services) -> None:
    command, typed = PAGES[path]
    page = await browser.open(path)
    check_readable(page)
    page = await browser.fill(page, path, **typed)
    assert page.status == 200
    assert any(words in page.text for words in texts.SAID.values())
    (request,) = sent(services, command)
    body = json.loads(request.content)
    assert body == {"document_hash" if name == "agreed" else name: typed[name] for name in typed if name != "again"}


@pytest.mark.parametrize(
    ("path", "kind", "field"),
    [
        ("/cabinet/password", "wrong-password", "old"),
        ("/cabinet/email", "wrong-password", "password"),
        ("/cabinet/email", "email-taken", "email"),
        ("/cabinet/email", "address-refused", "email"),
        ("/cabinet/email-code", "email-code-wrong", "code"),
        ("/cabinet/email-code", "email-code-expired", "code"),
    ],
)
async def test_a_no_stands_beside_the_field_it_is_about(
    path: str, kind: str, field: str, browser: Browser, services: Services
) -> None:
    command, typed = PAGES[path]
    services.answers[f"people {command}"] = problem(409, "Нельзя.", "Сделайте иначе.", "3.1.3", kind)
    page = await browser.fill(await browser.open(path), path, **typed)
    check_readable(page)
    assert page.wrong() == {field: "Нельзя. Сделайте иначе."}
    assert PASSWORD not in page.html
    for name in {"email", "code"} & typed.keys():
        assert page.field(name)["value"] == typed[name]


async def test_while_the_mail_server_is_away_the_address_stays_typed(browser: Browser, services: Services) -> None:
    services.answers["people /me/email"] = problem(503, kind="try-later")
    page = await browser.fill(await browser.open("/cabinet/email"), "/cabinet/email", email="n@e.ru", password="x")
    assert (page.status, page.field("email")["value"]) == (503, "n@e.ru")
    assert texts.TEXT["try_again"] in page.text


async def test_two_different_new_passwords_change_nothing(browser: Browser, services: Services) -> None:
    page = await browser.open("/cabinet/password")
    page = await browser.fill(page, "/cabinet/password", old="x", new=PASSWORD, again="y")
    assert page.wrong() == {"again": texts.TEXT["passwords_differ"]}
    assert sent(services, "/me/password") == []


async def test_the_page_that_a_letter_names_asks_for_its_code(browser: Browser, services: Services) -> None:
    assert (await browser.client.get("/cabinet")).headers["location"] == HERE
    services.answers["people /me"] = httpx.Response(200, json=CARD | {"new_email": "new@example.ru"})
    page = await browser.open("/cabinet")
    assert "code" in page.form("/cabinet/email-code")
    assert "new@example.ru" in (await browser.open(HERE)).text


async def test_a_missing_consent_is_named_with_its_page(browser: Browser, services: Services) -> None:
    services.answers["people /me"] = httpx.Response(200, json=CARD | {"consented": False})
    page = await browser.open(HERE)
    assert texts.TEXT["consent_wanted"] in page.text
    assert "/cabinet/consent" in [each["href"] for each in page.all("a")]
    page = await browser.fill(await browser.open("/cabinet/consent"), "/cabinet/consent")
    assert page.wrong() == {"agreed": texts.TEXT["not_agreed"]}
    assert sent(services, "/persons/x/consent") == []


@pytest.mark.parametrize("path", [HERE, *PAGES])
async def test_a_foreign_form_changes_nothing(path: str, browser: Browser, services: Services) -> None:
    mark = (await browser.open(path)).mark
    services.asked.clear()
    typed = PAGES.get(path, ("", {}))[1]
    assert (await browser.send(path, **typed, mark="x")).status_code == 403
    assert (await browser.send(path, {"Origin": "https://evil.example"}, **typed, mark=mark)).status_code == 403
    assert services.asked == []


@pytest.mark.parametrize("path", ["/cabinet", HERE, *PAGES])
async def test_a_stranger_signs_in_first_and_is_led_back(path: str, browser: Browser) -> None:
    browser.client.cookies.clear()
    page = await browser.open(path)
    assert "Вход в кабинет" in page.text
    form = page.form("/sign-in") | {"email": "anna@example.ru", "password": PASSWORD}
    assert (await browser.client.post("/sign-in", data=form)).headers["location"] == path


@pytest.mark.parametrize("next", ["https://evil.example", "//evil.example", "/no-such-page"])
async def test_nobody_is_led_astray(next: str, browser: Browser) -> None:
    browser.client.cookies.clear()
    page = await browser.open(f"/sign-in?next={next}")
    form = page.form("/sign-in") | {"email": "anna@example.ru", "password": PASSWORD}
    assert (await browser.client.post("/sign-in", data=form)).headers["location"] == "/"
