"""Who is asking: access tokens (JWT, EdDSA) checked against the published keys of the issuers that are trusted."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from shared.http.problems import TryLater, Unauthenticated
from shared.supervise import told

AUDIENCE: Final = "iom"
ALGORITHMS: Final = ["Ed25519", "EdDSA"]
LEEWAY: Final = 30  # seconds that clocks may differ
REFETCH_AFTER: Final = 10.0  # seconds between looks at the issuers for a key that is not known
RETRY_AFTER: Final = 1.0  # seconds after a look that failed: the issuer may just be starting

# Roles that are held for the whole region, without a place.
REGION_ROLES: Final = frozenset({"regional_centre", "methodist", "auditor", "administrator", "subscriber"})
ROLES: Final = frozenset(
    {
        "teacher", "tutor", "school_administrator", "school_coordinator", "school_curator", "methodist",
        "municipal_coordinator", "regional_centre", "auditor", "administrator", "subscriber",
    }
)  # fmt: skip

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role, and the place it is held at; a place left out means the wider one."""

    role: str
    municipality: str = ""
    school: str = ""

    @property
    def scope(self) -> str:
        if self.school:
            return f"school:{self.school}"
        return f"municipality:{self.municipality}" if self.municipality else "region"

    def covers(self, municipality: str, school: str) -> bool:
        """Whether the place lies within the grant's; without a place only a role of the region reaches everywhere."""
        if not self.municipality and not self.school:
            return self.role in REGION_ROLES
        return self.municipality in ("", municipality) and self.school in ("", school)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The caller as the token tells: a person with grants, or a service of the suite."""

    id: UUID
    grants: tuple[Grant, ...] = ()
    service: str = ""

    @property
    def is_service(self) -> bool:
        return bool(self.service)

    def has(self, *roles: str) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def role_at(self, roles: Collection[str], municipality: str, school: str) -> Grant | None:
        """The grant by which the person holds one of these roles at this place."""
        return next((each for each in self.grants if each.role in roles and each.covers(municipality, school)), None)

    def places(self, roles: Collection[str]) -> tuple[tuple[str, str], ...]:
        """The (municipality, school) pairs where the person holds one of these roles; an empty part stands for all."""
        return tuple(
            (each.municipality, each.school)
            for each in self.grants
            if each.role in roles and each.covers(each.municipality, each.school)
        )


class TokenVerifier:
    """Checks tokens against keys from a file and from the issuers' addresses.

    Keys once fetched go on serving while their issuer is away; for an unknown key the issuers are asked at most every
    ten seconds, or every second while one of them fails, so that a stranger's tokens cannot keep them busy.
    """

    def __init__(
        self,
        *,
        issuers: Collection[str],
        urls: Sequence[str] = (),
        file: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._issuers = sorted(issuers)
        self._urls = tuple(urls)
        self._now = now
        self._sets: dict[str, KeySet] = {}
        self._next_look = float("-inf")
        self._looking = asyncio.Lock()
        if file:
            self._sets[file] = key_set(Path(file).read_text())

    async def person(self, token: str) -> Person:
        """Raises Unauthenticated for a token that is not valid here, TryLater when no issuer's keys could be had."""
        try:
            kid = str(jwt_header(token).get("kid", ""))
        except (JoseError, ValueError, RecursionError) as error:
            raise Unauthenticated from error
        if not self._knows(kid):
            await self._look(kid)
        if not self._sets and self._urls:
            raise TryLater
        for keys in tuple(self._sets.values()):
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                continue
            return self._checked(decoded.claims)
        raise Unauthenticated

    def _checked(self, claims: dict[str, Any]) -> Person:
        registry = JWTClaimsRegistry(
            now=lambda: int(self._now()),
            leeway=LEEWAY,
            iss={"essential": True, "values": self._issuers},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            if not self._issuers:  # the registry takes an empty list for "anybody"
                raise ValueError("no issuer is trusted")
            registry.validate(claims)
            return _person(claims)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise Unauthenticated from error

    def _knows(self, kid: str) -> bool:
        return any(key.kid == kid for keys in self._sets.values() for key in keys.keys)

    async def _look(self, kid: str) -> None:
        async with self._looking:
            if self._knows(kid) or time.monotonic() < self._next_look:
                return
            async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
                answers = [await self._fetch(client, url) for url in self._urls]
            self._next_look = time.monotonic() + (REFETCH_AFTER if all(answers) else RETRY_AFTER)

    async def _fetch(self, client: httpx.AsyncClient, url: str) -> bool:
        try:
            response = await client.get(url)
            response.raise_for_status()
            self._sets[url] = key_set(response.text)
        except (httpx.HTTPError, JoseError, ValueError, TypeError, KeyError) as error:
            log.warning("the keys of an issuer could not be fetched: %s", told(error))
            return False
        return True


def key_set(text: str) -> KeySet:
    return KeySet.import_key_set(json.loads(text))


def jwt_header(token: str) -> dict[str, Any]:
    """The header of a compact JWT, unverified."""
    part = token.split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(header, dict):
        raise ValueError("not a JWT header")
    return header


def _person(claims: dict[str, Any]) -> Person:
    grants = tuple(
        Grant(role=each["role"], municipality=each.get("municipality") or "", school=each.get("school") or "")
        for each in claims.get("grants", ())
        if each["role"] in ROLES
    )
    return Person(id=UUID(claims["sub"]), grants=grants, service=str(claims.get("svc") or ""))
