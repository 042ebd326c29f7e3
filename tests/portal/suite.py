"""Pretended services behind the portal: what they answer is set by the test, and what they were asked is kept."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, get_args
from urllib.parse import parse_qs

import httpx

from services.portal.suite import Part, Suite

Answer = httpx.Response | Callable[[httpx.Request], httpx.Response]
TOKEN = "token-of-anna"
OPEN = {"people /invitation", "people /registration", "people /password", "people /consents/personal_data"}
EMAIL, PASSWORD = "anna@example.ru", "correct horse"


def problem(
    status: int, title: str = "", detail: str = "", clause: str = "", kind: str = "x", **fields: str
) -> httpx.Response:
    errors = [{"pointer": f"#/{name}", "detail": words} for name, words in fields.items()]
    body = {"type": f"/problems/{kind}", "title": title, "detail": detail, "clause": clause, "status": status}
    body |= {"errors": errors} if errors else {}
    return httpx.Response(status, json=body)


@dataclass
class Services:
    """`answers` maps "part path" to an answer; a part in `away` refuses connections; the rest is 404."""

    answers: dict[str, Answer] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    asked: list[tuple[str, httpx.Request]] = field(default_factory=list)

    def suite(self) -> Suite:
        return Suite({part: self._client(part) for part in get_args(Part)})

    def _client(self, part: str) -> httpx.AsyncClient:
        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append((part, request))
            if part in self.away:
                raise httpx.ConnectError("refused", request=request)
            return self._answer(f"{part} {request.url.path}", request)

        return httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url=f"http://{part}")

    def _answer(self, key: str, request: httpx.Request) -> httpx.Response:
        if key == "people /sign-in":
            return self._sign_in(request)
        if key in OPEN:
            return self._found(key, request)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401)
        return self._found(key, request)

    def _found(self, key: str, request: httpx.Request) -> httpx.Response:
        found = self.answers.get(key)
        if found is None:
            return problem(404)
        made = found(request) if callable(found) else found
        return httpx.Response(made.status_code, content=made.content, headers=made.headers)

    @staticmethod
    def _sign_in(request: httpx.Request) -> httpx.Response:
        if json.loads(request.content) != {"email": EMAIL, "password": PASSWORD}:
            return problem(401, "Неверный адрес или пароль")
        body = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 900, "person_id": "x"}
        return httpx.Response(200, json=body)


class Page(HTMLParser):
    """A page as a reader gets it."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.text
        self.tags: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.by_id: dict[str, str] = {}  # element with an id -> the first words in it
        self._last_id: str | None = None
        self.feed(response.text)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.elements.append((tag, dict(attrs)))
        self._last_id = dict(attrs).get("id")

    def handle_data(self, data: str) -> None:
        if self._last_id is not None:
            self.by_id.setdefault(self._last_id, data)
        self.text += data + " "

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)

    @property
    def mark(self) -> str:
        return next(field["value"] or "" for field in self.all("input") if field.get("name") == "mark")

    def form(self, action: str) -> dict[str, str]:
        """What the form of this address would send now: its fields as they are filled, an unticked box not at all."""
        sent: dict[str, str] = {}
        inside = False
        for tag, attributes in self.elements:
            if tag == "form":
                inside = attributes["action"] == action
            elif inside and tag == "input" and (attributes.get("type") != "checkbox" or "checked" in attributes):
                sent[attributes["name"] or ""] = attributes.get("value") or ""
        assert sent, f"no form of {action}"
        return sent

    def field(self, id: str) -> dict[str, str | None]:
        return next(each for each in self.all("input") if each.get("id") == id)

    def wrong(self) -> dict[str, str]:
        """Field -> what stands beside it; the summary links to the same fields, and the fields know it."""
        texts = {id.removesuffix("-error"): words for id, words in self.by_id.items() if id.endswith("-error")}
        links = {each["href"] for each in self.all("a")} - {"#main"}
        for name in texts:
            field = self.field(name)
            assert f"#{name}" in links
            assert field["aria-invalid"] == "true"
            assert f"{name}-error" in (field["aria-describedby"] or "").split()
        return texts

    @property
    def headings(self) -> list[int]:
        return [int(tag[1]) for tag in self.tags if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()]


class Browser:
    """Keeps cookies and sends forms as a browser would."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def open(self, path: str) -> Page:
        return Page(await self.client.get(path, follow_redirects=True))

    async def send(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
        return await self.client.post(path, data=fields, headers=headers)

    async def fill(self, page: Page, action: str, **typed: str) -> Page:
        """Type into the form of this address, send it, and follow where it leads."""
        sent = await self.client.post(action, data=page.form(action) | typed, follow_redirects=True)
        return Page(sent)

    async def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        page = await self.open("/sign-in")
        return await self.send("/sign-in", email=EMAIL, password=password, mark=page.mark)


def sent_form(request: httpx.Request) -> dict[str, list[str]]:
    return parse_qs(request.content.decode())
