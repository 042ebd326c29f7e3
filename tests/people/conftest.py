"""The service in this process over a database of its own, with its first administrator."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from deploy.mail import MailCatcher
from services.people.app import build
from services.people.settings import PeopleSettings
from shared.http.credentials import ServiceAuth
from tests.people.examples import ANNA_SAYS, DIRECTOR, PASSWORD, PLACES

ADMIN = {"email": "root@iom.example", "password": "корень-2026"}
ISSUER = "http://people"
CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)  # the real cost is for real passwords
SECRETS = {"routes": "тайна", "certificates": "другая", "notifications": "третья"}


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **time: float) -> None:
        self.now += timedelta(**time)


class Somebody:
    """A caller with their token, or without."""

    def __init__(self, client: httpx.AsyncClient, token: str = "", id: str = "") -> None:
        self._client, self.token, self.id = client, token, id

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def post(self, path: str, body: Any = None, key: str = "", **headers: str) -> httpx.Response:
        keys = {"Idempotency-Key": key or str(uuid4())}
        return await self._client.post(path, json=body, headers=self._headers | keys | headers)

    async def send(self, path: str, content: bytes) -> httpx.Response:
        """Bytes as they are."""
        headers = self._headers | {"Idempotency-Key": str(uuid4()), "Content-Type": "application/octet-stream"}
        return await self._client.post(path, content=content, headers=headers)

    async def get(self, path: str) -> httpx.Response:
        return await self._client.get(path, headers=self._headers)

    async def do(self, path: str, body: Any = None) -> dict[str, Any]:
        answer = await self.post(path, body)
        assert answer.is_success, answer.text
        done: dict[str, Any] = answer.json()
        return done


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(database: str, mail_catcher: MailCatcher) -> PeopleSettings:
    return PeopleSettings(
        database_url=database,
        issuer=ISSUER,
        jwks_urls=f"{ISSUER}/.well-known/jwks.json",
        master_key="11" * 32,
        signing_key="22" * 32,
        smtp_url=mail_catcher.url,
        portal_url="http://portal.example",
        admin_email=ADMIN["email"],
        admin_password=ADMIN["password"],
        service_secrets=",".join(f"{name}:{secret}" for name, secret in SECRETS.items()),
    )


@pytest.fixture
async def app(settings: PeopleSettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """The token verifier fetches the keys from this very application, as it would over the network."""
    made = build(settings, clock, CHEAP)
    plain = httpx.AsyncClient

    def here(*args: Any, **options: Any) -> httpx.AsyncClient:
        if "transport" in options:
            return plain(*args, **options)
        return plain(transport=httpx.ASGITransport(made), timeout=5)

    monkeypatch.setattr("shared.http.tokens.httpx.AsyncClient", here)
    async with made.router.lifespan_context(made):
        await made.state.runtime.until_started()
        yield made


@pytest.fixture
async def client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://people") as client:
        yield client


@pytest.fixture
def nobody(client: httpx.AsyncClient) -> Somebody:
    return Somebody(client)


@pytest.fixture
def sign_in(client: httpx.AsyncClient) -> Any:
    async def come(email: str, password: str = PASSWORD) -> Somebody:
        answer = await client.post("/sign-in", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return Somebody(client, answer.json()["access_token"], answer.json()["person_id"])

    return come


@pytest.fixture
async def admin(sign_in: Any) -> Somebody:
    return await sign_in(**ADMIN)  # type: ignore[no-any-return]


@pytest.fixture
async def places(admin: Somebody) -> None:
    for place in PLACES:
        await admin.do("/organisations", place)


@pytest.fixture
async def director(admin: Somebody, places: None, sign_in: Any) -> Somebody:
    id = (await admin.do("/persons", DIRECTOR))["id"]
    await admin.do(f"/persons/{id}/grants", {"role": "school_administrator", "school": "s-011"})
    return await sign_in(DIRECTOR["email"])  # type: ignore[no-any-return]


@pytest.fixture
async def anna(director: Somebody, sign_in: Any) -> Somebody:
    id = (await director.do("/persons", ANNA_SAYS))["id"]
    await director.do(f"/persons/{id}/grants", {"role": "teacher", "school": "s-011"})
    return await sign_in(ANNA_SAYS["email"])  # type: ignore[no-any-return]


@pytest.fixture
async def service(nobody: Somebody, client: httpx.AsyncClient) -> Somebody:
    token = (await nobody.do("/service-token", {"service": "routes", "secret": SECRETS["routes"]}))["access_token"]
    return Somebody(client, token)


@pytest.fixture
def directory_client(app: Any) -> Callable[[str], httpx.AsyncClient]:
    """What another service asks people with: its own credentials, as `people_client` makes it."""

    def client(name: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ISSUER, auth=ServiceAuth(name, SECRETS[name]))

    return client
