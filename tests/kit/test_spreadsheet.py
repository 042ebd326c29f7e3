"""Tables are read out of whatever people save, within limits, and what is no table is refused with its reason."""

import csv
import io
import time
import warnings
import zipfile
from dataclasses import replace
from datetime import date, datetime

import pytest

from shared.spreadsheet import Limits, Reason, TableError, read_csv, read_table, read_workbook, unpacked
from tests.spreadsheets import part, with_part, workbook

LIMITS = Limits(rows=20, columns=5, cell=30, files=30, unpacked=200_000)
SHEET = "xl/worksheets/sheet1.xml"
TEXT = "\r\nЭтап;Школа\r\nначальная;s-011\r\n"
TABLE = [(2, ["Этап", "Школа"]), (3, ["начальная", "s-011"])]


def refused(data: bytes, limits: Limits = LIMITS) -> tuple[Reason, int]:
    with pytest.raises(TableError) as caught:
        read_table(data, limits)
    return caught.value.reason, caught.value.row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_usual_csv_is_read_alike(encoding, delimiter, end):
    assert read_table(TEXT.replace(";", delimiter).replace("\r\n", end).encode(encoding), LIMITS) == TABLE


def test_a_workbook_is_read_as_text_with_its_row_numbers():
    data = workbook(
        ["Этап", "Школа"], [], [datetime(2026, 9, 1), 11.0], [date(2026, 9, 2), 1.5], ["\xa0итоговая\xa01 ", None], [0]
    )
    assert read_table(data, LIMITS) == [
        (1, ["Этап", "Школа"]),
        (3, ["2026-09-01", "11"]),
        (4, ["2026-09-02", "1.5"]),
        (5, ["итоговая 1"]),
        (6, ["0"]),
    ]


def test_a_quoted_cell_may_hold_the_delimiter_and_line_breaks_and_its_row_is_where_it_begins():
    assert read_table('а;б\n"1;\n\n2";3\n\n4;5'.encode(), LIMITS) == [
        (1, ["а", "б"]),
        (2, ["1;\n\n2", "3"]),
        (6, ["4", "5"]),
    ]


def test_a_first_column_without_a_heading_keeps_its_place():
    assert read_table(b"\n\tb\n1\t2\n", LIMITS) == [(2, ["", "b"]), (3, ["1", "2"])]


def test_what_says_nothing_is_no_row():
    assert read_table(b"", LIMITS) == read_table(b" ;\xa0;\n\n;;;;;;;;\n", LIMITS) == []
    assert read_table(workbook([" ", None], [None] * 9), LIMITS) == []


@pytest.mark.parametrize(
    ("data", "reason", "row"),
    [
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, Reason.OLD_EXCEL, 0),
        (b"PK\x03\x04" + b"torn" * 100, Reason.BROKEN_ARCHIVE, 0),
        (TEXT.encode("utf-16-le"), Reason.NO_TEXT, 0),
        (TEXT.encode("utf-16")[:-1], Reason.NO_TEXT, 0),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Reason.NO_TEXT, 0),
        (b"a;b\n\x98;\x98\n", Reason.NO_TEXT, 0),
        (b'a;b\n1;2\n"1;2\n3;4\n', Reason.BROKEN_RECORD, 3),
        (b'a;b\n"1"2;3\n', Reason.BROKEN_RECORD, 2),
        (b"a;b\n" + b"1;2\n" * 21, Reason.TOO_MANY_ROWS, 22),
        (b"a;b\n\n1;2;3;4;5;6\n", Reason.TOO_MANY_COLUMNS, 3),
        (b"a;b\n1;" + b"x" * 31, Reason.LONG_CELL, 2),
        (workbook(["a"], *[[1]] * 21), Reason.TOO_MANY_ROWS, 22),
        (workbook(["a"], [1, 2, 3, 4, 5, 6]), Reason.TOO_MANY_COLUMNS, 2),
        (workbook(["a"], ["x" * 31]), Reason.LONG_CELL, 2),
        (with_part(workbook(["a"]), SHEET, b"<worksheet"), Reason.BROKEN_WORKBOOK, 0),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason_and_the_row(data, reason, row):
    assert refused(data) == (reason, row)


