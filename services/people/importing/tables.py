"""A file's bytes as tables of texts: CSV in the encodings of offices, XLSX, a zip of CSV files; all within limits."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import openpyxl

from services.people.importing.roster import MOST_ROWS, Fault, ImportRejected, Where

MOST_UNPACKED: Final = 200_000_000  # bytes of everything in an archive
MOST_FILES: Final = 500
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 20_000
DELIMITERS: Final = ";,\t"
MANIFEST: Final = "manifest.csv"
# An XML file that declares entities may unfold to any size: no spreadsheet needs to.
DECLARES: Final = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T|E\x00?N\x00?T\x00?I)")


@dataclass(slots=True)
class Row:
    """A row's cells by their heading, without those that are empty."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    name: str
    headings: list[str]
    rows: list[Row] = field(default_factory=list)

    def at(self, row: Row) -> Where:
        return Where(file=self.name, row=row.number)


def rejected(file: str, detail: str, row: int = 0) -> ImportRejected:
    return ImportRejected([Fault(file, row, "", detail)])


def read(content: bytes, name: str = "file") -> dict[str, Table]:
    """The tables by their names, in lower case; raises ImportRejected. One table of its own is called ""."""
    if not content.strip():
        raise rejected(name, "Файл пустой.")
    if not content.startswith(b"PK"):
        return {"": read_csv(content, name)}
    try:
        return read_archive(content, name)
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, zipfile.LargeZipFile) as error:
        raise rejected(name, "Архив повреждён или закрыт паролем.") from error


def read_archive(content: bytes, name: str) -> dict[str, Table]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_FILES or sum(each.file_size for each in entries) > MOST_UNPACKED:
            raise rejected(name, "В архиве слишком много данных.")
        names = {each.filename for each in entries}
        if "xl/workbook.xml" in names:
            refuse_entities(archive, name)
            return {"": read_sheet(content, name)}
        found = {each: each.lower() for each in names if each.lower().endswith(".csv")}
        if MANIFEST not in found.values():
            raise rejected(name, "Это не таблица XLSX и не архив OneRoster: в корне архива нет manifest.csv.")
        return {short: read_csv(archive.read(each), short) for each, short in found.items() if "/" not in each}


def refuse_entities(archive: zipfile.ZipFile, name: str) -> None:
    for each in archive.namelist():
        if each.endswith((".xml", ".rels", ".vml")) and DECLARES.search(archive.read(each)):
            raise rejected(name, "Таблица содержит недопустимые объявления. Сохраните её заново в Excel.")


def read_csv(content: bytes, name: str) -> Table:
    text = decoded(content, name)
    heading = text.lstrip().split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return table_of(name, numbered(lines, name))


def numbered(lines: Any, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each record of a csv.reader with the line that it begins on."""
    first = 1
    try:
        for cells in lines:
            yield first, cells
            first = lines.line_num + 1
    except csv.Error as error:
        raise rejected(name, "Строка не читается: проверьте кавычки и длину ячеек.", lines.line_num) from error


def decoded(content: bytes, name: str) -> str:
    """UTF-8, with its mark or without, UTF-16 with its mark, and windows-1251 for everything else."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1251"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise rejected(name, "Кодировка файла не распознана: сохраните его в UTF-8 или windows-1251.")


def read_sheet(content: bytes, name: str) -> Table:
    """The first sheet; formulas count as what they last gave."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are of no concern here
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            values = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS, max_row=MOST_ROWS + 2)
            return table_of(name, ((number, [told(cell) for cell in row]) for number, row in enumerate(values, 1)))
    except ImportRejected:
        raise
    except Exception as error:  # whatever a broken part makes the library raise, it is the file's fault
        raise rejected(name, "Таблица XLSX не читается. Откройте её в Excel и сохраните заново.") from error


def told(cell: object) -> str:
    """A cell as it would be typed."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def table_of(name: str, lines: Iterable[tuple[int, list[str]]]) -> Table:
    table: Table | None = None
    for number, cells in lines:
        trimmed = [cell.strip() for cell in cells]
        if not any(trimmed):
            continue
        if table is None:
            table = Table(name, headings(name, number, trimmed))
            continue
        if len(table.rows) >= MOST_ROWS:
            raise rejected(name, f"Строк больше {MOST_ROWS}: разделите файл.", number)
        if any(trimmed[len(table.headings) :]):
            raise rejected(name, "В строке больше ячеек, чем заголовков: проверьте разделители и кавычки.", number)
        table.rows.append(Row(number, {key: cell for key, cell in zip(table.headings, trimmed) if cell}))  # noqa: B905
    if table is None:
        raise rejected(name, "В файле нет ни одной строки.")
    return table


def headings(name: str, number: int, cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise rejected(name, f"Столбцов больше {MOST_COLUMNS}.", number)
    twice = {cell for cell in cells if cell and cells.count(cell) > 1}
    if twice:
        raise rejected(name, f"Заголовок повторяется: {', '.join(sorted(twice))[:200]}.", number)
    return cells
