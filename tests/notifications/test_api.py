"""The cabinet over HTTP, with the real service, its database, its tokens, and nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from deploy.mail import MailCatcher
from services.notifications import reactions
from services.notifications import subscribed as s
from services.notifications.app import build
from services.notifications.settings import NotificationsSettings
from shared.runtime import Runtime
from tests.issuer import ISSUER, Issuer
from tests.notifications.examples import ANNA, BORIS, NOON, ROUTE
from tests.notifications.rig import Rig

TRUSTED = Issuer()


def auth(person: UUID, *grants: dict[str, str], service: str | None = None) -> dict[str, str]:
    token = TRUSTED.token(person, *grants, svc=service, lasting=86_400)  # some are made long before their test runs
    return {"Authorization": f"Bearer {token}"}


@pytest_asyncio.fixture
async def service(database: str, tmp_path: Path, mail_catcher: MailCatcher) -> AsyncIterator[FastAPI]:
    """The service with keys configured and people absent."""
    settings = NotificationsSettings(
        database_url=database,
        issuer=ISSUER,
        jwks_file=TRUSTED.keys(tmp_path),
        master_key="11" * 32,
        signing_key="22" * 32,
        people_url="http://127.0.0.1:9",
        smtp_url=mail_catcher.url,
    )
    app = build(settings)
    async with app.router.lifespan_context(app):
        await app.state.runtime.until_started()
        yield app


@pytest_asyncio.fixture
async def client(service: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=service)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def planned(service: FastAPI, *messages: str) -> list[UUID]:
    """A notice to ANNA and one to BORIS for each message, one second apart."""
    runtime: Runtime = service.state.runtime
    rig = Rig(runtime.store)
    telling = next(each for each in reactions.TABLE if each.of is s.TutorAppointed)
    promise = s.TutorAppointed(
        route_id=ROUTE, tutee_id=ANNA, tutor_id=BORIS, municipality="m-ust", school="s-011", appointed_at=NOON
    )
    ids: list[UUID] = []
    for number, message in enumerate(messages):
        rig.now = NOON.replace(second=number)
        ids += await rig.hear(telling, promise, message)
    return ids


async def test_the_cabinet_shows_ones_own_notices_and_nobody_elses(service: FastAPI, client: httpx.AsyncClient):
    mine, theirs = await planned(service, "m-1")
    shown = (await client.get("/notices", headers=auth(ANNA))).json()
    (item,) = shown["items"]
    assert item["id"] == str(mine)
    assert item["title"] == "Вам назначен тьютор"
    assert item["status"] == "pending"  # people is absent: the mail waits for an address
    assert item["read_at"] is None
    assert shown["next"] is None
    assert (await client.get(f"/notices/{theirs}", headers=auth(ANNA))).status_code == 404
    one = await client.get(f"/notices/{mine}", headers=auth(ANNA))
    assert one.json() == item
    assert one.headers["ETag"] == '"1"'


async def test_pages_are_joined_without_gap_or_repeat(service: FastAPI, client: httpx.AsyncClient):
    await planned(service, *(f"m-{number}" for number in range(5)))
    seen, after = [], None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = (await client.get("/notices", params=query, headers=auth(ANNA))).json()
        seen += [item["planned_at"] for item in page["items"]]
        if not (after := page["next"]):
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 5


async def test_a_read_notice_leaves_the_unread_list(service: FastAPI, client: httpx.AsyncClient):
    mine, theirs = await planned(service, "m-1")
    headers = auth(ANNA) | {"Idempotency-Key": "once"}
    done = await client.post(f"/notices/{mine}/reading", headers=headers)
    assert (done.status_code, done.json()) == (200, {"id": str(mine), "version": 2})
    again = await client.post(f"/notices/{mine}/reading", headers=headers)
    assert again.json() == done.json()
    assert (await client.get("/notices", params={"unread": True}, headers=auth(ANNA))).json()["items"] == []
    foreign = await client.post(f"/notices/{theirs}/reading", headers=headers | {"Idempotency-Key": "other"})
    assert foreign.status_code == 404
    stale = await client.post(
        f"/notices/{mine}/reading", headers=auth(ANNA) | {"Idempotency-Key": "x", "If-Match": '"1"'}
    )
    assert stale.status_code == 412


AUDITOR, ELSEWHERE = {"role": "auditor", "municipality": "m-ust"}, {"role": "auditor", "municipality": "m-other"}


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        (auth(UUID(int=9), {"role": "auditor"}), 1),
        (auth(UUID(int=9), AUDITOR), 1),
        (auth(UUID(int=9), ELSEWHERE), 0),
        (auth(UUID(int=9), service="portal"), 1),
    ],
    ids=["region", "its municipality", "another municipality", "service"],
)
async def test_an_auditor_sees_the_record_within_their_scope(
    service: FastAPI, client: httpx.AsyncClient, headers: dict[str, str], seen: int
):
    await planned(service, "m-1")
    by_person = await client.get("/notices", params={"person": str(ANNA)}, headers=headers)
    assert len(by_person.json()["items"]) == seen
    by_route = await client.get("/notices", params={"route": str(ROUTE)}, headers=headers)
    assert len(by_route.json()["items"]) == 2 * seen
    assert (await client.get("/notices", headers=headers)).json()["items"] == []


async def test_others_are_not_ones_business(service: FastAPI, client: httpx.AsyncClient):
    await planned(service, "m-1")
    refused = await client.get("/notices", params={"person": str(BORIS)}, headers=auth(ANNA))
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    own = await client.get("/notices", params={"route": str(ROUTE)}, headers=auth(ANNA))
    assert [item["recipient_id"] for item in own.json()["items"]] == [str(ANNA)]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/notices", {}, 401),
        ("/notices", {"Authorization": "Bearer forged"}, 401),
        ("/notices?after=nonsense", auth(ANNA), 400),
        ("/notices?after=%00%ff", auth(ANNA), 400),
        ("/notices?limit=0", auth(ANNA), 422),
        ("/notices?person=anna", auth(ANNA), 422),
        ("/notices/anna", auth(ANNA), 422),
        (f"/notices/{uuid4()}", auth(ANNA), 404),
    ],
)
async def test_bad_requests_have_their_problem(client: httpx.AsyncClient, path: str, headers: dict[str, str], status):
    answer = await client.get(path, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")


async def test_a_command_needs_its_key(service: FastAPI, client: httpx.AsyncClient):
    mine, _ = await planned(service, "m-1")
    answer = await client.post(f"/notices/{mine}/reading", headers=auth(ANNA))
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/key-missing")
