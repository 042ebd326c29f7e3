"""A service's own credentials towards people: a short-lived token, renewed before it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from time import monotonic

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
            if monotonic() >= self._until:
                answered = yield self._ask(request)
                await self._keep(answered)
        response = yield self._signed(request)
        if response.status_code == httpx.codes.UNAUTHORIZED:  # people was given new keys
            answered = yield self._ask(request)
            await self._keep(answered)
            yield self._signed(request)

    def _ask(self, request: httpx.Request) -> httpx.Request:
        return httpx.Request("POST", request.url.copy_with(raw_path=b"/service-token"), json=self._login)

    async def _keep(self, response: httpx.Response) -> None:
        self._token, self._until = "", 0.0
        await response.aread()
        if response.status_code != httpx.codes.OK:
            return
        try:
            answer = response.json()
            token, lasting = str(answer["access_token"]), float(answer["expires_in"])
        except (ValueError, TypeError, KeyError):  # something else stands at this address
            return
        self._token, self._until = token, monotonic() + lasting - EARLY

    def _signed(self, request: httpx.Request) -> httpx.Request:
        """Without a token the request goes as it is, and people's own no tells the caller."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def people_client(people_url: str, service: str, secret: str) -> httpx.AsyncClient:
    """A client of people's directory; every request fails with httpx.TransportError while people is not installed."""
    return httpx.AsyncClient(base_url=people_url, auth=ServiceAuth(service, secret), timeout=TIMEOUT, trust_env=False)