def test_as_much_as_is_allowed_is_read():
    rows = [["x" * 30] * 5] * 21
    text = "\n".join(";".join(row) for row in rows).encode()
    assert [row for _, row in read_table(text, LIMITS)] == rows
    assert [row for _, row in read_table(workbook(*rows), LIMITS)] == rows


def test_the_length_of_a_cell_is_no_matter_of_the_whole_process():
    before = csv.field_size_limit()
    read_csv(b"a;b\n1;2\n", LIMITS)
    assert csv.field_size_limit() == before


def test_a_zip_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(out.getvalue()) == (Reason.BROKEN_WORKBOOK, 0)


def test_a_zip_bomb_is_not_unpacked():
    bomb = with_part(workbook(["a"], [1]), "xl/sharedStrings.xml", b"<sst>" + b" " * 50_000_000 + b"</sst>")
    assert len(bomb) < 100_000
    assert refused(bomb) == (Reason.TOO_MUCH, 0)


def test_an_archive_of_many_files_is_not_unpacked():
    data = workbook(["a"], [1])
    with unpacked(data, LIMITS) as archive:
        files = len(archive.infolist())
    assert len(read_table(data, replace(LIMITS, files=files))) == 2
    assert refused(data, replace(LIMITS, files=files - 1)) == (Reason.TOO_MUCH, 0)


@pytest.mark.parametrize("name", [SHEET, "xl/whatever.bin"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_xml_that_declares_entities_is_not_parsed(encoding, name):
    laughs = f'<?xml version="1.0"?><!-- {"x" * 70_000} --><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'
    assert refused(with_part(workbook(["a"], [1]), name, laughs.encode(encoding))) == (Reason.DECLARATIONS, 0)


def test_a_sheet_that_lies_about_its_size_takes_no_longer():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
        b'<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    data = with_part(workbook(["a"], [1]), SHEET, sheet)
    began = time.process_time()
    assert read_table(data, replace(LIMITS, rows=200_000, columns=200)) == [(1, ["a"])]
    assert time.process_time() - began < 3


def test_what_another_workbook_says_is_not_looked_for():
    data = workbook(["a"], [1])
    rels, book = "xl/_rels/workbook.xml.rels", "xl/workbook.xml"
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = b'<Relationship Id="rId99" Type="' + kind + b'/externalLink" Target="/xl/externalLinks/gone.xml"/>'
    use = b'<externalReferences><externalReference xmlns:r="' + kind + b'" r:id="rId99"/></externalReferences>'
    linked = with_part(data, rels, part(data, rels).replace(b"</Relationships>", link + b"</Relationships>"))
    linked = with_part(linked, book, part(data, book).replace(b"</sheets>", b"</sheets>" + use))
    assert b"rId99" in part(linked, book)
    assert read_workbook(linked, LIMITS) == [(1, ["a"]), (2, ["1"])]


def test_what_the_library_warns_of_is_no_matter_and_other_warnings_still_are():
    plain = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'  # has no default style
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        before = list(warnings.filters)
        assert len(read_workbook(with_part(workbook(["a"], [1]), "xl/styles.xml", plain), LIMITS)) == 2
        assert warnings.filters == before
    assert told == []


def test_a_file_that_is_damaged_anywhere_breaks_nothing():
    sound = workbook(["a", "b"], [1, "x"])
    reasons = set()
    for place in range(4, len(sound), 11):
        for instead in (b"", bytes([sound[place] ^ 0x55])):
            try:
                read_table(sound[:place] + instead + sound[place + 1 :], LIMITS)
            except TableError as error:
                reasons.add(error.reason)
    assert Reason.BROKEN_ARCHIVE in reasons
