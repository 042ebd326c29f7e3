"""Tables are read out of whatever people save, within limits, and what is no table is refused with its reason."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from services.diagnostics.spreadsheet import (
    MOST_ROWS,
    EmptyFile,
    FileTooBig,
    OldExcelFile,
    UnreadableFile,
    read_table,
)

TEXT = "Этап;Школа\r\nначальная;s-011\r\n"
TABLE = [(1, ["Этап", "Школа"]), (2, ["начальная", "s-011"])]


def workbook(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same archive with one part put in the place of another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_usual_csv_is_read_alike(encoding, delimiter):
    assert read_table(TEXT.replace(";", delimiter).encode(encoding)) == TABLE


def test_a_workbook_is_read_as_text_with_its_row_numbers():
    data = workbook(
        ["Этап", "Школа"], [], [datetime(2026, 9, 1), 11.0], [date(2026, 9, 2), 1.5], ["\xa0итоговая ", None]
    )
    assert read_table(data) == [
        (1, ["Этап", "Школа"]),
        (3, ["2026-09-01", "11"]),
        (4, ["2026-09-02", "1.5"]),
        (5, ["итоговая"]),
    ]


def test_a_quoted_cell_may_hold_the_delimiter_and_a_line_break():
    assert read_table('а;б\n"1;\n2";3\n'.encode()) == [(1, ["а", "б"]), (2, ["1;\n2", "3"])]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", EmptyFile),
        ("Этап;Школа\n".encode(), EmptyFile),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, OldExcelFile),
        (b"PK\x03\x04" + b"torn" * 100, UnreadableFile),
        (TEXT.encode("utf-16"), UnreadableFile),
        (b"\x89PNG\r\n\x1a\n\x00\x00", UnreadableFile),
        (b"a;b\n\x98;\x98\n", UnreadableFile),  # in neither encoding
        (b'a;b\n"1;2\n', UnreadableFile),  # a quote that never ends
        (b"a;b\n" + b"1;2\n" * (MOST_ROWS + 1), FileTooBig),
        (b"a;b\n" + b"1;" * 50 + b"2\n", FileTooBig),
    ],
)
def test_what_is_no_table_is_refused(data, rule):
    with pytest.raises(rule):
        read_table(data)


def test_as_many_rows_as_are_allowed_are_read():
    assert len(read_table(b"a;b\n" + b"1;2\n" * MOST_ROWS)) == MOST_ROWS + 1
    with pytest.raises(FileTooBig):
        read_table(workbook(["a", "b"], *[[1, 2]] * (MOST_ROWS + 1)))


def test_a_zip_bomb_is_not_unpacked():
    bomb = with_part(workbook(["a"], [1]), "xl/sharedStrings.xml", b"<sst>" + b" " * 50_000_000 + b"</sst>")
    assert len(bomb) < 100_000
    with pytest.raises(FileTooBig):
        read_table(bomb)


def test_an_archive_of_many_parts_is_not_unpacked():
    data = workbook(["a"], [1])
    for number in range(200):
        with io.BytesIO(data) as held, zipfile.ZipFile(held, "a") as archive:
            archive.writestr(f"x{number}", b"")
            archive.close()
            data = held.getvalue()
    with pytest.raises(FileTooBig):
        read_table(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_not_parsed(encoding):
    laughs = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'.encode(encoding)
    with pytest.raises(UnreadableFile):
        read_table(with_part(workbook(["a"], [1]), "xl/worksheets/sheet1.xml", laughs))


def test_a_sheet_that_lies_about_its_size_takes_no_longer():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(EmptyFile):
        read_table(with_part(workbook(["a"], [1]), "xl/worksheets/sheet1.xml", sheet))


def test_a_zip_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnreadableFile):
        read_table(out.getvalue())
    assert load_workbook(io.BytesIO(workbook(["a"]))).active is not None
