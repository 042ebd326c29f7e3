"""A blank table opens by a click, keeps what is typed into it, and is read by the kit's own reader."""

import io

from openpyxl import load_workbook

from shared.blank_table import as_csv, saved, workbook
from shared.spreadsheet import Limits, read_table

LIMITS = Limits(rows=20, columns=5, cell=60, files=30, unpacked=200_000)
ROWS = [("Код", "Должность; как в приказе, полностью"), ("01", 'учитель "физики"')]
READ = [(1, list(ROWS[0])), (2, list(ROWS[1]))]


def test_the_text_is_what_the_russian_excel_opens_by_a_click():
    text = as_csv(ROWS)
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig") == 'Код;"Должность; как в приказе, полностью"\r\n01;"учитель ""физики"""\r\n'
    assert read_table(text, LIMITS) == READ


def test_what_is_typed_into_the_workbook_stays_a_text():
    made = saved(workbook("Лист", ROWS, narrowest=16, typed=9))
    assert read_table(made, LIMITS) == READ
    sheet = load_workbook(io.BytesIO(made))["Лист"]
    assert [sheet.cell(row, 2).number_format for row in (1, 2, 9, 10)] == ["@", "@", "@", "General"]


def test_the_heading_stands_out_and_its_columns_are_wide_enough():
    sheet = load_workbook(io.BytesIO(saved(workbook("Лист", ROWS, narrowest=16, typed=9))))["Лист"]
    assert [sheet.cell(row, 1).font.bold for row in (1, 2)] == [True, False]
    assert sheet.freeze_panes == "A2"
    assert [sheet.column_dimensions[name].width for name in "AB"] == [16, len(ROWS[0][1]) + 4]
