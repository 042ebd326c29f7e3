"""The empty table for results from elsewhere, with the words it understands beside it."""

from collections.abc import Iterable

from services.diagnostics import texts
from services.diagnostics.domain.instrument import Instrument
from services.diagnostics.outside_rows import COLUMNS, PURPOSES
from shared.blank_table import as_csv, saved, workbook

TITLE, HINTS = "Результаты", "Подсказка"


def csv_template() -> bytes:
    return as_csv([COLUMNS])


def xlsx_template(instruments: Iterable[Instrument]) -> bytes:
    book = workbook(TITLE, [COLUMNS], narrowest=16, typed=200)
    hints = book.create_sheet(HINTS)
    for line in _hints(instruments):
        hints.append([safe(cell) for cell in line])
    hints.column_dimensions["A"].width = 28
    hints.column_dimensions["B"].width = 60
    return saved(book)


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
