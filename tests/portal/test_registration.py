"""Coming in with a code (p. 3.1.3): an invitation becomes an account, a letter becomes a password."""

import json
from typing import Any

import httpx
import pytest

from services.portal import texts
from tests.portal.suite import EMAIL, PASSWORD, TOKEN, Browser, Page, Services, problem
from tests.portal.test_web import check_readable

CODE = "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY-Z"
SHA256 = "ab" * 32
TYPED = {"family_name": "Орлова", "given_name": "Анна", "phone": "+7 900 000-00-00", "email": EMAIL}
PASSWORDS = {"password": PASSWORD, "again": PASSWORD}
HERE = "/registration"


def offer(purpose: str = "registration", email_known: bool = False) -> httpx.Response:
    said = {"purpose": purpose, "school_name": "Школа № 1", "roles": ["teacher"], "email_known": email_known}
    return httpx.Response(200, json=said | {"expires_at": "2026-12-24T16:30:00+00:00"})


def consent(sha256: str = SHA256, text: str = "Первый абзац.\n\nПоследний абзац.") -> httpx.Response:
    said = {"kind": "personal_data", "version": "1", "title": "Согласие на обработку", "valid_from": "2020-01-01"}
    return httpx.Response(200, json=said | {"sha256": sha256, "text": text})


@pytest.fixture(autouse=True)
def people(services: Services) -> None:
    services.answers |= {
        "people /invitation": offer(),
        "people /consents/personal_data": consent(),
        "people /registration": httpx.Response(201, json={"id": "x"}),
        "people /password": httpx.Response(201, json={"id": "x"}),
        "people /persons/x/consent": httpx.Response(200, json={"id": "x", "version": 2}),
        "routes /routes": httpx.Response(200, json={"items": [], "next": None}),
    }


def told(services: Services, path: str) -> list[dict[str, Any]]:
    """The bodies that people was sent at this address."""
    return [json.loads(request.content) for _, request in services.asked if request.url.path == path]


async def with_code(browser: Browser, code: str = CODE) -> Page:
    return await browser.fill(await browser.open(HERE), HERE, code=code)


async def agreed(browser: Browser) -> Page:
    return await browser.fill(await with_code(browser), HERE, agreed=SHA256)


async def test_3_1_3_an_invited_teacher_lands_in_the_cabinet_with_the_next_step(
    browser: Browser, services: Services
) -> None:
    page = await browser.fill(await agreed(browser), HERE, **TYPED, **PASSWORDS)
    assert page.status == 200
    check_readable(page)
    for words in (texts.SAID["registered"], texts.TEXT["next_step"], texts.TEXT["first_step"]):
        assert words in page.text
    assert browser.client.cookies["iom_token"] == TOKEN
    assert told(services, "/registration") == [TYPED | {"code": CODE, "password": PASSWORD}]
    assert told(services, "/persons/x/consent") == [{"document_hash": SHA256}]


async def test_the_code_never_stands_in_an_address(browser: Browser, services: Services) -> None:
    page = await agreed(browser)
    answer = await browser.client.post(HERE, data=page.form(HERE) | TYPED | PASSWORDS)
    sent = [str(request.url) for _, request in services.asked]
    shown = [value or "" for _, each in page.elements for name, value in each.items() if name in ("href", "action")]
    assert not any(CODE in each for each in [*sent, *shown, answer.headers["location"], str(answer.url)])
    assert page.headers["cache-control"] == "no-store"


async def test_the_consent_is_shown_whole_and_asked_on_its_own(browser: Browser, services: Services) -> None:
    page = await with_code(browser)
    check_readable(page)
    assert "Первый абзац." in page.text
    assert "Последний абзац." in page.text
    box = page.field("agreed")
    assert (box["type"], box["value"]) == ("checkbox", SHA256)
    assert "checked" not in box
    assert [each.get("type") for each in page.all("input") if each.get("type") != "hidden"] == ["checkbox"]
    again = await browser.fill(page, HERE)
    assert again.status == 422
    assert again.wrong() == {"agreed": texts.TEXT["not_agreed"]}
    assert told(services, "/registration") == []


async def test_a_consent_text_that_is_replaced_meanwhile_is_asked_anew_and_nothing_typed_is_lost(
    browser: Browser, services: Services
) -> None:
    page = await agreed(browser)
    services.answers["people /consents/personal_data"] = consent("cd" * 32, "Новая редакция.")
    page = await browser.fill(page, HERE, **TYPED, **PASSWORDS)
    assert page.wrong() == {"agreed": texts.TEXT["consent_replaced"]}
    assert "Новая редакция." in page.text
    assert PASSWORD not in page.html
    assert told(services, "/registration") == []
    page = await browser.fill(page, HERE, agreed="cd" * 32)
    assert {name: page.form(HERE)[name] for name in TYPED} == TYPED
    await browser.fill(page, HERE, **PASSWORDS)
    assert told(services, "/persons/x/consent") == [{"document_hash": "cd" * 32}]


