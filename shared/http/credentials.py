"""A service's own credentials towards people: a short-lived token, renewed before it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

import httpx

TIMEOUT = 5.0
EARLY = 30.0  # seconds before its end at which a token is renewed


class ServiceAuth(httpx.Auth):
    """Adds the service's token to a request; asks people for one when there is none, and once more after a 401."""

    def __init__(self, service: str, secret: str) -> None:
        self._login = {"service": service, "secret": secret}
        self._token = ""
        self._until = 0.0
        self._renewing = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        async with self._renewing:
            if time.monotonic() >= self._until:
                answered = yield self._ask(request)
                await self._keep(answered)
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:  # people was given new keys
            self._until = 0.0
            answered = yield self._ask(request)
            await self._keep(answered)
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _ask(self, request: httpx.Request) -> httpx.Request:
        return httpx.Request("POST", request.url.copy_with(raw_path=b"/service-token"), json=self._login)

    async def _keep(self, response: httpx.Response) -> None:
        await response.aread()
        if response.status_code == httpx.codes.OK:
            answer = response.json()
            self._token = answer["access_token"]
            self._until = time.monotonic() + float(answer["expires_in"]) - EARLY


def people_client(people_url: str, service: str, secret: str) -> httpx.AsyncClient:
    """A client of people's directory; every request fails with httpx.TransportError while people is not installed."""
    return httpx.AsyncClient(base_url=people_url, auth=ServiceAuth(service, secret), timeout=TIMEOUT, trust_env=False)
