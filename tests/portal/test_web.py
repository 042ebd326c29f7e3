"""What is true of every page."""

import httpx
import pytest

from services.portal import web
from services.portal.app import build
from services.portal.settings import PortalSettings
from tests.portal.suite import Browser, Page, Services

PAGES = ["/sign-in", "/registration", "/password", "/no-such-page"]


@pytest.mark.parametrize("path", [*PAGES, "/style.css", "/healthz", "/robots.txt"])
async def test_everything_leaves_with_the_security_headers(path: str, browser: Browser) -> None:
    headers = (await browser.open(path)).headers
    for name, value in web.HEADERS.items():
        assert name in headers
        assert headers[name] == value or path == "/style.css"
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_can_be_read_by_everybody(path: str, browser: Browser) -> None:
    check_readable(await browser.open(path))


def check_readable(page: Page) -> None:
    assert next(page.all("html"))["lang"] == "ru"
    assert page.tags.count("main") == page.tags.count("h1") == page.tags.count("header") == 1
    assert page.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    first_link = next(page.all("a"))
    assert first_link["href"] == "#main"
    assert any(each.get("id") == "main" for each in page.all("main"))
    assert not {"script", "style", "iframe"} & set(page.tags)
    assert not any("style" in each or any(name.startswith("on") for name in each) for _, each in page.elements)
    labelled = {each.get("for") for each in page.all("label")}
    assert all(each.get("id") in labelled for each in page.all("input") if each.get("type") != "hidden")
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))


async def test_a_page_that_is_not_there_is_said_in_russian(browser: Browser) -> None:
    page = await browser.open("/no-such-page")
    assert page.status == 404
    assert "Страница не найдена" in page.text


async def test_a_fault_leaks_nothing_and_keeps_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("password=secret")

    app = build(PortalSettings(), Services().suite())
    monkeypatch.setattr("services.portal.signing._form", fail)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
        page = Page(await client.get("/sign-in"))
    assert page.status == 500
    assert "secret" not in page.html
    assert "Ошибка на нашей стороне" in page.text
    assert page.headers["content-security-policy"] == web.HEADERS["Content-Security-Policy"]


def test_text_can_be_enlarged_and_focus_is_seen() -> None:
    assert ":focus-visible" in web.STYLE_SHEET
    assert "px/" not in web.STYLE_SHEET
    assert "user-scalable" not in web.STYLE_SHEET
