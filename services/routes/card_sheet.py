"""The route card as a spreadsheet: the same form, with what people wrote kept from ever being calculated."""

from collections.abc import Sequence
from io import BytesIO
from math import ceil
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from services.routes.card_form import Card
from services.routes.card_page import annexes

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS: Final = (5, 34, 26, 18, 24, 14, 30, 20)  # in characters, and together a landscape page
MOST: Final = 32_767  # signs of one cell
LINE: Final = 15.0  # points
WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
THIN: Final = Side(style="thin")
FRAME: Final = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
BOLD: Final = Font(bold=True)


def render(card: Card, sheet_name: str, annexes_name: str) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = sheet_name
    header = head(sheet, card)
    for number, row in enumerate((card.form.columns, *card.rows), start=header):
        for column, text in enumerate(row, start=1):
            cell = put(sheet, number, column, text)
            cell.border = FRAME
            if number == header:
                cell.font = BOLD
    laid_out(sheet, header)
    listed(book.create_sheet(annexes_name), card)
    book.properties.title = card.title
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def head(sheet: Worksheet, card: Card) -> int:
    """The title and the information on the teacher; returns the row where the table begins."""
    form = card.form
    lines = [(card.title, BOLD), (form.information, BOLD)]
    lines += [(f"{label} {value}".strip(), Font()) for label, value in card.lines]
    lines += [(form.activities, BOLD), (form.hint, Font(italic=True))]
    for number, (text, font) in enumerate(lines, start=1):
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(WIDTHS))
        put(sheet, number, 1, text).font = font
        # A merged cell does not grow by itself.
        sheet.row_dimensions[number].height = LINE * max(1, ceil(len(text) / sum(WIDTHS)))
    sheet.cell(1, 1).alignment = Alignment(wrap_text=True, horizontal="center", vertical="top")
    return len(lines) + 1


def laid_out(sheet: Worksheet, header: int) -> None:
    for letter, width in zip("ABCDEFGH", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{header + 1}"
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True


def listed(sheet: Worksheet, card: Card) -> None:
    """The three annexes, one line below the other."""
    lines: list[tuple[str, Font]] = []
    for annex in annexes(card):
        lines.append((annex["heading"], BOLD))
        for part in annex["parts"]:
            lines += [(part["name"], BOLD)] if part["name"] else []
            lines += [(text, Font()) for text in numbered(part["items"], part["numbered"])]
    for number, (text, font) in enumerate(lines, start=1):
        put(sheet, number, 1, text).font = font
    sheet.column_dimensions["A"].width = sum(WIDTHS)


def numbered(items: Sequence[str], wanted: bool) -> list[str]:
    return [f"{number}. {item}" if wanted else f"– {item}" for number, item in enumerate(items, start=1)]


def put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """A text is a text, whatever it begins with: "=", "+", "-" and "@" would make a formula of it.

    It is stored as a string and marked as quoted, which is what a spreadsheet does when somebody types an apostrophe
    before it: the words stay as they were written, and editing the cell does not bring a formula to life.
    """
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 - only the first cell of a merged range is written
    cell.value = text[:MOST]
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@", "\t", "\r"))
    cell.alignment = WRAPPED
    return cell
