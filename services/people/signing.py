"""Signing in: a password becomes a token, and so does a service's secret."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from services.people import bodies, responses
from services.people.categories import PERSONS
from services.people.credentials import Credentials
from services.people.domain.person import Person
from services.people.throttle import Throttle
from services.people.tokens import TokenMaker
from shared.http.problems import TooManyTries, Unauthenticated
from shared.store.execute import Executor


class Door:
    """Judges passwords and secrets."""

    def __init__(
        self,
        executor: Executor,
        credentials: Credentials,
        tokens: TokenMaker,
        secrets: Mapping[str, str],
        clock: Callable[[], datetime],
    ) -> None:
        self._executor = executor
        self._credentials = credentials
        self._tokens = tokens
        self._secrets = secrets
        self._clock = clock
        self._throttle = Throttle(lambda: clock().timestamp())

    @property
    def keys(self) -> dict[str, object]:
        return self._tokens.published

    async def person(self, email: str, password: str) -> responses.PersonSignedIn:
        """Raises Unauthenticated, the same for an unknown address and a wrong password; TooManyTries after ten."""
        key = self._credentials.mark(email)
        if self._throttle.waits(key):
            raise TooManyTries
        id = await self._credentials.check(email, password)
        state = (await self._executor.state(PERSONS, id))[0] if id else None
        if id is None or not isinstance(state, Person):
            self._throttle.failed(key)
            raise Unauthenticated
        self._throttle.succeeded(key)
        return responses.signed_in(id, self._tokens.for_person(id, state.grants, self._clock()))

    def service(self, name: str, secret: str) -> responses.SignedIn:
        known = self._secrets.get(name, "")
        if not known or not hmac.compare_digest(known.encode(), secret.encode()):
            raise Unauthenticated
        return responses.service_signed_in(self._tokens.for_service(name, self._clock()))


def router(door: Door) -> APIRouter:
    made = APIRouter(tags=["sign-in"])

    @made.post("/sign-in")
    async def sign_in(body: bodies.SignIn) -> responses.PersonSignedIn:
        return await door.person(body.email, body.password.get_secret_value())

    @made.post("/service-token")
    async def service_token(body: bodies.ServiceSignIn) -> responses.SignedIn:
        return door.service(body.service, body.secret.get_secret_value())

    @made.get("/.well-known/jwks.json")
    async def keys(_: Request) -> Response:
        """The public keys that access tokens are checked against."""
        return JSONResponse(door.keys, headers={"Cache-Control": "public, max-age=300"})

    return made
