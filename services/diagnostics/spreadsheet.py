"""A table out of a file that somebody made elsewhere: XLSX or CSV, within limits, or a refusal that says what to do.

Nothing about the file is believed: neither its name nor what it says of its size.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

import openpyxl

from shared.domain import Refusal

MOST_ROWS: Final = 2_000  # below the heading
MOST_COLUMNS: Final = 40
MOST_CELL: Final = 500  # characters
MOST_PARTS: Final = 200  # files within an XLSX
MOST_UNPACKED: Final = 8_000_000  # bytes of them all

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DECLARED = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C|E\x00?N\x00?T)")  # of a DTD, in UTF-8 or UTF-16
DELIMITERS = (";", ",", "\t")

Table = list[tuple[int, list[str]]]  # the number of a row as a spreadsheet shows it, and its cells as text


class UnreadableFile(Refusal):
    """The file is neither an XLSX workbook nor a CSV table in UTF-8 or windows-1251."""

    clause = "2.8.1"


class OldExcelFile(Refusal):
    """The file is an XLS workbook of before 2007, which is not read."""

    clause = "2.8.1"


class FileTooBig(Refusal):
    """The table has more rows or columns, or unpacks to more bytes, than are read at once."""

    clause = "2.8.1"


class EmptyFile(Refusal):
    """The file has no rows below its heading."""

    clause = "2.8.1"


def read_table(data: bytes) -> Table:
    """The heading and every row that is not empty; raises one of the refusals above."""
    if data.startswith(OLD_EXCEL):
        raise OldExcelFile
    rows = _workbook(data) if data.startswith(ZIP) else _text(data)
    table: Table = []
    for number, cells in enumerate(rows, 1):
        if not any(cells):
            continue
        if len(table) > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise FileTooBig
        table.append((number, cells))
    if len(table) < 2:
        raise EmptyFile
    return table


def _workbook(data: bytes) -> Iterator[list[str]]:
    try:
        _unpackable(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # More of each than is allowed, so that what lies beyond is noticed whatever the sheet says of its size.
        rows = sheet.iter_rows(max_row=MOST_ROWS * 2, max_col=MOST_COLUMNS + 1, values_only=True)
        yield from (_trimmed(map(_cell, row)) for row in rows)
    except Refusal:
        raise
    except Exception as error:  # a damaged file may break the reader anywhere
        raise UnreadableFile from error


def _unpackable(data: bytes) -> None:
    """Refuse an archive that unpacks to too much, or whose XML brings declarations that could."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise FileTooBig
        for part in parts:
            if DECLARED.search(archive.read(part)):  # reads no more than the size that was summed up above
                raise UnreadableFile


def _text(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    heading = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    try:
        yield from (
            _trimmed(map(_plain, row)) for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        )
    except csv.Error as error:
        raise UnreadableFile from error


def _decoded(data: bytes) -> str:
    if b"\x00" in data:  # UTF-16, or no text at all
        raise UnreadableFile
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile


def _trimmed(cells: Iterable[str]) -> list[str]:
    """Without the empty cells behind the last one that says something."""
    row = list(cells)
    while row and not row[-1]:
        row.pop()
    return row


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return _plain(str(value))


def _plain(text: str) -> str:
    return text.replace("\xa0", " ").strip()
