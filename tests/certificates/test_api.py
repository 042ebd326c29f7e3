"""Certificates over HTTP: who may see, download and revoke them."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.certificates.examples import ANNA, BORIS, ROUTE
from tests.certificates.service import STRANGE, Service, grant, running, token

HERE, THERE = ("m-ust", "s-011"), ("m-ust", "s-012")
REGION = token(UUID(int=50), grant("regional_centre"))
READERS = [
    token(ANNA),
    REGION,
    token(BORIS, grant("school_administrator", *HERE)),
    token(BORIS, grant("school_curator", "", "s-011")),
    token(BORIS, grant("municipal_coordinator", "m-ust")),
    token(BORIS, grant("auditor")),
    token(BORIS, grant("auditor", "m-ust")),
]
STRANGERS = [
    token(BORIS),
    token(BORIS, grant("teacher", *HERE)),
    token(BORIS, grant("school_administrator", *THERE)),
    token(BORIS, grant("school_administrator")),
    token(BORIS, grant("municipal_coordinator", "m-other")),
    token(BORIS, grant("subscriber")),
]


async def test_the_holder_downloads_the_bytes_that_were_issued(service: Service, certificate: dict[str, Any]) -> None:
    response = await service.get(certificate["pdf"], token(ANNA))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["cache-control"] == "private, no-store"
    assert certificate["number"] in response.headers["content-disposition"]
    rows = await service.runtime.store.fetch("SELECT sha256, bytes FROM documents")
    assert [hashlib.sha256(response.content).hexdigest()] == [row["sha256"] for row in rows]
    assert response.content == rows[0]["bytes"]


async def test_a_later_change_of_name_changes_nothing_issued(service: Service, certificate: dict[str, Any]) -> None:
    before = (await service.get(certificate["pdf"], token(ANNA))).content
    service.names["family_name"] = "Соснова"
    await service.complete()
    assert (await service.get(certificate["pdf"], token(ANNA))).content == before


async def test_bytes_that_were_changed_are_not_served(service: Service, certificate: dict[str, Any]) -> None:
    await service.runtime.store.fetch("UPDATE documents SET bytes = bytes || 'x'::bytea")
    response = await service.get(certificate["pdf"], token(ANNA))
    assert response.status_code == 500
    assert response.json()["type"] == "/problems/internal-error"


async def test_those_in_whose_scope_it_is_see_it(service: Service, certificate: dict[str, Any]) -> None:
    for reader in READERS:
        assert (await service.get("/certificates", reader)).json() == {"items": [certificate], "next": None}
        one = await service.get(f"/certificates/{certificate['id']}", reader)
        assert one.json() == certificate
        assert one.headers["etag"] == f'"{certificate["version"]}"'
        assert (await service.get(certificate["pdf"], reader)).status_code == 200


async def test_to_others_it_does_not_exist(service: Service, certificate: dict[str, Any]) -> None:
    for stranger in STRANGERS:
        assert (await service.get("/certificates", stranger)).json()["items"] == []
        for path in (f"/certificates/{certificate['id']}", certificate["pdf"]):
            response = await service.get(path, stranger)
            assert response.status_code == 404
            assert response.json()["type"] == "/problems/not-found"
        response = await service.post(f"/certificates/{certificate['id']}/revocation", stranger, {"reason": "Нет"})
        assert response.status_code == 404


async def test_without_a_believed_token_nothing_is_told(service: Service, certificate: dict[str, Any]) -> None:
    for bearer in (None, "nonsense", STRANGE.token(ANNA), token(ANNA, lasting=-600)):
        for path in ("/certificates", f"/certificates/{certificate['id']}", certificate["pdf"]):
            assert (await service.get(path, bearer)).status_code == 401


async def test_the_register_is_asked_by_route_holder_and_number(service: Service, certificate: dict[str, Any]) -> None:
    for query, found in (
        (f"route={ROUTE}", 1),
        (f"route={uuid4()}", 0),
        (f"holder={ANNA}", 1),
        (f"holder={BORIS}", 0),
        (f"number={certificate['number']}", 1),
        ("number=2026-000123-38", 0),
    ):
        assert len((await service.get(f"/certificates?{query}", REGION)).json()["items"]) == found


async def test_a_mistyped_number_is_told_at_once(service: Service) -> None:
    response = await service.get("/certificates?number=2026-000123-83", REGION)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"].endswith("number")


async def test_the_register_comes_in_pages(service: Service) -> None:
    for n in range(1, 6):
        await service.complete(route_id=str(UUID(int=n)))
    seen: list[str] = []
    path: str | None = "/certificates?limit=2"
    while path:
        got = (await service.get(path, REGION)).json()
        seen += [each["id"] for each in got["items"]]
        path = f"/certificates?limit=2&after={got['next']}" if got["next"] else None
    assert len(seen) == len(set(seen)) == 5


async def test_the_region_revokes_with_a_reason(service: Service, certificate: dict[str, Any]) -> None:
    path = f"/certificates/{certificate['id']}/revocation"
    response = await service.post(path, REGION, {"reason": "Ошибка в сроках"})
    assert response.status_code == 200
    assert response.json() == {"id": certificate["id"], "version": 3}
    assert response.headers["etag"] == '"3"'
    shown = (await service.get(f"/certificates/{certificate['id']}", token(ANNA))).json()
    assert shown["status"] == "revoked"
    assert shown["revoked_at"]
    assert (await service.get(certificate["pdf"], token(ANNA))).status_code == 200


async def test_a_holder_and_a_school_may_not_revoke(service: Service, certificate: dict[str, Any]) -> None:
    path = f"/certificates/{certificate['id']}/revocation"
    for reader in (token(ANNA), token(BORIS, grant("school_administrator", *HERE)), token(BORIS, grant("auditor"))):
        response = await service.post(path, reader, {"reason": "Хочу"})
        assert response.status_code == 403
        assert response.json()["type"] == "/problems/forbidden"


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({}, 422, "invalid-request"),
        ({"reason": ""}, 422, "invalid-request"),
        ({"reason": "x" * 1001}, 422, "invalid-request"),
        ({"reason": "Ошибка", "more": 1}, 422, "invalid-request"),
        ({"reason": "  "}, 409, "reason-missing"),
    ],
)
async def test_a_revocation_without_a_reason_changes_nothing(
    body: Any, status: int, kind: str, service: Service, certificate: dict[str, Any]
) -> None:
    response = await service.post(f"/certificates/{certificate['id']}/revocation", REGION, body)
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{kind}")
    assert (await service.issued()) == certificate


async def test_a_refusal_tells_what_to_do_and_cites_its_clause(service: Service, certificate: dict[str, Any]) -> None:
    path = f"/certificates/{certificate['id']}/revocation"
    await service.post(path, REGION, {"reason": "Ошибка"})
    told = (await service.post(path, REGION, {"reason": "Другая причина"})).json()
    assert told["type"] == "/problems/already-revoked"
    assert told["title"] == "Сертификат уже отозван"
    assert told["clause"] == "4.3"


async def test_a_stale_version_and_a_reused_key_change_nothing(service: Service, certificate: dict[str, Any]) -> None:
    path = f"/certificates/{certificate['id']}/revocation"
    stale = await service.post(path, REGION, {"reason": "Ошибка"}, **{"If-Match": '"1"'})
    assert stale.status_code == 412
    assert await service.issued() == certificate
    key = {"Idempotency-Key": "key-1"}
    first = await service.post(path, REGION, {"reason": "Ошибка"}, **key)
    again = await service.post(path, REGION, {"reason": "Ошибка"}, **key)
    assert first.json() == again.json()
    other = await service.post(path, REGION, {"reason": "Иное"}, **key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")


async def test_an_unknown_certificate_is_not_found(service: Service) -> None:
    for path in (f"/certificates/{uuid4()}", f"/certificates/{uuid4()}/pdf"):
        assert (await service.get(path, REGION)).status_code == 404
    response = await service.post(f"/certificates/{uuid4()}/revocation", REGION, {"reason": "Ошибка"})
    assert response.status_code == 404


async def test_people_absent_granted_and_waiting_then_printed(service: Service) -> None:
    service.people_away = True
    await service.complete()
    (waiting,) = (await service.get("/certificates", token(ANNA))).json()["items"]
    assert (waiting["status"], waiting["number"], waiting["pdf"]) == ("granted", None, None)
    assert (await service.get(f"/certificates/{waiting['id']}/pdf", token(ANNA))).status_code == 404
    service.people_away = False
    assert (await service.issued())["id"] == waiting["id"]


async def test_a_restarted_service_prints_what_waited(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path) as first:
        first.people_away = True
        await first.complete()
    async with running(database, tmp_path) as second:
        assert (await second.issued())["number"].startswith("2026-000001-")


async def test_facts_keep_who_revoked_by_what_right(service: Service, certificate: dict[str, Any]) -> None:
    await service.post(f"/certificates/{certificate['id']}/revocation", REGION, {"reason": "Ошибка"})
    *_, last = await service.runtime.store.read(f"certificate-{certificate['id']}")
    assert (last.context.actor, last.context.role, last.context.scope) == (UUID(int=50), "regional_centre", "region")
