"""Results from elsewhere: every bad row is told, and a file is taken over whole, once, or not at all."""

import io
import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook

from services.diagnostics.domain.outside import import_id, outside
from services.diagnostics.library import read_instruments
from services.diagnostics.outside_rows import COLUMNS, understand, vocabulary
from services.diagnostics.spreadsheet import read_table
from services.diagnostics.template import csv_template, safe, xlsx_template
from tests.diagnostics.examples import taking_over
from tests.diagnostics.test_api import ANNA, PLACE, key
from tests.diagnostics.test_appraisals_http import gathered
from tests.problems import is_problem
from tests.spreadsheets import workbook
from tests.story import Story

WORDS = vocabulary(read_instruments())
TODAY = date(2026, 9, 30)
GOOD = dict(
    zip(
        COLUMNS,
        (
            *(str(ANNA), "", "Начальная", "Наблюдение урока", "otk-2026", "15.09.2026"),
            *("m-ust", "s-011", "communicative", "базовый"),
        ),
        strict=True,
    )
)
PERSON, ROUTE, PURPOSE, KIND, INSTRUMENT, DAY, MUNICIPALITY, SCHOOL, COMPETENCY, LEVEL = COLUMNS


def lines(*changes):
    return [list(COLUMNS), *(list({**GOOD, **change}.values()) for change in changes)]


def text(*changes, delimiter=";", encoding="utf-8-sig") -> bytes:
    return "\r\n".join(delimiter.join(line) for line in lines(*changes)).encode(encoding)


def understood(*changes):
    return understand(read_table(text(*changes)), WORDS, lambda *place: place == ("m-ust", "s-011"), TODAY)


def flaws(*changes):
    return [(flaw.row, flaw.column) for flaw in understood(*changes).flaws]


