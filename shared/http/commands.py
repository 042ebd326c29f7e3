"""What every command over HTTP has in common: who sends it, its key, the version it was decided on, and the answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Protocol
from uuid import UUID, uuid5

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from opentelemetry import propagate

from shared.http.problems import KeyMissing, MalformedRequest, Unauthenticated, trace_id
from shared.http.tokens import Grant, Person, TokenVerifier
from shared.store.types import Context

KEYS: Final = UUID("6f5b9f6e-2f0c-5d52-9a53-6f2d7a8a4c11")  # the namespace of receipts
MOST_KEY: Final = 200
TAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"')

_bearer = HTTPBearer(auto_error=False)


class Serving(Protocol):
    """The part of a running service that commands need."""

    @property
    def tokens(self) -> TokenVerifier: ...

    def clock(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A command's envelope. `receipt` and `expected` go to the executor as they are."""

    person: Person
    receipt: tuple[UUID, bytes] | None
    expected: int | None
    at: datetime
    correlation: str

    def context(self, command: object, grant: Grant | None = None, *, policy: str = "1", own: str = "own") -> Context:
        """Who, by what right and why, to be kept with the facts; without a grant the role is *own*."""
        own = "service" if self.person.service else own
        scope = f"service:{self.person.service}" if self.person.service else "own"
        return Context(
            actor=None if self.person.service else self.person.id,
            role=grant.role if grant else own,
            scope=grant.scope if grant else scope,
            command=self.receipt[0] if self.receipt else uuid5(KEYS, f"{self.correlation}/{self.at.isoformat()}"),
            command_name=type(command).__name__,
            causation=None,
            correlation=self.correlation,
            trace=traceparent(),
            occurred_at=self.at,
            policy=policy,
        )

    def new_id(self, what: str = "") -> UUID:
        """An id for what this command makes: the same again when the same command is sent again."""
        if self.receipt is None:
            raise KeyMissing
        return uuid5(self.receipt[0], what)


def serving(request: Request) -> Serving:
    runtime: Serving = request.app.state.runtime
    return runtime


async def caller(
    runtime: Annotated[Serving, Depends(serving)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Person:
    """The person or service that sends the request."""
    if credentials is None:
        raise Unauthenticated
    return await runtime.tokens.person(credentials.credentials)


async def wanted(
    request: Request, person: Annotated[Person, Depends(caller)], runtime: Annotated[Serving, Depends(serving)]
) -> Wanted:
    """The envelope of a command: the key is required of a POST, If-Match may be left out."""
    receipt = await _receipt(request, person)
    correlation = trace_id() or (str(receipt[0]) if receipt else "")
    return Wanted(
        person=person, receipt=receipt, expected=_expected(request), at=runtime.clock(), correlation=correlation
    )


async def _receipt(request: Request, person: Person) -> tuple[UUID, bytes] | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        if request.method == "POST":
            raise KeyMissing
        return None
    if len(key) > MOST_KEY:
        raise MalformedRequest
    # Another person's equal key is another key.
    id = uuid5(KEYS, f"{person.id}/{key}")
    seen = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body())
    return id, seen.digest()


def _expected(request: Request) -> int | None:
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    match = TAG.fullmatch(header)
    if match is None:
        raise MalformedRequest
    return int(match.group(1))


def etag(version: int) -> str:
    return f'"{version}"'


class Done(Protocol):
    """The part of an outcome that is told to the caller."""

    @property
    def id(self) -> UUID: ...

    @property
    def version(self) -> int: ...


def answer(outcome: Done, response: Response, status: int = 200) -> dict[str, Any]:
    """The body of every accepted command; the version goes into the ETag as well."""
    response.status_code = status
    response.headers["ETag"] = etag(outcome.version)
    return {"id": str(outcome.id), "version": outcome.version}


def traceparent() -> str:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent", "")
