"""The notebook service over a database of the test's own, and people who hold tokens for it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from shared.runtime import Runtime
from shared.settings import ServiceSettings
from tests.http.notebook import build
from tests.issuer import ISSUER, Issuer

ANNA, BORIS = UUID(int=1), UUID(int=2)
Live = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


def key(value: str = "") -> dict[str, str]:
    return {"Idempotency-Key": value or str(uuid4())}


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def anna(issuer: Issuer) -> dict[str, str]:
    return issuer.bearer(ANNA, "teacher", municipality="m-ust", school="s-011")


@pytest.fixture
def settings(database: str, issuer: Issuer, tmp_path: Path) -> ServiceSettings:
    return ServiceSettings(
        database_url=database,
        issuer=ISSUER,
        jwks_file=issuer.keys(tmp_path),
        master_key="11" * 32,
        signing_key="22" * 32,
        body_limit=3000,
    )


@asynccontextmanager
async def talking_to(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of *app*, which lives as long as the block; an error that is not answered fails the test."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://notes") as client:
            yield client


def runtime_of(client: httpx.AsyncClient) -> Runtime:
    """The service behind *client*."""
    runtime: Runtime = client._transport.app.state.runtime  # type: ignore[attr-defined]
    return runtime


@pytest.fixture
def live(settings: ServiceSettings) -> Live:
    """Each use is one life of the service over the same database."""

    @asynccontextmanager
    async def one_life(**changes: object) -> AsyncIterator[httpx.AsyncClient]:
        app = build(settings.model_copy(update=changes))
        async with talking_to(app) as client:
            await app.state.runtime.until_started()
            yield client

    return one_life