@pytest.mark.parametrize(
    ("kind", "field"), [("invitation-unknown", "code"), ("invitation-expired", "code"), ("invitation-used-up", "code")]
)
async def test_a_code_that_does_not_fit_is_told_beside_it(
    kind: str, field: str, browser: Browser, services: Services
) -> None:
    services.answers["people /invitation"] = problem(409, "Приглашения нет.", "Проверьте код.", "3.1.3", kind)
    page = await with_code(browser)
    assert page.status == 409
    check_readable(page)
    assert page.wrong() == {field: "Приглашения нет. Проверьте код."}
    assert page.field("code")["value"] == CODE
    title = page.html.partition("<title>")[2]
    assert title.startswith(texts.TEXT["error_mark"])


async def test_what_people_refuses_stands_beside_its_field_and_what_was_typed_stays(
    browser: Browser, services: Services
) -> None:
    page = await agreed(browser)
    no = problem(
        422, "Некоторые поля неверны.", kind="invalid-request", phone="Недопустимые знаки.", password="Коротко."
    )
    services.answers["people /registration"] = no
    page = await browser.fill(page, HERE, **TYPED, password="short", again="short")
    check_readable(page)
    assert page.wrong() == {"phone": "Недопустимые знаки.", "password": "Коротко."}
    assert {name: page.form(HERE)[name] for name in TYPED} == TYPED
    assert "value" not in page.field("password")
    assert any("autofocus" in each and each.get("role") == "alert" for each in page.all("div"))
    services.answers["people /registration"] = problem(409, "Адрес занят.", "Укажите другой.", kind="email-taken")
    page = await browser.fill(page, HERE, **PASSWORDS)
    assert page.wrong() == {"email": "Адрес занят. Укажите другой."}
    services.answers["people /registration"] = problem(409, "Идёт регистрация.", kind="registration-under-way")
    page = await browser.fill(page, HERE, **PASSWORDS)
    assert page.wrong() == {}
    assert "Идёт регистрация." in page.text


async def test_two_different_passwords_register_nobody(browser: Browser, services: Services) -> None:
    page = await browser.fill(await agreed(browser), HERE, **TYPED, password=PASSWORD, again="another one")
    assert page.wrong() == {"again": texts.TEXT["passwords_differ"]}
    assert told(services, "/registration") == []


@pytest.mark.parametrize("last", [False, True])
async def test_while_people_is_away_what_was_typed_stays(last: bool, browser: Browser, services: Services) -> None:
    page = await agreed(browser)
    if last:
        services.answers["people /registration"] = problem(503)
    else:
        services.away.add("people")
    page = await browser.fill(page, HERE, **TYPED, **PASSWORDS)
    assert page.status == 503
    assert texts.TEXT["try_again"] in page.text
    assert {name: page.form(HERE)[name] for name in TYPED} == TYPED
    assert page.form(HERE)["code"] == CODE


async def test_a_consent_that_could_not_be_written_is_asked_again_in_the_cabinet(
    browser: Browser, services: Services
) -> None:
    services.answers["people /persons/x/consent"] = problem(409, "Новая редакция.", kind="consent-text-replaced")
    services.answers["people /me"] = httpx.Response(200, json={"id": "x"})
    page = await browser.fill(await agreed(browser), HERE, **TYPED, **PASSWORDS)
    assert texts.SAID["registered"] in page.text
    assert page.form("/cabinet/consent").keys() == {"mark"}
    page = await browser.fill(page, "/cabinet/consent", agreed=SHA256)
    assert "Новая редакция." in page.text


async def test_whoever_is_registered_and_not_signed_in_is_led_to_the_sign_in(
    browser: Browser, services: Services
) -> None:
    page = await browser.fill(await agreed(browser), HERE, **TYPED | {"email": "b@example.ru"}, **PASSWORDS)
    assert texts.SAID["come_in"] in page.text
    assert page.field("password")


async def test_a_code_for_a_password_leads_there(browser: Browser, services: Services) -> None:
    services.answers["people /invitation"] = offer("password")
    page = await with_code(browser)
    assert page.form("/password")["code"] == CODE


async def test_a_password_is_set_with_a_code(browser: Browser, services: Services) -> None:
    browser.client.cookies.set("iom_token", "of-somebody-else", domain="portal.test", path="/")
    page = await browser.open("/password")
    check_readable(page)
    page = await browser.fill(page, "/password", code=f" {CODE} ", **PASSWORDS)
    assert told(services, "/password") == [{"code": CODE, "password": PASSWORD}]
    assert texts.SAID["password"] in page.text
    assert "iom_token" not in browser.client.cookies


async def test_a_password_that_is_refused_is_told_beside_it(browser: Browser, services: Services) -> None:
    services.answers["people /password"] = problem(409, "Срок истёк.", kind="invitation-expired")
    page = await browser.fill(await browser.open("/password"), "/password", code=CODE, **PASSWORDS)
    assert page.wrong() == {"code": "Срок истёк."}
    assert page.field("code")["value"] == CODE
    assert PASSWORD not in page.html


@pytest.mark.parametrize("path", [HERE, "/password"])
async def test_a_code_in_a_foreign_form_is_not_looked_at(path: str, browser: Browser, services: Services) -> None:
    await browser.open(path)
    assert (await browser.send(path, code=CODE, mark="x")).status_code == 403
    mark = (await browser.open(path)).mark
    assert (await browser.send(path, {"Origin": "https://evil.example"}, code=CODE, mark=mark)).status_code == 403
    assert services.asked == []
