"""The service in this process over a database of its own, and people who hold tokens for it."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.diagnostics.app import build
from services.diagnostics.settings import DiagnosticsSettings

ISSUER = "https://people.test"
Token = Callable[..., dict[str, str]]
Serve = Callable[[], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def signing_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)


@pytest.fixture
def bearer(signing_key: OKPKey) -> Token:
    """bearer(person, "role", municipality=…, school=…): the headers of a person with one grant, or with none."""

    def make(person: UUID, role: str = "", **place: str) -> dict[str, str]:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": "iom",
            "sub": str(person),
            "iat": now,
            "exp": now + 600,
            "grants": [{"role": role, **place}] if role else [],
        }
        token = jwt.encode({"alg": "Ed25519", "kid": "test"}, claims, signing_key, algorithms=["Ed25519"])
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def settings(database: str, signing_key: OKPKey, tmp_path: Path) -> DiagnosticsSettings:
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [signing_key.as_dict(private=False)]}))
    return DiagnosticsSettings(
        database_url=database, issuer=ISSUER, jwks_file=str(keys), master_key="11" * 32, signing_key="22" * 32
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
