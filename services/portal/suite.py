"""The other services as the portal sees them: asked with the reader's own token, any of them may be away."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal
from uuid import uuid4

import httpx

from services.portal.settings import PortalSettings

Part = Literal["people", "routes", "diagnostics", "certificates", "notifications"]
Json = Any

log = logging.getLogger(__name__)


class PartAway(Exception):
    """This part of the suite does not answer, or not in a way that can be read."""

    def __init__(self, part: Part, why: str) -> None:
        super().__init__(f"{part}: {why}")
        self.part = part


class SignedOut(Exception):
    """The token is missing, expired or not believed: the reader must sign in again."""


class Missing(Exception):
    """There is no such thing, or the reader may not know of it."""


class Refused(Exception):
    """A part said no and told why, in the reader's language.

    `kind` is the no's own name, `fields` what is said of single fields of the request.
    """

    def __init__(
        self, *, status: int, title: str, detail: str, clause: str, kind: str, fields: Mapping[str, str]
    ) -> None:
        super().__init__(f"{status} {kind}")
        self.status, self.title, self.detail, self.clause = status, title, detail, clause
        self.kind, self.fields = kind, fields


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    media_type: str


class Suite:
    """One client for each part; close it when done."""

    def __init__(self, clients: Mapping[Part, httpx.AsyncClient]) -> None:
        self._clients = clients

    @classmethod
    def at(cls, settings: PortalSettings) -> "Suite":
        addresses: dict[Part, str] = {
            "people": settings.people_url,
            "routes": settings.routes_url,
            "diagnostics": settings.diagnostics_url,
            "certificates": settings.certificates_url,
            "notifications": settings.notifications_url,
        }
        return cls(
            {
                part: httpx.AsyncClient(base_url=url, timeout=settings.upstream_timeout, trust_env=False)
                for part, url in addresses.items()
                if url
            }
        )

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def get(self, part: Part, path: str, token: str | None, **query: str) -> Json:
        response = await self._ask(part, "GET", path, token, params=query)
        return _json(part, response)

    async def get_or_away(self, part: Part, path: str, token: str | None, **query: str) -> Json | PartAway:
        """The same for a page that has something to show without this part."""
        try:
            return await self.get(part, path, token, **query)
        except PartAway as away:
            return away

    async def file(self, part: Part, path: str, token: str | None) -> File:
        response = await self._ask(part, "GET", path, token)
        return File(response.content, response.headers.get("content-type", "application/octet-stream"))

    async def post(
        self,
        part: Part,
        path: str,
        token: str | None,
        body: Mapping[str, Any],
        *,
        version: str = "",
        place: str = "",
    ) -> Json:
        """With a *version* it is done only to what has not changed since; *place* is where a guess comes from."""
        headers = {"Idempotency-Key": str(uuid4())}
        headers |= {"If-Match": f'"{version}"'} if version else {}
        headers |= {"X-Forwarded-For": place} if place else {}
        return _json(part, await self._ask(part, "POST", path, token, json=dict(body), headers=headers))

    async def _ask(self, part: Part, method: str, path: str, token: str | None, **request: Any) -> httpx.Response:
        client = self._clients.get(part)
        if client is None:
            raise PartAway(part, "not installed")
        headers = dict(request.pop("headers", {})) | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            response = await client.request(method, path, headers=headers, **request)
        except httpx.HTTPError as error:
            log.warning("%s does not answer: %s", part, type(error).__name__)
            raise PartAway(part, type(error).__name__) from error
        _judge(part, response)
        return response


def _judge(part: Part, response: httpx.Response) -> None:
    status = response.status_code
    if status == HTTPStatus.UNAUTHORIZED:
        raise SignedOut
    if status == HTTPStatus.NOT_FOUND:
        raise Missing
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s answers %s", part, status)
        raise PartAway(part, f"HTTP {status}")
    if status >= HTTPStatus.BAD_REQUEST:
        raise _refused(part, response)


def _refused(part: Part, response: httpx.Response) -> Refused:
    problem = _json(part, response)
    said = problem if isinstance(problem, dict) else {}
    return Refused(
        status=response.status_code,
        title=str(said.get("title") or ""),
        detail=str(said.get("detail") or ""),
        clause=str(said.get("clause") or ""),
        kind=str(said.get("type") or "").rpartition("/")[2],
        fields={
            str(each.get("pointer")).removeprefix("#/"): str(each.get("detail") or "")
            for each in said.get("errors") or ()
        },
    )


def _json(part: Part, response: httpx.Response) -> Json:
    try:
        return response.json()
    except ValueError as error:
        raise PartAway(part, "an answer that is not JSON") from error
