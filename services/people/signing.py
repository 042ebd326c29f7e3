"""Signing in: a password becomes a token, and so does a service's secret."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from services.people import bodies, responses
from services.people.categories import PERSONS
from services.people.credentials import Credentials
from services.people.domain.person.facts import Person
from services.people.throttle import Throttle
from services.people.tokens import TokenMaker
from shared.domain import local_day
from shared.http.problems import TooManyTries, Unauthenticated
from shared.store.execute import Executor

MOST_TRIES = 10  # of one address at one place
MOST_TRIES_ANYWHERE = 100  # of one address, so that many places together do not guess without end


class Door:
    """Judges passwords and secrets."""

    def __init__(
        self,
        executor: Executor,
        credentials: Credentials,
        tokens: TokenMaker,
        secrets: Mapping[str, str],
        clock: Callable[[], datetime],
        zone: str,
    ) -> None:
        self._executor = executor
        self._credentials = credentials
        self._tokens = tokens
        self._secrets = secrets
        self._clock = clock
        self._zone = zone
        self._here = Throttle(lambda: clock().timestamp(), MOST_TRIES)
        self._anywhere = Throttle(lambda: clock().timestamp(), MOST_TRIES_ANYWHERE)

    @property
    def keys(self) -> dict[str, object]:
        return self._tokens.published

    async def person(self, email: str, password: str, place: str) -> responses.PersonSignedIn:
        """Raises Unauthenticated, the same for an unknown address and a wrong password; TooManyTries after ten."""
        mark = self._credentials.mark(email)
        here = mark + place.encode()
        if not (self._here.allows(here) and self._anywhere.allows(mark)):
            raise TooManyTries
        id = await self._credentials.check(email, password)
        state = (await self._executor.state(PERSONS, id))[0] if id else None
        if id is None or not isinstance(state, Person) or responses.forgotten(state):
            raise Unauthenticated
        self._here.forgive(here)
        self._anywhere.undo(mark)
        now = self._clock()
        valid = state.grants_on(local_day(now, self._zone))
        return responses.signed_in(id, self._tokens.for_person(id, valid, now))

    def service(self, name: str, secret: str) -> responses.SignedIn:
        known = self._secrets.get(name, "")
        if not known or not hmac.compare_digest(known.encode(), secret.encode()):
            raise Unauthenticated
        return responses.service_signed_in(self._tokens.for_service(name, self._clock()))


def router(door: Door) -> APIRouter:
    made = APIRouter(tags=["sign-in"])

    @made.post("/sign-in")
    async def sign_in(body: bodies.SignIn, request: Request) -> responses.PersonSignedIn:
        place = request.client.host if request.client else ""
        return await door.person(body.email, body.password.get_secret_value(), place)

    @made.post("/service-token")
    async def service_token(body: bodies.ServiceSignIn) -> responses.SignedIn:
        return door.service(body.service, body.secret.get_secret_value())

    @made.get("/.well-known/jwks.json")
    async def keys() -> Response:
        """The public keys that access tokens are checked against."""
        return JSONResponse(door.keys, headers={"Cache-Control": "public, max-age=300"})

    return made
