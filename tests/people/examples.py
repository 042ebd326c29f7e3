"""The people these tests are about; all of them invented."""

from datetime import UTC, datetime
from uuid import UUID

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
