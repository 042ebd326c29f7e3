"""One suite for the whole folder, and a browser before it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

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

expect.set_options(timeout=30_000)  # as long as playwright waits elsewhere: a busy machine is slow


def pytest_itemcollected(item: pytest.Item) -> None:
    """By a mark, so before any server is started."""
    if not found():
        item.add_marker(pytest.mark.skip(reason=lacking()))


@pytest.fixture(scope="package")
def place() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="iom-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="package")
def suite(
    place: Path, postgres_url: str, rabbitmq_server: rabbitmq.RabbitMQ, management: Management
) -> Iterator[Suite]:
    """All services as processes, on the run's own servers."""
    vhost = f"t-{uuid4().hex[:20]}"
    management.make_vhost(vhost)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("IOM_POSTGRES_URL", postgres_url)
        environment.setenv("IOM_AMQP_URL", rabbitmq_server.url(vhost))
        one = Suite(place / "suite", lasting=False, prefix=f"t{uuid4().hex[:8]}", dropping=True)
        one.start()
    try:
        one.wait_until_ready()
        yield one
    finally:
        one.stop()
        management.drop_vhost(vhost)


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
