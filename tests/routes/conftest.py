"""The service in this process over a database of its own, and people who hold tokens for it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.routes.app import build
from services.routes.settings import RoutesSettings
from tests.issuer import ISSUER, Issuer
from tests.routes import path as p

PLACE = {"municipality": "m-ust", "school": "s-011"}


class Clock:
    """A clock that is moved, not waited for."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 14, 5, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def to(self, year: int, month: int, day: int) -> None:
        self.now = datetime(year, month, day, 5, 30, tzinfo=UTC)

    def on(self, days: int) -> None:
        self.now += timedelta(days=days)


class Somebody:
    """A person at the service: commands with a new key each, and what they can see."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self._client, self._headers = client, headers

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        key = {"Idempotency-Key": str(uuid4())}
        return await self._client.post(path, json=body, headers=self._headers | key | headers)

    async def post_bytes(self, path: str, raw: bytes, **headers: str) -> httpx.Response:
        """As `post`, for what no JSON library would send."""
        key = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        return await self._client.post(path, content=raw, headers=self._headers | key | headers)

    async def get(self, path: str) -> httpx.Response:
        return await self._client.get(path, headers=self._headers)

    async def do(self, path: str, body: Any = None) -> dict[str, Any]:
        answer = await self.post(path, body)
        assert answer.is_success, answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def see(self, path: str) -> dict[str, Any]:
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        seen: dict[str, Any] = answer.json()
        return seen


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(database: str, issuer: Issuer, tmp_path: Path) -> RoutesSettings:
    return RoutesSettings(
        database_url=database,
        issuer=ISSUER,
        jwks_file=issuer.keys(tmp_path),
        master_key="11" * 32,
        signing_key="22" * 32,
        assigning_seconds=3600,  # tests look themselves
    )


@pytest.fixture
def app(settings: RoutesSettings, clock: Clock) -> Iterator[Any]:
    return build(settings, clock)


@pytest.fixture
async def client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        await app.state.runtime.until_started()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://routes") as client:
            yield client


@pytest.fixture
def somebody(client: httpx.AsyncClient, issuer: Issuer) -> Any:
    """somebody(person, role, municipality=…, school=…)."""

    def come(person: UUID, role: str = "", **place: str) -> Somebody:
        return Somebody(client, issuer.bearer(person, role, **place))

    return come


@pytest.fixture
def anna(somebody: Any) -> Somebody:
    return somebody(p.ANNA, "teacher", **PLACE)  # type: ignore[no-any-return]


@pytest.fixture
def boris(somebody: Any) -> Somebody:
    return somebody(p.BORIS, "tutor", **PLACE)  # type: ignore[no-any-return]


@pytest.fixture
def director(somebody: Any) -> Somebody:
    return somebody(p.DIRECTOR, "school_administrator", **PLACE)  # type: ignore[no-any-return]


@pytest.fixture
def methodist(somebody: Any) -> Somebody:
    return somebody(p.METHODIST, "methodist")  # type: ignore[no-any-return]


@pytest.fixture
def centre(somebody: Any) -> Somebody:
    return somebody(p.OTHER, "regional_centre")  # type: ignore[no-any-return]


@pytest.fixture
def coordinator(somebody: Any) -> Somebody:
    return somebody(p.OTHER, "municipal_coordinator", municipality="m-ust")  # type: ignore[no-any-return]


@pytest.fixture
def walk(
    anna: Somebody, boris: Somebody, director: Somebody, methodist: Somebody, centre: Somebody, clock: Clock
) -> Any:
    from tests.routes.walk import Walk

    return Walk(anna, boris, director, methodist, centre, clock)


@pytest.fixture
def town(director: Somebody, centre: Somebody, somebody: Any) -> Any:
    from tests.routes.town import SECOND, Town

    return Town(
        director=director,
        curator=somebody(p.BORIS, "school_curator", **PLACE),
        second=somebody(UUID(int=8), "school_coordinator", **SECOND),
        coordinator=somebody(UUID(int=9), "municipal_coordinator", municipality="m-ust"),
        centre=centre,
    )
