"""The service in this process over a database of its own, and people who hold tokens for it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.diagnostics.app import build
from services.diagnostics.settings import DiagnosticsSettings
from tests.issuer import ISSUER, Issuer

Token = Callable[..., dict[str, str]]
Serve = Callable[[], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def bearer(issuer: Issuer) -> Token:
    """bearer(person, "role", municipality=…, school=…): the headers of a person with one grant, or with none."""
    return issuer.bearer


@pytest.fixture
def settings(database: str, issuer: Issuer, tmp_path: Path) -> DiagnosticsSettings:
    return DiagnosticsSettings(
        database_url=database,
        issuer=ISSUER,
        jwks_file=issuer.keys(tmp_path),
        master_key="11" * 32,
        signing_key="22" * 32,
    )


@pytest.fixture
def serve(settings: DiagnosticsSettings) -> Serve:
    """Each use is one life of the service over the same database, without broker and without people."""

    @asynccontextmanager
    async def live() -> AsyncIterator[httpx.AsyncClient]:
        app = build(settings)
        async with app.router.lifespan_context(app):
            await app.state.runtime.until_started()
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://diagnostics") as client:
                yield client

    return live
