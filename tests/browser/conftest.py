"""One suite for the whole folder, and a browser before it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from deploy.servers import rabbitmq
from deploy.servers.admin import Management
from deploy.suite import Suite
from tests.browser.checks import HEIGHT, USUAL
from tests.browser.chromium import FLAGS, found, lacking
from tests.browser.watch import Tab
from tests.browser.world import World, peopled
from tests.suites import open_folder, running_suite

expect.set_options(timeout=30_000)  # as long as playwright waits elsewhere: a busy machine is slow


def pytest_itemcollected(item: pytest.Item) -> None:
    """By a mark, so before any server is started."""
    if not found():
        item.add_marker(pytest.mark.skip(reason=lacking()))


@pytest.fixture(scope="package")
def place() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@pytest.fixture(scope="package")
def suite(
    place: Path, postgres_url: str, rabbitmq_server: rabbitmq.RabbitMQ, management: Management
) -> Iterator[Suite]:
    with running_suite(place / "suite", postgres_url, rabbitmq_server, management) as one:
        yield one


@pytest.fixture(scope="package")
def world(suite: Suite) -> Iterator[World]:
    with httpx.Client(timeout=15, trust_env=False) as http:
        yield peopled(suite, http)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """With a profile of its own, gone at the end; not for the folder, since its loop lets no other run beside it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(world: World, chromium: Browser) -> Iterator[Tab]:
    """Before the portal; one for all tests of a module, since a new one takes as long as a page."""
    usual = ViewportSize(width=USUAL, height=HEIGHT)
    with chromium.new_context(base_url=world.portal, viewport=usual, locale="ru-RU") as context:
        yield Tab.of(context, world.personal)


@pytest.fixture
def page(tab: Tab) -> Iterator[Page]:
    """Empty and of a stranger; when the test ends, nothing was asked of others, complained of or given away."""
    tab.forget()
    yield tab.page
    assert tab.watch.faults() == []
