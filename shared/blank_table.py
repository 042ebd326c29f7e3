"""An empty table that people fill in elsewhere and send back, as XLSX and CSV."""

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Semicolons and a byte order mark: so the Russian Excel opens it by a click."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def workbook(title: str, rows: Iterable[Sequence[str]], *, narrowest: int, typed: int) -> Workbook:
    """A book with one sheet: the heading and any examples, and so many rows where what is typed stays a text.

    *narrowest* is the width of a column with a short heading, in characters.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for column in range(1, sheet.max_column + 1):
        heading = sheet.cell(1, column)
        heading.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = max(narrowest, len(str(heading.value)) + 4)
        for number in range(1, typed + 1):
            sheet.cell(number, column).number_format = "@"  # or a spreadsheet makes dates of codes
    sheet.freeze_panes = "A2"
    return book


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
