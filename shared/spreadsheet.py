"""A table out of a file that somebody made elsewhere: CSV in the encodings of offices, or the first sheet of an XLSX.

Nothing about the file is believed: neither its name nor what it says of its size.
"""

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum
from lzma import LZMAError

import openpyxl

ZIP, OLD_EXCEL, UTF_16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")
DECLARES = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C|E\x00?N\x00?T)")  # of a DTD, in UTF-8 or UTF-16
TORN = (zipfile.BadZipFile, zlib.error, LZMAError, RuntimeError, OSError, EOFError, ValueError)

Row = tuple[int, list[str]]  # its number, from 1, and its cells without the empty ones behind the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    rows: int  # below the heading, without those that are empty
    columns: int
    cell: int  # characters; those of a CSV file never hold more than `csv.field_size_limit()`
    files: int  # within an archive, which an XLSX is too
    unpacked: int  # bytes of them all


class Reason(Enum):
    OLD_EXCEL = "an XLS workbook, or one behind a password"
    NO_TEXT = "a text in none of the encodings"
    BROKEN_RECORD = "quotes that do not match"
    BROKEN_ARCHIVE = "an archive that is damaged or encrypted"
    BROKEN_WORKBOOK = "a damaged workbook"
    DECLARATIONS = "XML that declares entities, which may unfold to any size and no spreadsheet needs"
    TOO_MUCH = "too many files or bytes in an archive"
    TOO_MANY_ROWS = "too many rows"
    TOO_MANY_COLUMNS = "too many columns"
    LONG_CELL = "a cell that is too long"


class TableError(Exception):
    """The file is no table, or a larger one than is read; *row* is where, 0 for the file as a whole."""

    def __init__(self, reason: Reason, row: int = 0) -> None:
        super().__init__(f"{reason.value}; row {row}")
        self.reason, self.row = reason, row


def read_table(data: bytes, limits: Limits) -> list[Row]:
    """The heading and every row that is not empty, whatever the form of the file; raises TableError."""
    if data.startswith(OLD_EXCEL):
        raise TableError(Reason.OLD_EXCEL)
    return read_workbook(data, limits) if data.startswith(ZIP) else read_csv(data, limits)


def read_csv(data: bytes, limits: Limits) -> list[Row]:
    """By semicolons, commas or tabs, whichever the heading has most of; a row's number is the line it begins on."""
    return _within(_records(_decoded(data)), limits)


def read_workbook(data: bytes, limits: Limits) -> list[Row]:
    """The first sheet; formulas count as what they last gave, days are as ISO 8601 writes them."""
    with unpacked(data, limits) as archive:
        if any(DECLARES.search(archive.read(part)) for part in archive.infolist()):
            raise TableError(Reason.DECLARATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that are of no concern here
        return _within(_sheet(data, limits), limits)


@contextmanager
def unpacked(data: bytes, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """A zip archive within the limits; raises TableError, also where it proves torn while its files are read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()  # reading one gives no more than the size that is summed up here
            if len(parts) > limits.files or sum(part.file_size for part in parts) > limits.unpacked:
                raise TableError(Reason.TOO_MUCH)
            yield archive
    except TORN as error:
        raise TableError(Reason.BROKEN_ARCHIVE) from error


def _within(rows: Iterable[Row], limits: Limits) -> list[Row]:
    table: list[Row] = []
    for number, cells in rows:
        row = [cell.strip() for cell in cells]
        while row and not row[-1]:
            row.pop()
        if not row:
            continue
        if len(table) > limits.rows:
            raise TableError(Reason.TOO_MANY_ROWS, number)
        if len(row) > limits.columns:
            raise TableError(Reason.TOO_MANY_COLUMNS, number)
        if max(map(len, row)) > limits.cell:
            raise TableError(Reason.LONG_CELL, number)
        table.append((number, row))
    return table


def _decoded(data: bytes) -> str:
    """UTF-16 with its mark, UTF-8 with or without, and windows-1251 for everything else."""
    for encoding in ("utf-16",) if data.startswith(UTF_16) else ("utf-8-sig", "cp1251"):
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if "\x00" not in text:  # or it is UTF-16 without its mark, or no text at all
                return text.replace("\xa0", " ")
    raise TableError(Reason.NO_TEXT)


def _records(text: str) -> Iterator[Row]:
    heading = text.lstrip("\r\n ").split("\n", 1)[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=heading.count), strict=True)
    first = 1  # a quoted cell may go on for several lines
    try:
        for cells in lines:
            yield first, cells
            first = lines.line_num + 1
    except csv.Error as error:
        raise TableError(Reason.BROKEN_RECORD, first) from error


def _sheet(data: bytes, limits: Limits) -> Iterator[Row]:
    """More of it than is allowed, so that what lies beyond is noticed whatever the sheet says of its size."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        most = {"max_row": limits.rows * 2 + 2, "max_col": limits.columns + 1}
        for number, values in enumerate(book.worksheets[0].iter_rows(**most, values_only=True), 1):
            if values.count(None) < len(values):  # the rows that a lying sheet leaves out cost next to nothing
                yield number, [_typed(value) for value in values]
    except Exception as error:  # whatever a broken part makes the library raise, it is the file's fault
        raise TableError(Reason.BROKEN_WORKBOOK) from error


def _typed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()[:10]  # without the time of a datetime
    return str(int(value) if isinstance(value, float) and value.is_integer() else value).replace("\xa0", " ")
