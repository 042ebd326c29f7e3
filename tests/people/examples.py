"""The people these tests are about; all of them invented."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from services.people.domain import organisation as o
from services.people.domain import person as p

NOW = datetime(2026, 9, 14, 5, 30, tzinfo=UTC)
ANNA = UUID(int=1)
DOCUMENT = "ab" * 32

DETAILS = p.Details(
    family_name="Орлова",
    given_name="Анна",
    patronymic="Дмитриевна",
    email="anna@school.example",
    phone="+7 900 000-00-00",
    position="учитель математики",
    service_years=4,
    category="первая",
)
register = p.Register(person=ANNA, details=DETAILS, municipality="m-ust", school="s-011", at=NOW)
registered = p.registration(register)
TEACHER = p.Grant(role="teacher", municipality="m-ust", school="s-011")
municipality = o.RegisterOrganisation(kind="municipality", code="m-ust", name="Таловский район", parent=None, at=NOW)
school = o.RegisterOrganisation(kind="school", code="s-011", name="СОШ № 11", parent="m-ust", at=NOW)

PASSWORD = "длинный-пароль"
ANNA_SAYS: dict[str, Any] = {
    "family_name": "Орлова",
    "given_name": "Анна",
    "patronymic": "Дмитриевна",
    "email": "anna@school.example",
    "phone": "+7 900 000-00-00",
    "position": "учитель математики",
    "service_years": 4,
    "category": "первая",
    "school": "s-011",
    "password": PASSWORD,
}
DIRECTOR: dict[str, Any] = {
    "family_name": "Соболев",
    "given_name": "Игорь",
    "email": "igor@school.example",
    "school": "s-011",
    "password": PASSWORD,
}
PLACES: tuple[dict[str, Any], ...] = (
    {"kind": "municipality", "code": "m-ust", "name": "Таловский район", "parent": None},
    {"kind": "school", "code": "s-011", "name": "Школа s-011", "parent": "m-ust"},
    {"kind": "school", "code": "s-012", "name": "Школа s-012", "parent": "m-ust"},
)


async def problem(answering: Awaitable[httpx.Response], status: int, name: str) -> dict[str, Any]:
    """The answer is this "no", in the users' language and with what to do next."""
    answer = await answering
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"/problems/{name}"
    assert told["title"]
    assert told["detail"]
    return told
