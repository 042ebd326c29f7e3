"""Every page of the portal as a real browser lays it out: for a keyboard, a screen reader and a narrow window."""

from typing import Any

import pytest
from playwright.sync_api import Page

from deploy.demo.region import PASSWORD
from services.portal import texts
from tests.browser import keys
from tests.browser.checks import faults
from tests.browser.world import FINISHED, NEW, World

FOR_ALL = ["/sign-in", "/registration", "/password", "/no-such-page"]
OF_A_TEACHER = [
    *("/", "/notices", "/cabinet/details?done=saved", "/cabinet/consent"),
    *("/cabinet/password", "/cabinet/email", "/cabinet/email-code"),
]


@pytest.fixture(scope="module")
def cookies() -> dict[str, Any]:
    """Of who has come in already: a password is slow to judge, on purpose."""
    return {}


def come_in(page: Page, world: World, cookies: dict[str, Any], who: str) -> None:
    if who in cookies:
        page.context.add_cookies(cookies[who])
    else:
        keys.sign_in(page, world.emails[who], PASSWORD)
        cookies[who] = page.context.cookies()


@pytest.mark.parametrize("path", FOR_ALL)
def test_a_page_for_all_is_for_everybody(path: str, page: Page) -> None:
    page.goto(path)
    assert faults(page) == {}


@pytest.mark.parametrize("path", OF_A_TEACHER)
def test_a_page_of_the_cabinet_is_for_everybody(path: str, page: Page, world: World, cookies: dict[str, Any]) -> None:
    come_in(page, world, cookies, FINISHED)
    page.goto(path)
    assert page.get_by_role("button", name=texts.TEXT["sign_out"]).is_visible()
    assert faults(page) == {}


def test_the_page_of_a_finished_route_is_for_everybody(page: Page, world: World, cookies: dict[str, Any]) -> None:
    come_in(page, world, cookies, FINISHED)
    page.goto(f"/routes/{world.finished}")
    assert page.get_by_role("link", name=texts.TEXT["download"]).is_visible()
    assert page.get_by_role("img", name=texts.TEXT["timeline_title"]).is_visible()
    assert faults(page) == {}


def test_the_page_of_a_new_route_is_for_everybody(page: Page, world: World, cookies: dict[str, Any]) -> None:
    come_in(page, world, cookies, NEW)
    page.goto(f"/routes/{world.new}")
    assert page.locator("[aria-current=step]").count() == 1
    assert faults(page) == {}


def test_the_route_of_another_is_not_told_of(page: Page, world: World, cookies: dict[str, Any]) -> None:
    come_in(page, world, cookies, NEW)
    page.goto(f"/routes/{world.finished}")
    assert page.get_by_role("heading", name=texts.MESSAGES["missing"][0]).is_visible()
    assert faults(page) == {}


def test_the_public_page_of_a_certificate_is_for_everybody(page: Page, world: World) -> None:
    page.goto(world.check_page)
    assert faults(page, header=False) == {}
