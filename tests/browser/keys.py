"""A reader who has a keyboard and no mouse."""

import re
from typing import Literal

from playwright.sync_api import Page, expect

from services.portal import texts

Role = Literal["textbox", "button", "link", "checkbox"]
FURTHEST = 60


def tab_to(page: Page, role: Role, name: str) -> None:
    """Press Tab until the focus is on what a screen reader calls so."""
    wanted = page.get_by_role(role, name=called(name))
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        if wanted.evaluate_all("all => all.length === 1 && all[0] === document.activeElement"):
            return
    raise AssertionError(f"Tab reaches no {role} {name!r}")


def called(name: str) -> re.Pattern[str]:
    """The name as it is, or with what the page adds to it: that it may stay empty, which of several it is."""
    return re.compile(rf"^{re.escape(name)}( \(| ?: |$)")


def type_into(page: Page, name: str, words: str) -> None:
    """In place of what stands there: Tab selects it."""
    tab_to(page, "textbox", name)
    page.keyboard.type(words)


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    come_in(page, email, password)


def come_in(page: Page, email: str, password: str) -> None:
    type_into(page, texts.TEXT["email"], email)
    type_into(page, texts.TEXT["password"], password)
    enter(page)


def enter(page: Page) -> None:
    """Press Enter, which leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def press(page: Page, name: str) -> None:
    tab_to(page, "button", name)
    enter(page)


def hears(page: Page, words: str | re.Pattern[str]) -> None:
    """What a screen reader reads of its own accord on the page that has just come: what has the focus."""
    expect(page.locator("main :focus")).to_have_text(words)
