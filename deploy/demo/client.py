"""A person at the public HTTP APIs: signed in, every command with a key of its own, every refusal told."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx

T = TypeVar("T")

PAUSE = 0.1  # seconds between two looks at something that is awaited
AWAY = (502, 503, 504)


class Refused(Exception):
    """A service answered with a problem; the message has its Russian title, clause and next step."""

    def __init__(self, status: int, problem: dict[str, Any], path: str) -> None:
        clause = f" (п. {problem['clause']})" if problem.get("clause") else ""
        super().__init__(f"{path}: {status} {problem.get('title', '')}{clause} {problem.get('detail', '')}".strip())
        self.status = status
        self.problem = problem


class TooLate(Exception):
    """What was awaited did not come in time."""


def until(look: Callable[[], T | None], what: str, seconds: float = 60) -> T:
    """What *look* finds, as soon as it is something; raises TooLate, naming *what*."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise TooLate(f"{what}: not within {seconds:.0f} s")
        time.sleep(PAUSE)
    return found


@dataclass(slots=True)
class Person:
    """One signed-in person (or nobody yet) and the addresses of the services.

    A service that is away is asked again, with the same key, for `patience` seconds: so a command is done once.
    """

    services: dict[str, str]
    http: httpx.Client
    name: str = ""
    email: str = ""
    id: UUID | None = None
    patience: float = 60
    _headers: dict[str, str] = field(default_factory=dict)
    _password: str = ""

    def sign_in(self, email: str, password: str) -> "Person":
        """Again and again allowed: a token lives shortly."""
        answer = self._send("POST", "people", "/sign-in", {"email": email, "password": password})
        self.email, self._password, self.id = email, password, UUID(answer["person_id"])
        self._headers = {"Authorization": f"Bearer {answer['access_token']}"}
        return self

    def bear(self, id: UUID, token: str) -> "Person":
        """Signed in elsewhere: the token of another issuer."""
        self.id, self._headers = id, {"Authorization": f"Bearer {token}"}
        return self

    def do(self, service: str, path: str, body: dict[str, Any] | None = None, key: str | None = None) -> dict[str, Any]:
        """A command; the same key sent again changes nothing and gives the first answer."""
        answer: dict[str, Any] = self._send("POST", service, path, body or {}, key or str(uuid4()))
        return answer

    def see(self, service: str, path: str, **query: str) -> Any:
        return self._send("GET", service, path, query=query)

    def fetch(self, service: str, path: str) -> bytes:
        return self._answered("GET", service, path).content

    def _send(
        self, method: str, service: str, path: str, body: Any = None, key: str = "", query: dict[str, str] | None = None
    ) -> Any:
        answer = self._answered(method, service, path, body, key, query)
        return answer.json() if answer.content else {}

    def _answered(
        self, method: str, service: str, path: str, body: Any = None, key: str = "", query: dict[str, str] | None = None
    ) -> httpx.Response:
        def asked() -> httpx.Response:
            headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
            return self._insist(method, self.services[service] + path, json=body, headers=headers, params=query)

        answer = asked()
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._password and path != "/sign-in":
            self.sign_in(self.email, self._password)
            answer = asked()
        if answer.is_success:
            return answer
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {"title": answer.text[:200]}
        raise Refused(answer.status_code, told, f"{method} {service}{path}")

    def _insist(self, method: str, url: str, **parts: Any) -> httpx.Response:
        last: list[httpx.Response] = []

        def answered() -> httpx.Response | None:
            try:
                answer = self.http.request(method, url, **parts)
            except httpx.TransportError:
                return None
            last[:] = [answer]
            return None if answer.status_code in AWAY else answer

        try:
            return until(answered, f"an answer of {url}", self.patience)
        except TooLate:
            if last:
                return last[0]
            raise
