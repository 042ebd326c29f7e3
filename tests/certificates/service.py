"""The whole service in this process, on a real database, with tokens of the test's own issuer and pretended people."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.certificates.app import build
from services.certificates.consumers import hearings
from services.certificates.settings import CertificatesSettings
from shared.bus.hearing import Listener
from shared.runtime import Runtime
from tests.certificates.examples import ANNA, completion
from tests.issuer import ISSUER, Issuer

MASTER, SIGNING = os.urandom(32).hex(), os.urandom(32).hex()  # a restarted service keeps its keys
TRUSTED, STRANGE = Issuer("tests"), Issuer("tests")
token = TRUSTED.token


def grant(role: str, municipality: str = "", school: str = "") -> dict[str, str]:
    return {"role": role, "municipality": municipality, "school": school}


class Service:
    """A running service: `call` it as somebody, `complete` a route, make `people` come and go."""

    def __init__(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        self.runtime, self.client = runtime, client
        self.people_away = False
        self.names = {"family_name": "Ёлкина", "given_name": "Анна", "patronymic": "Петровна"}
        self._listener = Listener("certificates", runtime.executor, hearings())

    def directory(self, request: httpx.Request) -> httpx.Response:
        if self.people_away:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200, json=self.names | {"school_name": "МАОУ «СОШ № 11»", "consented": True})

    async def complete(self, **changes: Any) -> str:
        """A route is completed; returns the id of its message."""
        id = str(uuid4())
        assert await self._listener.hear(completion(id, **changes), id)
        return id

    async def get(self, path: str, bearer: str | None = None) -> httpx.Response:
        return await self.client.get(path, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})

    async def post(self, path: str, bearer: str, body: Any, **headers: str) -> httpx.Response:
        wanted = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": str(uuid4())} | headers
        return await self.client.post(path, json=body, headers=wanted)

    async def issued(self, holder: UUID = ANNA) -> dict[str, Any]:
        """The holder's certificate, once it is printed."""
        async with asyncio.timeout(20):
            while True:
                items = (await self.get("/certificates", token(holder))).json()["items"]
                if items and items[0]["status"] == "issued":
                    found: dict[str, Any] = items[0]
                    return found
                await self.runtime.sequencer.wait_beyond(self.runtime.sequencer.position, within=0.05)


@asynccontextmanager
async def running(database: str, folder: Path) -> AsyncIterator[Service]:
    settings = CertificatesSettings(
        database_url=database,
        jwks_file=TRUSTED.keys(folder),
        issuer=ISSUER,
        master_key=MASTER,
        signing_key=SIGNING,
        public_url="https://iom.example",
    )
    app = build(settings)
    runtime: Runtime = app.state.runtime
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://certificates") as client:
        service = Service(runtime, client)
        await runtime.people.aclose()
        runtime.people = httpx.AsyncClient(transport=httpx.MockTransport(service.directory), base_url="http://people")
        async with app.router.lifespan_context(app):
            await runtime.until_started()
            yield service
