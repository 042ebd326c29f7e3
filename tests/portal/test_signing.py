"""Signing in and out, and forms that other sites cannot send."""

import httpx
import pytest

from services.portal.app import build
from services.portal.settings import PortalSettings
from services.portal.suite import Suite
from tests.portal.suite import EMAIL, PASSWORD, TOKEN, Browser, Page, Services, problem


async def test_a_stranger_is_asked_to_sign_in(browser: Browser) -> None:
    page = await browser.open("/")
    assert page.status == 200
    assert "Вход в кабинет" in page.text


async def test_the_right_password_opens_the_cabinet(browser: Browser, services: Services) -> None:
    response = await browser.sign_in()
    assert response.status_code == 303
    assert response.headers["location"] == "/"
    cookie = next(each for each in response.headers.get_list("set-cookie") if each.startswith("iom_token="))
    for wanted in (TOKEN, "HttpOnly", "SameSite=lax", "Max-Age=900", "Path=/"):
        assert wanted in cookie
    assert services.asked[-1][1].headers["idempotency-key"]


async def test_over_https_the_cookie_travels_over_https_only() -> None:
    services = Services()
    app = build(PortalSettings(public_url="https://iom.example"), services.suite())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://portal.test") as client:
        response = await Browser(client).sign_in()
    cookies = response.headers.get_list("set-cookie")
    assert any(each.startswith("iom_token=") for each in cookies)
    assert [each for each in cookies if "Secure" not in each] == []


async def test_a_wrong_password_is_told_and_the_password_is_not_repeated(browser: Browser) -> None:
    page = Page(await browser.sign_in("wrong one"))
    assert page.status == 401
    assert "не подходят" in page.text
    assert any("autofocus" in each and each.get("role") == "alert" for each in page.all("div"))
    assert page.html.count("wrong one") == 0
    assert EMAIL in page.html
    assert "iom_token" not in browser.client.cookies


async def test_too_many_tries_are_told(services: Services, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Services, "_sign_in", staticmethod(lambda request: problem(429)))
    assert "слишком много попыток" in Page(await browser.sign_in()).text


async def test_an_address_is_text_and_never_markup(browser: Browser) -> None:
    mark = (await browser.open("/sign-in")).mark
    page = Page(await browser.send("/sign-in", email='"><script>alert(1)</script>', password="x", mark=mark))
    assert "script" not in page.tags


@pytest.mark.parametrize("mark", ["", "another", "й" * 40])
async def test_a_form_without_the_browsers_mark_is_refused(mark: str, browser: Browser, services: Services) -> None:
    await browser.open("/sign-in")
    response = await browser.send("/sign-in", email=EMAIL, password=PASSWORD, mark=mark)
    assert response.status_code == 403
    assert "Форма устарела" in response.text
    assert services.asked == []


async def test_a_form_from_a_browser_without_our_cookie_is_refused(browser: Browser, services: Services) -> None:
    response = await browser.send("/sign-in", email=EMAIL, password=PASSWORD, mark="")
    assert response.status_code == 403
    assert services.asked == []


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_form_that_another_site_sends_is_refused(
    headers: dict[str, str], browser: Browser, services: Services
) -> None:
    mark = (await browser.open("/sign-in")).mark
    response = await browser.send("/sign-in", headers, email=EMAIL, password=PASSWORD, mark=mark)
    assert response.status_code == 403
    assert services.asked == []


async def test_our_own_origin_is_welcome(browser: Browser) -> None:
    mark = (await browser.open("/sign-in")).mark
    headers = {"Origin": "http://portal.test", "Sec-Fetch-Site": "same-origin"}
    response = await browser.send("/sign-in", headers, email=EMAIL, password=PASSWORD, mark=mark)
    assert response.status_code == 303


async def test_signing_out_forgets_the_token(browser: Browser, services: Services) -> None:
    await browser.sign_in()
    services.answers["routes /routes"] = httpx.Response(200, json={"items": [], "next": None})
    mark = (await browser.open("/")).mark
    assert (await browser.send("/sign-out", mark=mark)).status_code == 303
    assert "iom_token" not in browser.client.cookies


async def test_nobody_is_signed_out_by_a_foreign_form(browser: Browser) -> None:
    await browser.sign_in()
    assert (await browser.send("/sign-out", mark="x")).status_code == 403
    assert browser.client.cookies["iom_token"] == TOKEN


async def test_an_expired_token_leads_back_to_the_sign_in(browser: Browser, services: Services) -> None:
    browser.client.cookies.set("iom_token", "expired", domain="portal.test", path="/")
    services.answers["routes /routes"] = httpx.Response(200, json={"items": [], "next": None})
    page = await browser.open("/")
    assert "Вход в кабинет" in page.text
    assert "iom_token" not in browser.client.cookies


async def test_while_people_is_away_the_page_says_so(browser: Browser, services: Services) -> None:
    services.away.add("people")
    page = Page(await browser.sign_in())
    assert page.status == 503
    assert "вход и сведения о людях" in page.text


async def test_a_part_that_is_not_installed_is_away() -> None:
    app = build(PortalSettings(), Suite({}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal.test") as client:
        assert (await Browser(client).sign_in()).status_code == 503
