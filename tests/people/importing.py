"""Files with schools and staff, made for tests; everybody in them is invented."""

import csv
import io
import json
import zipfile
from typing import Any

import openpyxl

from services.people.importing.sheet import COLUMNS
from tests.people.conftest import Somebody

ANNA = {
    "municipality_code": "m-1",
    "municipality": "Таловский район",
    "school_code": "s-1",
    "school": "Школа № 1",
    "family_name": "Орлова",
    "given_name": "Анна",
    "patronymic": "Дмитриевна",
    "email": "anna1@school.example",
    "position": "учитель математики",
    "service_years": "4",
    "key": "t-1",
}
BORIS = ANNA | {"family_name": "Лебедев", "given_name": "Борис", "email": "boris1@school.example", "key": "t-2",
                "roles": "педагог, тьютор", "attestation": "2027-03"}  # fmt: skip


def sheet_rows(*workers: dict[str, str]) -> list[list[str]]:
    return [list(COLUMNS.values()), *([worker.get(name, "") for name in COLUMNS] for worker in workers)]


def as_csv(*workers: dict[str, str], encoding: str = "utf-8", delimiter: str = ";") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(sheet_rows(*workers))
    return text.getvalue().encode(encoding)


def as_xlsx(*workers: dict[str, str]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in sheet_rows(*workers):
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


MANIFEST = [
    ["propertyName", "value"], ["manifest.version", "1.0"], ["oneroster.version", "1.2"],
    ["file.orgs", "bulk"], ["file.users", "bulk"], ["file.roles", "bulk"], ["file.classes", "absent"],
]  # fmt: skip
ORGS = [
    ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"],
    ["org-m", "", "", "Таловский район", "district", "m-1", ""],
    ["org-s", "", "", "Школа № 1", "school", "s-1", "org-m"],
    ["org-d", "", "", "Кафедра", "department", "", "org-s"],
]
USERS = [
    ["sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName", "familyName",
     "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password",
     "userMasterIdentifier", "preferredGivenName", "preferredMiddleName", "preferredFamilyName",
     "primaryOrgSourcedId", "pronouns", "metadata.position"],
    ["u-1", "", "", "true", "anna", "", "Анна", "Орлова", "Дмитриевна", "", "anna1@school.example", "", "", "", "", "",
     "", "", "", "", "org-s", "", "учитель математики"],
    ["u-2", "", "", "true", "boris", "", "Борис", "Лебедев", "", "", "boris1@school.example", "", "", "", "", "",
     "", "", "", "", "org-s", "", ""],
    ["u-3", "", "", "true", "pupil", "", "Ваня", "Ученик", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""],
]  # fmt: skip
ROLES = [
    ["sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate",
     "orgSourcedId", "userProfileSourcedId"],
    ["r-1", "", "", "u-1", "primary", "teacher", "", "", "org-s", ""],
    ["r-2", "", "", "u-1", "secondary", "ext:tutor", "2026-09-01", "2027-05-31", "org-s", ""],
    ["r-3", "", "", "u-2", "primary", "principal", "", "", "org-s", ""],
    ["r-4", "", "", "u-2", "secondary", "districtAdministrator", "", "", "org-m", ""],
    ["r-5", "", "", "u-3", "primary", "student", "", "", "org-s", ""],
]  # fmt: skip


def roster_zip(**changed: list[list[str]]) -> bytes:
    """A OneRoster archive; *changed* replaces a file's records by its name."""
    files = {"manifest": MANIFEST, "orgs": ORGS, "users": USERS, "roles": ROLES} | changed
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, records in files.items():
            text = io.StringIO()
            csv.writer(text).writerows(records)
            archive.writestr(f"{name}.csv", text.getvalue())
    return made.getvalue()


async def send(somebody: Somebody, content: bytes, query: str = "?letters=false") -> list[dict[str, Any]]:
    """The lines of an import's answer."""
    answer = await somebody.send(f"/imports{query}", content)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def finished(somebody: Somebody, content: bytes, query: str = "?letters=false") -> dict[str, Any]:
    last: dict[str, Any] = (await send(somebody, content, query))[-1]["finished"]
    return last