def test_rows_of_one_procedure_are_one_result():
    found = understood({}, {COMPETENCY: "Информационная  компетенция", LEVEL: "ПОВЫШЕННЫЙ"}, {PERSON: str(UUID(int=5))})
    assert (found.flaws, found.rows, len(found.results)) == ([], 3, 2)
    first = found.results[0]
    assert (first.kind, first.purpose, first.held_on, first.route) == (
        "observation",
        "initial",
        date(2026, 9, 15),
        None,
    )
    assert [(each.competency, each.level) for each in first.levels] == [
        ("communicative", "базовый"),
        ("informational", "повышенный"),
    ]


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({PERSON: "Иванова А."}, PERSON, "идентификатор"),
        ({PERSON: ""}, PERSON, "пуста"),
        ({ROUTE: "нет"}, ROUTE, "идентификатор"),
        ({PURPOSE: "середина"}, PURPOSE, "этап"),
        ({KIND: "гороскоп"}, KIND, "процедуры"),
        ({INSTRUMENT: "два слова"}, INSTRUMENT, "код"),
        ({INSTRUMENT: "x" * 65}, INSTRUMENT, "код"),
        ({INSTRUMENT: "код🙂"}, INSTRUMENT, "код"),
        ({DAY: "вчера"}, DAY, "ДД.ММ.ГГГГ"),
        ({DAY: "31.02.2026"}, DAY, "ДД.ММ.ГГГГ"),
        ({DAY: "01.10.2026"}, DAY, "сегодняшнего"),
        ({DAY: "1999-12-31"}, DAY, "2000"),
        ({SCHOOL: "s-012"}, SCHOOL, "не отвечаете"),
        ({COMPETENCY: "полёты"}, COMPETENCY, "компетенции"),
        ({COMPETENCY: "к" * 10_000}, COMPETENCY, "длинный"),
        ({LEVEL: "слабая"}, LEVEL, "уровня"),
        ({LEVEL: "базовый\x07"}, LEVEL, "знаки"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column_in_russian(change, column, said):
    [flaw] = understood({}, change).flaws
    assert (flaw.row, flaw.column) == (3, column)
    assert said in flaw.message


def test_every_bad_row_is_told_at_once():
    assert flaws({PERSON: "?"}, {}, {DAY: "?", LEVEL: "?"}) == [(2, PERSON), (4, DAY), (4, LEVEL)]


def test_what_contradicts_itself_is_told():
    assert flaws({}, {LEVEL: "повышенный"}) == [(3, COMPETENCY)]
    assert flaws({}, {}) == []  # the same row twice says the same


def test_the_heading_is_asked_for_and_nothing_beside_it_is_taken():
    def headed(*columns):
        table = [(1, list(columns)), (2, ["x"] * len(columns))]
        return [(flaw.row, flaw.column) for flaw in understand(table, WORDS, lambda *_: True, TODAY).flaws]

    assert headed(*COLUMNS[:-1]) == [(1, LEVEL)]
    assert headed(*COLUMNS, LEVEL) == [(1, LEVEL)]
    assert headed(*COLUMNS, "Фамилия") == [(1, "Фамилия")]
    mixed = [each.upper() for each in reversed(COLUMNS)]
    assert {column for _, column in headed(*mixed)} <= set(COLUMNS)


def test_the_templates_are_understood_by_their_own_reader():
    book = load_workbook(io.BytesIO(xlsx_template(read_instruments())))
    assert [cell.value for cell in book.worksheets[0][1]] == list(COLUMNS)
    hints = {cell.value for row in book.worksheets[1] for cell in row}
    assert {"наблюдение урока", "communicative", "требует развития"} <= hints
    for row, line in enumerate(lines({})[1:], 2):
        for column, value in enumerate(line, 1):
            book.worksheets[0].cell(row, column, value)
    out = io.BytesIO()
    book.save(out)
    filled = csv_template() + (";".join(GOOD.values()) + "\r\n").encode()
    for data in (out.getvalue(), filled):
        found = understand(read_table(data), WORDS, lambda *_: True, TODAY)
        assert (found.flaws, len(found.results)) == ([], 1)
    assert csv_template().startswith(b"\xef\xbb\xbf")


def test_a_name_that_looks_like_a_formula_is_shown_as_text():
    assert [safe(each) for each in ("=1+1", "@x", "-1", "слово")] == ["'=1+1", "'@x", "'-1", "слово"]


def test_the_same_results_are_taken_over_once():
    story = Story(outside)
    [fact] = outside.decide(taking_over, outside.initial)
    story.given(fact).when(taking_over).then()
    assert import_id(taking_over.results) == import_id(fact.results)


# Over HTTP


@pytest.fixture
def school(bearer):
    return bearer(uuid4(), "school_administrator", **PLACE)


@pytest.fixture
def anna(bearer):
    return bearer(ANNA, "teacher", **PLACE)


async def test_2_8_3_a_file_is_checked_then_taken_over_and_again_without_effect(serve, school, anna):
    data = text({DAY: "15.09.2025"}, {DAY: "15.09.2025", COMPETENCY: "informational"})
    async with serve() as client:
        checked = (await client.post("/outside-results/check", content=data, headers=school)).json()
        assert (checked["new"], checked["known"], checked["flaws"], checked["id"]) == (1, 0, 0, None)
        assert (await client.get("/outside-results", headers=school)).json()["items"] == []  # a check changes nothing
        done = await client.post("/outside-results", content=data, headers=school | key())
        assert done.status_code == 200, done.text
        assert "Загружено." in done.json()["text"]
        as_book = workbook(
            *(line for line in lines({DAY: "15.09.2025"}, {DAY: "15.09.2025", COMPETENCY: "informational"}))
        )
        for again in (data, as_book):
            report = (await client.post("/outside-results", content=again, headers=school | key())).json()
            assert (report["new"], report["known"]) == (0, 1)
            assert "уже загружено" in report["text"]
        assert [each["results"] for each in (await client.get("/outside-results", headers=school)).json()["items"]] == [
            1
        ]
        whole = await gathered(client, anna)
        assert [(each["competency"], each["level"]) for each in whole["levels"]] == [
            ("communicative", "базовый"),
            ("informational", "базовый"),
        ]
        assert whole["procedures"][0]["source"] == "import"


async def test_2_8_3_nothing_of_a_file_with_a_bad_row_is_taken_over(serve, school):
    data = text({DAY: "15.09.2025"}, {SCHOOL: "s-012", DAY: "15.09.2025"}, {LEVEL: "?", DAY: "15.09.2025"})
    async with serve() as client:
        body = is_problem(
            await client.post("/outside-results", content=data, headers=school | key()), 409, "flawed-file"
        )
        assert [(each["row"], each["column"]) for each in body["errors"]] == [(3, SCHOOL), (4, LEVEL)]
        assert (await client.get("/outside-results", headers=school)).json()["items"] == []
        checked = (await client.post("/outside-results/check", content=data, headers=school)).json()
        assert checked["errors"] == body["errors"]


async def test_2_8_3_another_result_of_the_same_procedure_is_told(serve, school):
    async with serve() as client:
        first = text({DAY: "15.09.2025"})
        assert (await client.post("/outside-results", content=first, headers=school | key())).status_code == 200
        other = text({DAY: "15.09.2025", LEVEL: "повышенный"})
        body = is_problem(
            await client.post("/outside-results", content=other, headers=school | key()), 409, "flawed-file"
        )
        assert "уже загружен с другими" in body["errors"][0]["message"]


async def test_2_8_3_the_template_is_given_to_those_who_may_import(serve, school, bearer):
    async with serve() as client:
        for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
            answer = await client.get("/outside-results/import-template", params={"as": form}, headers=school)
            assert answer.status_code == 200
            assert answer.content.startswith(start)
            assert answer.headers["Content-Disposition"].endswith(f'.{form}"')
        answer = await client.get("/outside-results/import-template", params={"as": "pdf"}, headers=school)
        is_problem(answer, 422, "invalid-request")
        tutor = bearer(uuid4(), "tutor", **PLACE)
        is_problem(await client.get("/outside-results/import-template", headers=tutor), 403, "forbidden")


@pytest.mark.parametrize(
    ("data", "status", "name"),
    [
        (b"", 409, "empty-file"),
        (b"\xd0\xcf\x11\xe0old", 409, "old-excel-file"),
        (b"PK\x03\x04torn", 409, "unreadable-file"),
        (b"x" * 1_000_001, 413, "too-large"),
    ],
)
async def test_2_8_3_a_file_that_cannot_be_read_is_told_in_russian(serve, school, data, status, name):
    async with serve() as client:
        told = is_problem(await client.post("/outside-results/check", content=data, headers=school), status, name)
        assert re.search("[а-яё]", told["title"])
        assert re.search("[а-яё]", told["detail"])
