"""The public address under a code: what anybody is told without a token."""

from typing import Any
from uuid import UUID

import pytest

from services.certificates import page
from shared.store.types import StoreUnavailable
from tests.certificates.service import Service, grant, token

REGION = token(UUID(int=50), grant("regional_centre"))


async def test_the_public_page_tells_valid_then_revoked(service: Service, certificate: dict[str, Any]) -> None:
    address = certificate["verification"].removeprefix("https://iom.example")
    valid = await service.get(address)
    assert valid.status_code == 200
    assert "Сертификат действителен" in valid.text
    assert "Ёлкина Анна Петровна" in valid.text
    for name, value in page.HEADERS.items():
        assert valid.headers[name] == value
    await service.post(f"/certificates/{certificate['id']}/revocation", REGION, {"reason": "Тайная причина"})
    revoked = await service.get(address.upper().replace("/VERIFY/", "/verify/"))
    assert "Сертификат отозван" in revoked.text
    assert "Тайная причина" not in revoked.text


@pytest.mark.parametrize("code", ["0" * 26, "x", "%3Cscript%3E", "%00", "'%20OR%201=1--", "й" * 26])
async def test_the_public_page_of_an_unknown_code(code: str, service: Service) -> None:
    response = await service.get(f"/verify/{code}")
    assert response.status_code == 404
    assert "Сертификат не найден" in response.text
    assert response.headers["content-security-policy"] == page.HEADERS["Content-Security-Policy"]


async def test_a_granted_certificate_has_no_public_page_yet(service: Service) -> None:
    service.people_away = True
    await service.complete()
    (row,) = await service.runtime.store.fetch("SELECT code FROM certificates")
    assert (await service.get(f"/verify/{row['code']}")).status_code == 404


async def test_a_name_cannot_become_markup_on_the_public_page(service: Service) -> None:
    service.names["family_name"] = '<img src=x onerror="alert(1)">'
    await service.complete()
    found = await service.issued()
    text = (await service.get(found["verification"].removeprefix("https://iom.example"))).text
    assert "<img" not in text
    assert "&lt;img src=x onerror=" in text


async def test_the_public_page_says_when_it_cannot_know(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(service.runtime.store, "fetch", away)
    response = await service.get(f"/verify/{'0' * 26}")
    assert response.status_code == 503
    assert "временно недоступна" in response.text
    response = await service.client.get(f"/verify/{'0' * 26}", headers={"Accept": "application/json"})
    assert response.status_code == 503


async def test_a_program_gets_the_same_as_json(service: Service, certificate: dict[str, Any]) -> None:
    address = certificate["verification"].removeprefix("https://iom.example")

    async def told(path: str) -> tuple[int, dict[str, Any]]:
        answer = await service.client.get(path, headers={"Accept": "application/json"})
        assert answer.headers["vary"] == "Accept"
        return answer.status_code, answer.json()

    valid = {
        "standing": "valid",
        "number": certificate["number"],
        "holder": "Ёлкина Анна Петровна",
        "started_on": "2026-01-12",
        "completed_on": "2026-11-20",
        "issued_on": "2026-11-20",
        "revoked_on": None,
    }
    assert await told(address) == (200, valid)
    await service.post(f"/certificates/{certificate['id']}/revocation", REGION, {"reason": "Ошибка"})
    status, revoked = await told(address)
    assert (status, revoked["standing"]) == (200, "revoked")
    assert revoked["revoked_on"]
    assert await told(f"/verify/{'0' * 26}") == (404, dict.fromkeys(valid) | {"standing": "unknown"})


async def test_the_style_of_the_public_page_is_its_own(service: Service) -> None:
    response = await service.get(page.STYLE)
    assert response.headers["content-type"].startswith("text/css")
