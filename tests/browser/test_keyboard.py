"""Whole ways through the portal with a keyboard alone, and what a screen reader is told on the way."""

import re

from playwright.sync_api import Browser, Page, expect

from deploy.demo.region import PASSWORD
from services.portal import texts
from tests.browser import keys
from tests.browser.checks import faults
from tests.browser.world import FINISHED, INVITED, NEW, World

LABELS, TEXT = texts.LABELS, texts.TEXT


def expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_a_teacher_comes_in_reads_their_route_and_leaves(page: Page, world: World) -> None:
    keys.sign_in(page, world.emails[FINISHED], PASSWORD)
    expect_heading(page, TEXT["my_routes"])
    keys.tab_to(page, "link", TEXT["open_route"])
    keys.enter(page)
    expect(page).to_have_url(re.compile(world.finished))
    keys.press(page, TEXT["sign_out"])
    expect_heading(page, TEXT["sign_in_title"])
    page.goto("/")
    expect_heading(page, TEXT["sign_in_title"])


def test_whoever_goes_back_after_somebody_has_left_sees_nothing_of_theirs(chromium: Browser, world: World) -> None:
    """Unwatched, because a browser whose requests are looked through keeps no pages."""
    with chromium.new_context(base_url=world.portal) as context:
        page = context.new_page()
        keys.sign_in(page, world.emails[FINISHED], PASSWORD)
        assert world.finished in page.content()
        keys.press(page, TEXT["sign_out"])
        page.go_back()
        expect_heading(page, TEXT["sign_in_title"])
        assert world.finished not in page.content()


def test_a_wrong_password_is_read_out_and_says_what_to_do(page: Page, world: World) -> None:
    email = world.emails[FINISHED]
    keys.sign_in(page, email, "не тот пароль")
    keys.hears(page, TEXT["wrong_password"])
    assert "попробуйте снова" in TEXT["wrong_password"]
    expect(page.get_by_role("textbox", name=LABELS["email"])).to_have_value(email)
    password = page.get_by_role("textbox", name=TEXT["password"])
    expect(password).to_have_value("")
    expect(password).to_have_accessible_description(TEXT["wrong_password"])
    keys.type_into(page, TEXT["password"], PASSWORD)
    keys.enter(page)
    expect_heading(page, TEXT["my_routes"])


def test_the_page_of_a_wrong_password_is_for_everybody(page: Page, world: World) -> None:
    keys.sign_in(page, world.emails[FINISHED], "не тот пароль")
    assert faults(page) == {}


def test_whoever_is_sent_to_the_sign_in_comes_back_and_hears_what_was_done(page: Page, world: World) -> None:
    page.goto("/cabinet/details")
    expect_heading(page, TEXT["sign_in_title"])
    keys.come_in(page, world.emails[NEW], PASSWORD)
    expect_heading(page, texts.FORMS["details"][0])
    keys.type_into(page, LABELS["position"], "учитель физики и астрономии")
    keys.enter(page)
    keys.hears(page, texts.SAID["saved"])
    page.goto("/cabinet/details")
    kept = page.get_by_role("textbox", name=keys.called(LABELS["position"]))
    expect(kept).to_have_value("учитель физики и астрономии")


def test_an_invited_teacher_registers(page: Page, world: World) -> None:
    page.goto("/registration")
    send_a_wrong_code_and_correct_it(page, world.invitation())
    agree(page)
    tell_about_oneself(page)
    keys.hears(page, texts.SAID["registered"])
    expect_heading(page, TEXT["my_routes"])
    expect(page.get_by_text(TEXT["first_step"])).to_be_visible()
    assert faults(page) == {}


def send_a_wrong_code_and_correct_it(page: Page, code: str) -> None:
    keys.type_into(page, LABELS["code"], "A" * 26)
    keys.enter(page)
    follow_the_summary(page, LABELS["code"], "code")
    assert faults(page) == {}
    keys.type_into(page, LABELS["code"], code)
    keys.enter(page)


def agree(page: Page) -> None:
    """A box that is not ticked stops the form where it is."""
    expect_heading(page, texts.FORMS["consent"][0])
    assert faults(page) == {}
    keys.tab_to(page, "button", texts.FORMS["consent"][2])
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox")).to_be_focused()
    page.keyboard.press("Space")
    keys.press(page, texts.FORMS["consent"][2])


def tell_about_oneself(page: Page) -> None:
    expect_heading(page, texts.FORMS["about"][0])
    for name in ("family_name", "given_name", "patronymic", "phone", "email"):
        keys.type_into(page, LABELS[name], INVITED[name])
    keys.type_into(page, LABELS["first"], INVITED["password"])
    keys.type_into(page, LABELS["again"], "не тот же")
    keys.enter(page)
    follow_the_summary(page, LABELS["again"], "again")
    expect(page.get_by_label(LABELS["again"])).to_have_accessible_description(re.compile(TEXT["passwords_differ"]))
    assert faults(page) == {}
    for name in ("first", "again"):
        keys.type_into(page, LABELS[name], INVITED["password"])
    keys.enter(page)


def follow_the_summary(page: Page, label: str, id: str) -> None:
    """It is read first, and its link leads into the field that it is about."""
    keys.hears(page, re.compile(TEXT["errors"]))
    keys.tab_to(page, "link", label)
    page.keyboard.press("Enter")
    expect(page.locator(f"#{id}")).to_be_focused()
