"""Import of schools and staff: checked whole, written once, repeated without harm; told in Russian what is wrong."""

import asyncio
import json
import re
from uuid import UUID

import pytest

from services.people.domain.person import facts as p
from services.people.importing import writing
from services.people.imports_api import roster_of
from tests.bus.wire import until
from tests.people import importing as i
from tests.people.examples import CODE, PASSWORD
from tests.problems import problem

NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор")


async def kinds(app):
    rows = await app.state.runtime.store.fetch("SELECT kind, count(*) AS n FROM facts GROUP BY kind")
    return {row["kind"]: row["n"] for row in rows}


async def staff(somebody, school="s-1"):
    found = (await somebody.get(f"/persons?school={school}")).json()["items"]
    return {one["given_name"]: one for one in found}


@pytest.mark.parametrize(
    "content",
    [
        i.as_xlsx(i.ANNA, i.BORIS),
        i.as_csv(i.ANNA, i.BORIS),
        i.as_csv(i.ANNA, i.BORIS, encoding="cp1251"),
        i.as_csv(i.ANNA, i.BORIS, encoding="utf-8-sig", delimiter=","),
        i.as_csv(i.ANNA, i.BORIS, encoding="utf-16", delimiter="\t"),
    ],
    ids=["xlsx", "utf-8", "windows-1251", "utf-8 with its mark", "utf-16"],
)
async def test_schools_and_staff_come_from_a_table(admin, content):
    told = await i.finished(admin, content)
    assert (told["organisations"], told["registered"], told["refused"]) == (2, 2, [])
    found = await staff(admin)
    assert found["Анна"]["roles"] == ["teacher"]
    assert found["Борис"]["roles"] == ["teacher", "tutor"]
    card = (await admin.get(f"/persons/{found['Борис']['id']}")).json()
    assert (card["email"], card["attestation"], card["service_years"]) == ("boris1@school.example", "2027-03", 4)
    assert (card["school"], card["municipality"], card["school_name"]) == ("s-1", "m-1", "Школа № 1")


async def test_oneroster_1_2_is_understood(admin):
    told = await i.finished(admin, i.roster_zip())
    assert (told["organisations"], told["registered"], told["passed_over"]) == (2, 2, 3)
    found = await staff(admin)
    card = (await admin.get(f"/persons/{found['Анна']['id']}")).json()
    assert card["position"] == "учитель математики"
    held = {grant["role"]: (grant["valid_from"], grant["valid_until"]) for grant in card["grants"]}
    assert held == {"teacher": (None, None), "tutor": ("2026-09-01", "2027-05-31")}
    boris = (await admin.get(f"/persons/{found['Борис']['id']}")).json()
    assert [(g["role"], g["municipality"], g["school"]) for g in boris["grants"]] == [
        ("school_administrator", "m-1", "s-1"),
        ("municipal_coordinator", "m-1", None),
    ]


async def test_the_same_file_again_changes_nothing(admin, app):
    for content in (i.as_csv(i.ANNA, i.BORIS), i.roster_zip()):
        await i.finished(admin, content)
        before = await kinds(app)
        told = await i.finished(admin, content)
        assert (told["unchanged"], told["registered"], told["changed"], told["workers"]) == (2, 0, 0, 0)
        assert await kinds(app) == before
        await app.state.runtime.store.fetch("DELETE FROM imported_rows")
        told = await i.finished(admin, content)  # as if it had been killed before the last row was noted
        assert (told["registered"], told["changed"], told["workers"]) == (0, 0, 2)
        assert await kinds(app) == before
        await app.state.runtime.store.fetch("DELETE FROM imported_rows")
        break


async def test_a_changed_row_becomes_a_change_of_what_differs_in_the_file(admin, app):
    await i.finished(admin, i.as_csv(i.ANNA, i.BORIS))
    id = (await staff(admin))["Анна"]["id"]
    await admin.do(f"/persons/{id}/details", {"category": "высшая"})  # as Anna would in her cabinet
    before = await kinds(app)
    changed = i.ANNA | {"position": "учитель физики", "email": "anna2@school.example", "school": "Лицей № 1"}
    told = await i.finished(admin, i.as_csv(changed, i.BORIS | {"school": "Лицей № 1"}))
    assert (told["organisations"], told["changed"], told["unchanged"]) == (1, 1, 1)
    card = (await admin.get(f"/persons/{id}")).json()
    assert (card["position"], card["category"], card["email"]) == ("учитель физики", "высшая", "anna2@school.example")
    assert card["school_name"] == "Лицей № 1"
    new = {"person.details_changed": 2, "person.email_changed": 1, "organisation.organisation_renamed": 1}
    assert await kinds(app) == before | new


async def test_a_worker_in_another_school_has_moved(admin):
    await i.finished(admin, i.as_csv(i.ANNA))
    id = (await staff(admin))["Анна"]["id"]
    await i.finished(admin, i.as_csv(i.ANNA | {"school_code": "s-2", "school": "Школа № 2"}))
    card = (await admin.get(f"/persons/{id}")).json()
    assert card["school"] == "s-2"
    assert [(g["school"], g["valid"]) for g in card["grants"]] == [("s-1", False), ("s-2", True)]


