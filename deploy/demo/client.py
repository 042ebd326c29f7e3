"""A person at the public HTTP APIs: signed in, every command with a key of its own, every refusal told."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx


class Refused(Exception):
    """A service answered with a problem; the message has its Russian title, clause and next step."""

    def __init__(self, status: int, problem: dict[str, Any], path: str) -> None:
        clause = f" (п. {problem['clause']})" if problem.get("clause") else ""
        super().__init__(f"{path}: {status} {problem.get('title', '')}{clause} {problem.get('detail', '')}".strip())
        self.status = status
        self.problem = problem


@dataclass(slots=True)
class Person:
    """One signed-in person (or nobody yet) and the addresses of the services."""

    services: dict[str, str]
    http: httpx.Client
    name: str = ""
    email: str = ""
    id: UUID | None = None
    _headers: dict[str, str] = field(default_factory=dict)
    _password: str = ""

    def sign_in(self, email: str, password: str) -> "Person":
        """Again and again allowed: a token lives shortly."""
        answer = self._send("POST", "people", "/sign-in", {"email": email, "password": password})
        self.email, self._password, self.id = email, password, UUID(answer["person_id"])
        self._headers = {"Authorization": f"Bearer {answer['access_token']}"}
        return self

    def do(self, service: str, path: str, body: dict[str, Any] | None = None, key: str | None = None) -> dict[str, Any]:
        """A command; the same key sent again changes nothing and gives the first answer."""
        answer: dict[str, Any] = self._send("POST", service, path, body or {}, key or str(uuid4()))
        return answer

    def see(self, service: str, path: str, **query: str) -> Any:
        return self._send("GET", service, path, query=query)

    def fetch(self, service: str, path: str) -> bytes:
        answer = self.http.get(self.services[service] + path, headers=self._headers)
        answer.raise_for_status()
        return answer.content

    def _send(
        self, method: str, service: str, path: str, body: Any = None, key: str = "", query: dict[str, str] | None = None
    ) -> Any:
        for attempt in (1, 2):
            headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
            answer = self.http.request(method, self.services[service] + path, json=body, headers=headers, params=query)
            if answer.status_code != 401 or attempt == 2 or not self._password:
                break
            self.sign_in(self.email, self._password)
        if answer.is_success:
            return answer.json() if answer.content else {}
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {"title": answer.text[:200]}
        raise Refused(answer.status_code, told, f"{method} {service}{path}")
