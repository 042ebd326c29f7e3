"""A file's bytes as tables with headings: CSV, XLSX or a zip of CSV files; what is none of them is told in Russian."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from services.people.importing.roster import MOST_ROWS, Fault, ImportRejected, Where
from shared import spreadsheet
from shared.spreadsheet import Limits, Reason, TableError

MOST_COLUMNS: Final = 200
MANIFEST: Final = "manifest.csv"
TOLD: Final = {
    Reason.OLD_EXCEL: "Таблица XLSX не читается. Откройте её в Excel и сохраните заново.",
    Reason.NO_TEXT: "Кодировка файла не распознана: сохраните его в UTF-8 или windows-1251.",
    Reason.BROKEN_RECORD: "Строка не читается: проверьте кавычки и длину ячеек.",
    Reason.BROKEN_ARCHIVE: "Архив повреждён или закрыт паролем.",
    Reason.BROKEN_WORKBOOK: "Таблица XLSX не читается. Откройте её в Excel и сохраните заново.",
    Reason.DECLARATIONS: "Таблица содержит недопустимые объявления. Сохраните её заново в Excel.",
    Reason.TOO_MUCH: "В архиве слишком много данных.",
    Reason.TOO_MANY_ROWS: f"Строк больше {MOST_ROWS}: разделите файл.",
    Reason.TOO_MANY_COLUMNS: f"Столбцов больше {MOST_COLUMNS}.",
    Reason.LONG_CELL: "Строка не читается: проверьте кавычки и длину ячеек.",
}


def limits() -> Limits:
    return Limits(rows=MOST_ROWS, columns=MOST_COLUMNS, cell=20_000, files=500, unpacked=200_000_000)


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
    with rejecting(name):
        if content.startswith(b"PK"):
            return read_archive(content, name)
        return {"": table_of(name, spreadsheet.read_table(content, limits()))}


@contextmanager
def rejecting(name: str) -> Iterator[None]:
    try:
        yield
    except TableError as error:
        raise rejected(name, TOLD[error.reason], error.row) from error


def read_archive(content: bytes, name: str) -> dict[str, Table]:
    with spreadsheet.unpacked(content, limits()) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            return {"": table_of(name, spreadsheet.read_workbook(content, limits()))}
        found = {each: each.lower() for each in names if each.lower().endswith(".csv")}
        if MANIFEST not in found.values():
            raise rejected(name, "Это не таблица XLSX и не архив OneRoster: в корне архива нет manifest.csv.")
        return {short: read_csv(archive.read(each), short) for each, short in found.items() if "/" not in each}


def read_csv(content: bytes, name: str) -> Table:
    with rejecting(name):
        return table_of(name, spreadsheet.read_csv(content, limits()))


def table_of(name: str, lines: list[spreadsheet.Row]) -> Table:
    if not lines:
        raise rejected(name, "В файле нет ни одной строки.")
    table = Table(name, headings(name, *lines[0]))
    for number, cells in lines[1:]:
        if len(cells) > len(table.headings):
            raise rejected(name, "В строке больше ячеек, чем заголовков: проверьте разделители и кавычки.", number)
        table.rows.append(Row(number, {key: cell for key, cell in zip(table.headings, cells) if cell}))  # noqa: B905
    return table


def headings(name: str, number: int, cells: list[str]) -> list[str]:
    twice = {cell for cell in cells if cell and cells.count(cell) > 1}
    if twice:
        raise rejected(name, f"Заголовок повторяется: {', '.join(sorted(twice))[:200]}.", number)
    return cells