async def test_a_role_that_the_roster_takes_back_ends(admin):
    await i.finished(admin, i.roster_zip())
    gone = [row if row[0] != "r-2" else [row[0], "tobedeleted", *row[2:]] for row in i.ROLES]
    told = await i.finished(admin, i.roster_zip(roles=gone))
    assert told["changed"] == 1
    assert (await staff(admin))["Анна"]["roles"] == ["teacher"]
    away = [row if row[0] != "u-2" else [*row[:3], "false", *row[4:]] for row in i.USERS]
    await i.finished(admin, i.roster_zip(users=away, roles=gone))
    assert (await staff(admin))["Борис"]["roles"] == []


async def test_an_import_that_was_killed_is_completed_by_the_same_file(admin, app, monkeypatch):
    """It dies at every row in turn, after the addresses were claimed and before the rows are noted."""
    workers = [i.ANNA | {"key": name, "given_name": name, "email": f"w{n}@s.example"} for n, name in enumerate(NAMES)]
    content, real = i.as_csv(*workers), writing.Writing._worker
    for row in range(6):
        seen = 0

        async def dies(self, planned, progress, row=row):
            nonlocal seen
            seen += 1
            if seen > row:
                raise ConnectionError("the process died here")
            await real(self, planned, progress)

        monkeypatch.setattr(writing.Writing, "_worker", dies)
        answer = await admin.send("/imports?letters=false", content)
        assert "finished" not in answer.text
    monkeypatch.setattr(writing.Writing, "_worker", real)
    told = await i.finished(admin, content)
    assert told["refused"] == []
    assert len(await staff(admin)) == 6
    found = await kinds(app)
    assert found["person.person_registered"] == 6 + 1  # and the administrator
    assert found["person.role_granted"] == 6 + 1


async def test_who_was_imported_sets_a_password_with_the_letter_that_comes(admin, nobody, sign_in, mail_catcher):
    told = await i.finished(admin, i.as_csv(i.ANNA, i.BORIS), "")
    assert told["invited"] == 2
    login = {"email": "anna1@school.example", "password": ""}
    await problem(nobody.post("/sign-in", login), 401, "unauthenticated")
    await until(lambda: mail_catcher.count == 2)
    letter = next(one for one in mail_catcher.messages if one["To"] == "anna1@school.example")
    code = re.search(CODE, letter.get_content()).group()
    await nobody.do("/password", {"code": code, "password": "мой-пароль-2026"})
    assert (await sign_in("anna1@school.example", "мой-пароль-2026")).id
    assert (await i.finished(admin, i.as_csv(i.ANNA, i.BORIS), ""))["invited"] == 0


async def test_a_corrected_address_gets_the_letter_and_the_old_one_loses_it(admin, nobody, mail_catcher):
    await i.finished(admin, i.as_csv(i.ANNA), "")
    await until(lambda: mail_catcher.count == 1)
    await i.finished(admin, i.as_csv(i.ANNA | {"email": "right@school.example"}), "")
    await until(lambda: mail_catcher.count == 2)
    codes = [re.search(CODE, letter.get_content()).group() for letter in mail_catcher.messages]
    assert [letter["To"] for letter in mail_catcher.messages] == [i.ANNA["email"], "right@school.example"]
    await problem(nobody.post("/password", {"code": codes[0], "password": PASSWORD}), 409, "invitation-taken-back")
    await nobody.do("/password", {"code": codes[1], "password": PASSWORD})


async def test_rows_that_are_written_side_by_side_are_all_counted(admin, mail_catcher):
    workers = [i.ANNA | {"key": f"t-{n}", "email": f"w{n}@school.example"} for n in range(40)]
    told = await i.finished(admin, i.as_csv(*workers), "")
    assert (told["registered"], told["invited"]) == (40, 40)
    changed = [worker | {"position": "учитель физики"} for worker in workers]
    assert (await i.finished(admin, i.as_csv(*changed), ""))["changed"] == 40
    await until(lambda: mail_catcher.count == 40)


async def test_a_row_with_the_address_of_a_registered_person_is_theirs(admin, director, anna):
    row = i.ANNA | {"email": "Anna@School.example", "municipality_code": "m-ust", "municipality": "Таловский район",
                    "school_code": "s-011", "school": "Школа s-011", "position": "учитель физики"}  # fmt: skip
    told = await i.finished(admin, i.as_csv(row), "")
    assert (told["registered"], told["changed"], told["invited"]) == (0, 1, 0)
    assert (await anna.get("/me")).json()["position"] == "учитель физики"


async def rejected(admin, content):
    answer = await admin.send("/imports", content)
    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert told["type"] == "/problems/import-rejected"
    assert told["title"] == "В файле есть ошибки, ничего не загружено."
    return [(each["row"], each["column"], each["detail"]) for each in told["errors"]]


