"""Files with schools and staff: what is one, what is none, and what is wrong with its rows; bombs included."""

import io
import re
import zipfile

import pytest

from services.people.importing import tables
from services.people.importing.roster import ImportRejected
from services.people.importing.template import csv_template, xlsx_template
from services.people.imports_api import roster_of
from shared.spreadsheet import Reason
from tests.people import importing as i


def zipped(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def bomb():
    """Half a gigabyte of zeroes in half a megabyte."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.csv", "propertyName,value")
        with archive.open("users.csv", "w") as entry:
            for _ in range(500):
                entry.write(bytes(1_000_000))
    return made.getvalue()


def entities():
    """A workbook whose sheet unfolds to a billion laughs."""
    padding = f"<!-- {'x' * 70_000} -->"
    laughs = f'<?xml version="1.0"?>{padding}<!DOCTYPE x [<!ENTITY a "ха">]><worksheet>&a;</worksheet>'
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(i.as_xlsx(i.ANNA))) as good, zipfile.ZipFile(made, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, laughs if "sheet1" in name else good.read(name))
    return made.getvalue()


WITHOUT = [[*row[:6], *row[7:]] for row in i.ORGS]
OLD = [["propertyName", "value"], ["oneroster.version", "1.1"]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "пустой"),
        (b"  \n ", "пустой"),
        (b"a;b;c\n1;2;3", "Такого столбца нет"),
        (b"PK\x03\x04 broken", "повреждён"),
        (i.roster_zip()[:60] + i.roster_zip()[61:], "повреждён"),
        (i.as_xlsx(i.ANNA)[:200] + i.as_xlsx(i.ANNA)[205:], "повреждён"),
        (zipped(hello="x"), "manifest.csv"),
        (bomb(), "слишком много данных"),
        (entities(), "недопустимые объявления"),
        (i.as_csv(i.ANNA) + b"1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17\n", "больше ячеек"),
        (i.as_csv(i.ANNA).replace("Фамилия".encode(), "Имя".encode()), "повторяется"),
        (i.as_csv(i.ANNA) + b'x;"y\n', "кавычки"),
        (i.as_csv(i.ANNA | {"position": "у" * 30_000}), "не читается"),
        (i.roster_zip(manifest=OLD), "версии 1.2"),
        (i.roster_zip(users=[row[1:] for row in i.USERS]), "Такого столбца нет"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_none_is_told_so(content, told):
    with pytest.raises(ImportRejected) as caught:
        roster_of(content)
    assert told in caught.value.faults[0].detail


@pytest.mark.parametrize(
    ("changed", "row", "column"),
    [
        ({"orgs": [i.ORGS[0], i.ORGS[1], ["org-s", "", "", "Школа", "school", "s-1", "org-x"]]}, 3, "parentSourcedId"),
        ({"orgs": [*i.ORGS[:2], ["org-s", "tobedeleted", "", "Школа", "school", "s-1", "org-m"]]}, 3, "status"),
        ({"roles": [*i.ROLES, ["r-6", "", "", "u-1", "primary", "teacher", "", "", "org-x", ""]]}, 7, "orgSourcedId"),
        ({"roles": [*i.ROLES, ["r-6", "", "", "u-1", "primary", "teacher", "2100-01-01", "", "org-s", ""]]}, 7,
         "beginDate"),
        ({"roles": [*i.ROLES, ["r-6", "", "", "u-1", "", "teacher", "2026-02-01", "2026-01-01", "org-s", ""]]}, 7,
         "endDate"),
    ],
)  # fmt: skip
def test_a_wrong_record_of_a_roster_is_named(changed, row, column):
    faults = roster_of(i.roster_zip(**changed)).faults
    assert (faults[0].row, faults[0].column) == (row, column)
    assert re.search("[а-яё]", faults[0].detail)


def test_pupils_and_parents_are_never_read():
    roster = roster_of(i.roster_zip())
    assert "Ученик" not in repr(roster)


@pytest.mark.parametrize("content", [csv_template(), xlsx_template()], ids=["csv", "xlsx"])
def test_the_template_is_a_file_that_can_be_imported(content):
    roster = roster_of(content)
    assert roster.faults == []
    assert [worker.details.family_name for worker in roster.workers] == ["Соболев", "Орлова"]


def test_a_formula_counts_as_its_text_and_nothing_runs():
    roster = roster_of(i.as_csv(i.ANNA | {"position": '=HYPERLINK("http://x")'}))
    assert roster.workers[0].details.position.startswith("=HYPERLINK")


def test_there_are_words_for_every_reason_why_a_file_is_no_table():
    assert set(tables.TOLD) == set(Reason)


def test_rows_are_limited(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 1)
    with pytest.raises(ImportRejected) as caught:
        roster_of(i.as_csv(i.ANNA, i.BORIS))
    assert caught.value.faults[0].row == 3
