"""The portal before the people that it will meet: letters lead to pages, and pages to an account."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from deploy.mail import MailCatcher
from services.people.invitations_api import MOST_WRONG
from services.portal import texts
from services.portal.app import build
from services.portal.settings import PortalSettings
from services.portal.suite import Suite
from tests.bus.wire import until
from tests.people.conftest import Clock, Somebody, admin, app, client, clock, director, places, settings, sign_in
from tests.people.examples import CODE, PASSWORD
from tests.portal.suite import Browser

__all__ = ["Clock", "admin", "app", "client", "clock", "director", "places", "settings", "sign_in"]

EMAIL, NEW_EMAIL = "boris@school.example", "boris@home.example"
PASSWORDS = {"password": PASSWORD, "again": PASSWORD}


@pytest.fixture
async def at(app: Any) -> AsyncIterator[Callable[[str], Browser]]:
    """A browser at this address, before a portal that people believes where it says its readers are."""
    door = httpx.ASGITransport(ProxyHeadersMiddleware(app, trusted_hosts="127.0.0.1"))  # as uvicorn has it
    async with AsyncExitStack() as open:
        people = await open.enter_async_context(httpx.AsyncClient(transport=door, base_url="http://people"))
        portal = build(PortalSettings(), Suite({"people": people}))
        browsers = {}
        for host in ("198.51.100.1", "198.51.100.2"):
            transport = httpx.ASGITransport(portal, raise_app_exceptions=False, client=(host, 1))
            client = httpx.AsyncClient(transport=transport, base_url="http://portal.test")
            browsers[host] = Browser(await open.enter_async_context(client))
        yield browsers.__getitem__


@pytest.fixture
def reader(at: Callable[[str], Browser]) -> Browser:
    return at("198.51.100.1")


class Letters:
    """What the mail server has caught, one after another."""

    def __init__(self, catcher: MailCatcher) -> None:
        self._catcher = catcher
        self._read = 0

    async def next(self) -> tuple[str, str]:
        """The page that the next letter names, and its code."""
        self._read += 1
        await until(lambda: self._catcher.count == self._read)
        text = self._catcher.messages[-1].get_content()
        place, code = re.search(r"http://portal\.example(/\S+)", text), re.search(CODE, text)
        assert place
        assert code
        return place.group(1), code.group()


async def test_3_1_3_a_teacher_comes_by_letter_and_keeps_their_cabinet(
    director: Somebody, reader: Browser, mail_catcher: MailCatcher, sign_in: Any
) -> None:
    letters = Letters(mail_catcher)
    await director.do("/invitations", {"school": "s-011", "roles": ["teacher"], "email": EMAIL})
    await registered(reader, *await letters.next())
    boris = await sign_in(EMAIL)
    me = (await boris.get("/me")).json()
    assert (me["family_name"], me["consented"]) == ("Лебедев", True)

    await details_changed(reader, boris, director)
    await address_changed(reader, letters)
    page = await reader.open("/cabinet/password")
    page = await reader.fill(page, "/cabinet/password", old=PASSWORD, new="совсем другой", again="совсем другой")
    assert texts.SAID["password_changed"] in page.text

    await director.do(f"/persons/{boris.id}/invitation")
    place, code = await letters.next()
    page = await reader.fill(await reader.open(place), place, code=code, password="корот", again="корот")
    assert set(page.wrong()) == {"password"}
    page = await reader.fill(page, place, **PASSWORDS)
    assert texts.SAID["password"] in page.text
    await sign_in(NEW_EMAIL)


async def test_who_guesses_codes_closes_the_door_for_themselves_alone(
    director: Somebody, at: Callable[[str], Browser]
) -> None:
    guesser, invited = at("198.51.100.1"), at("198.51.100.2")
    page = await guesser.open("/registration")
    for _ in range(MOST_WRONG):
        assert (await guesser.fill(page, "/registration", code="A" * 26)).status == 409
    assert (await guesser.fill(page, "/registration", code="A" * 26)).status == 429
    code = (await director.do("/invitations", {"school": "s-011", "roles": ["teacher"]}))["code"]
    page = await invited.fill(await invited.open("/registration"), "/registration", code=code)
    assert page.field("agreed")


async def registered(reader: Browser, place: str, code: str) -> None:
    page = await reader.fill(await reader.open(place), place, code="A" * 26)
    assert set(page.wrong()) == {"code"}
    page = await reader.fill(page, place, code=code.lower().replace("-", " "))
    box = page.field("agreed")["value"] or ""
    page = await reader.fill(page, place, agreed=box)
    typed = {"family_name": "Лебедев", "given_name": "Борис", "service_years": "12", "phone": "нет"}
    page = await reader.fill(page, place, **typed, email="other@school.example", **PASSWORDS)
    assert set(page.wrong()) == {"phone"}
    page = await reader.fill(page, place, phone="", **PASSWORDS)
    assert set(page.wrong()) == {"email"}
    page = await reader.fill(page, place, email=EMAIL, **PASSWORDS)
    assert texts.SAID["registered"] in page.text
    page = await reader.fill(await reader.open(place), place, code=code)
    assert "уже использовано" in page.wrong()["code"]


async def details_changed(reader: Browser, boris: Somebody, director: Somebody) -> None:
    here = "/cabinet/details"
    page = await reader.open(here)
    assert page.form(here)["workplace"] == "Школа s-011"
    await director.do(f"/persons/{boris.id}/details", {"position": "завуч"})
    page = await reader.fill(page, here, position="учитель истории", category="первая")
    assert page.status == 412
    assert page.form(here)["position"] == "завуч"
    page = await reader.fill(page, here, category="первая")
    assert texts.SAID["saved"] in page.text
    me = (await boris.get("/me")).json()
    assert (me["position"], me["category"], me["service_years"]) == ("завуч", "первая", 12)


async def address_changed(reader: Browser, letters: Letters) -> None:
    page = await reader.open("/cabinet/email")
    page = await reader.fill(page, "/cabinet/email", email=NEW_EMAIL, password="не тот")
    assert set(page.wrong()) == {"password"}
    page = await reader.fill(page, "/cabinet/email", password=PASSWORD)
    assert texts.SAID["email_sent"] in page.text
    place, code = await letters.next()
    page = await reader.fill(await reader.open(place), "/cabinet/email-code", code="A" * 26)
    assert set(page.wrong()) == {"code"}
    page = await reader.fill(page, "/cabinet/email-code", code=code)
    assert texts.SAID["email"] in page.text
    assert NEW_EMAIL in page.text
