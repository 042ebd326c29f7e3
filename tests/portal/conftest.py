"""A portal in this process, with pretended services behind it and a browser before it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from services.portal.app import build
from services.portal.settings import PortalSettings
from tests.portal.suite import Browser, Services


@pytest.fixture
def services() -> Services:
    return Services()


@pytest_asyncio.fixture
async def browser(services: Services) -> AsyncIterator[Browser]:
    app = build(PortalSettings(), services.suite())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
        yield Browser(client)
