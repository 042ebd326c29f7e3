"""What is no table of results is refused with what to do instead; how tables are read is the kit's own matter."""

import pytest

from services.diagnostics.spreadsheet import (
    MOST_ROWS,
    EmptyFile,
    FileTooBig,
    OldExcelFile,
    UnreadableFile,
    read_table,
)
from tests.spreadsheets import with_part, workbook

TEXT = "Этап;Школа\r\nначальная;s-011\r\n"


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


def test_a_workbook_that_unfolds_is_refused():
    bomb = with_part(workbook(["a"], [1]), "xl/sharedStrings.xml", b"<sst>" + b" " * 9_000_000 + b"</sst>")
    with pytest.raises(FileTooBig):
        read_table(bomb)
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'
    with pytest.raises(UnreadableFile):
        read_table(with_part(workbook(["a"], [1]), "xl/worksheets/sheet1.xml", laughs))
