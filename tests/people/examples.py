"""The people these tests are about; all of them invented."""

from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.people.documents import PUBLISHED, read_library
from services.people.domain import act, invitation
from services.people.domain import organisation as o
from services.people.domain.person import cabinet as c
from services.people.domain.person import consents, roles
from services.people.domain.person import facts as p
from shared.mail.post import ServerAway

NOW = datetime(2026, 9, 14, 5, 30, tzinfo=UTC)
ANNA = UUID(int=1)
DOCUMENT = "ab" * 32  # of a text in a story; over HTTP only a published one will do
SHOWN = next(each.sha256 for each in read_library(PUBLISHED).documents if each.kind == p.PERSONAL_DATA)

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
register = c.Register(person=ANNA, details=DETAILS, municipality="m-ust", school="s-011", at=NOW)
registered = c.registration(register)
TEACHER = p.Grant(role="teacher", municipality="m-ust", school="s-011")
municipality = o.RegisterOrganisation(kind="municipality", code="m-ust", name="Таловский район", parent=None, at=NOW)
school = o.RegisterOrganisation(kind="school", code="s-011", name="СОШ № 11", parent="m-ust", at=NOW)

FIRST, LAST = date(2026, 9, 1), date(2027, 5, 31)
YEAR = p.Period(since=FIRST, until=LAST)
TUTOR = p.Grant(role="tutor", municipality="m-ust", school="s-011")
CABINET: tuple[Any, ...] = (
    c.ChangeDetails(person=ANNA, changes={"position": "учитель физики", "phone": None}, at=NOW),
    c.AskEmailChange(person=ANNA, email="new@school.example", digest="d1", expires_at=NOW + timedelta(days=1), at=NOW),
    c.ConfirmEmail(digest="d1", at=NOW),
    c.ChangePassword(at=NOW),
    roles.GrantRole(grant=TUTOR, period=YEAR, at=NOW),
    roles.Transfer(municipality="m-ust", school="s-012", roles=("teacher",), on=date(2026, 9, 14),
                   today=date(2026, 9, 14), at=NOW),
    consents.GiveConsent(document=DOCUMENT, version="1", at=NOW),
    consents.WithdrawConsent(at=NOW),
)  # fmt: skip

BORIS = UUID(int=2)
invite = invitation.Invite(
    purpose="registration",
    person=BORIS,
    municipality="m-ust",
    school="s-011",
    roles=(p.Held(grant=TEACHER),),
    email="boris@school.example",
    digest="d2",
    expires_at=NOW + timedelta(days=30),
    at=NOW,
)
DAY = date(2026, 9, 1)
ORDER, LATER = act.act_id("s-011", "12-к", DAY), act.act_id("s-011", "15-к", date(2026, 9, 10))
FILE = act.File(sha256="cd" * 32, size=7, media="pdf")
register_act = act.RegisterAct(
    act=ORDER,
    municipality="m-ust",
    school="s-011",
    number="12-к",
    day=DAY,
    title="О назначении тьютора",
    kind="order",
    file=FILE,
    today=date(2026, 9, 14),
    at=NOW,
)
PDF = b"%PDF-1.7\n"
ACT_SAYS: dict[str, Any] = {
    "school": "s-011",
    "number": "12-к",
    "day": "2026-09-01",
    "title": "О назначении тьютора",
    "kind": "order",
    "content": b64encode(PDF).decode(),
}
BY_LATER: dict[str, Any] = {"by_school": "s-011", "by_day": date(2026, 9, 10), "at": NOW}

CODE = r"[A-Z2-7]{5}(-[A-Z2-7]{1,5}){5}"  # of an invitation, as a letter has it
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


async def away(*_: object) -> None:
    """A mail server that does not answer."""
    raise ServerAway("away")