async def test_nothing_is_imported_of_a_file_with_a_bad_row(admin, app):
    before = await kinds(app)
    rows = [
        i.ANNA,
        i.BORIS | {"email": "не адрес", "service_years": "много"},
        i.ANNA | {"key": "t-3", "email": "c@school.example", "roles": "царь"},
        i.ANNA | {"key": "t-4", "email": ""},
        i.ANNA | {"key": "t-5"},
        i.ANNA | {"email": "d@school.example"},
        i.ANNA | {"key": "t-6", "email": "e@school.example", "given_name": "Ан\u202eна", "attestation": "1900-01"},
        i.ANNA | {"key": "t-7", "email": "f@school.example", "school_code": "s-9", "school": ""},
        i.ANNA | {"key": "t-8", "email": "g@school.example", "school": "Другая школа"},
    ]
    told = await rejected(admin, i.as_csv(*rows))
    assert [(row, column) for row, column, _ in told] == [
        (3, "Электронная почта"), (3, "Стаж, лет"), (4, "Роли"), (5, "Электронная почта"), (6, "Электронная почта"),
        (7, "Код работника"), (8, "Имя"), (8, "Аттестация (ГГГГ-ММ)"), (9, "Школа"), (10, ""),
    ]  # fmt: skip
    assert all(re.search("[а-яё]", detail) for _, _, detail in told)
    assert await kinds(app) == before
    assert await app.state.runtime.store.fetch("SELECT FROM imported_rows") == []


async def test_an_address_of_somebody_else_is_told(admin):
    await i.finished(admin, i.as_csv(i.ANNA, i.BORIS))
    swapped = i.as_csv(i.ANNA | {"email": i.BORIS["email"]}, i.BORIS | {"email": i.ANNA["email"]})
    assert [(row, detail) for row, _, detail in await rejected(admin, swapped)] == [
        (2, "Этот адрес сейчас принадлежит другому человеку."),
        (3, "Этот адрес сейчас принадлежит другому человеку."),
    ]


async def test_a_school_does_not_change_its_municipality_by_a_file(admin):
    await i.finished(admin, i.as_csv(i.ANNA))
    other = i.as_csv(i.ANNA | {"municipality_code": "m-2", "municipality": "Другой район"})
    assert [row for row, _, _ in await rejected(admin, other)] == [2]


async def test_the_template_is_downloaded(director):
    for ending in ("xlsx", "csv"):
        answer = await director.get(f"/imports/template.{ending}")
        assert roster_of(answer.content).faults == []
        assert answer.headers["content-disposition"] == f'attachment; filename="iom-import.{ending}"'


async def test_a_file_is_checked_without_being_written(admin, app):
    before = await kinds(app)
    answer = await admin.send("/imports?check=true", i.as_csv(i.ANNA, i.BORIS))
    assert answer.json() == {"checked": {"organisations": 2, "workers": 2, "unchanged": 0, "passed_over": 0}}
    assert await kinds(app) == before


async def test_only_an_administrator_imports(director, anna, nobody, app):
    before = await kinds(app)
    for somebody in (director, anna):
        await problem(somebody.send("/imports", i.as_csv(i.ANNA)), 403, "forbidden")
    await problem(nobody.send("/imports", i.as_csv(i.ANNA)), 401, "unauthenticated")
    assert await kinds(app) == before


async def test_the_progress_is_told(admin, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 2)
    workers = [i.ANNA | {"key": f"t-{n}", "email": f"w{n}@school.example"} for n in range(5)]
    lines = await i.send(admin, i.as_csv(*workers))
    assert [line["done"] for line in lines if "done" in line] == [2, 4, 5]
    assert list(lines[-1]) == ["finished"]


async def test_two_imports_at_once_register_everybody_once(admin, app):
    content = i.as_csv(i.ANNA, i.BORIS)
    answers = await asyncio.gather(*(admin.send("/imports?letters=false", content) for _ in range(3)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert (await kinds(app))["person.person_registered"] == 2 + 1


async def test_names_of_a_file_are_kept_sealed(admin, app):
    await i.finished(admin, i.as_csv(i.ANNA))
    for table in ("facts", "imported_rows", "persons", "credentials"):
        rows = await app.state.runtime.store.fetch(f"SELECT * FROM {table}")  # noqa: S608 - constants
        kept = json.dumps([[repr(value) for value in row.values()] for row in map(dict, rows)], ensure_ascii=False)
        assert "Орлова" not in kept
        assert repr("Орлова".encode())[2:-1] not in kept


async def test_the_facts_of_an_import_name_who_sent_it(admin, app):
    await i.finished(admin, i.as_csv(i.ANNA))
    id = (await staff(admin))["Анна"]["id"]
    facts = await app.state.runtime.store.read(f"person-{UUID(id)}")
    assert {(fact.context.actor, fact.context.role) for fact in facts} == {(UUID(admin.id), "administrator")}
    assert isinstance(facts[0].event, p.PersonRegistered)
