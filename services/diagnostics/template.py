"""The empty table for results from elsewhere, with the words it understands beside it."""

import csv
import io
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.diagnostics import texts
from services.diagnostics.domain.instrument import Instrument
from services.diagnostics.outside_rows import COLUMNS, PURPOSES

TITLE, HINTS = "Результаты", "Подсказка"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def csv_template() -> bytes:
    """Semicolons and a byte order mark: so the Russian Excel opens it by a click."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(COLUMNS)
    return out.getvalue().encode("utf-8-sig")


def xlsx_template(instruments: Iterable[Instrument]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = TITLE
    sheet.append(COLUMNS)
    for place, name in enumerate(COLUMNS, 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = max(16, len(name) + 4)
        for row in range(2, 200):
            sheet.cell(row, place).number_format = "@"  # codes and dates stay as they are typed
    sheet.freeze_panes = "A2"
    hints = book.create_sheet(HINTS)
    for line in _hints(instruments):
        hints.append([safe(cell) for cell in line])
    hints.column_dimensions["A"].width = 28
    hints.column_dimensions["B"].width = 60
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe(cell: str) -> str:
    """A text that a spreadsheet would take for a formula is shown as a text."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _hints(instruments: Iterable[Instrument]) -> Iterable[list[str]]:
    yield from ([name, texts.COLUMN_HINTS[name]] for name in COLUMNS)
    yield []
    yield ["Этап", *PURPOSES]
    yield ["Процедура", *texts.KINDS.values()]
    yield []
    yield ["Компетенция (код)", "Название", "Уровни"]
    seen: set[tuple[str, ...]] = set()
    for each in (competency for instrument in instruments for competency in instrument.competencies):
        line = (each.code, each.name, *each.levels)
        if line not in seen:
            seen.add(line)
            yield list(line)
