"""The template of the plain form, as XLSX and CSV, with one invented school as an example."""

import csv
import io
from typing import Final

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.people.importing.sheet import COLUMNS, ROLES

EXAMPLE: Final = (
    ("m-talov", "Таловский район", "s-101", "Школа № 101", "Соболев", "Игорь", "", "sobolev@school.example",
     "+7 900 000-00-00", "директор", "20", "", "", "руководитель школы", "101-1"),
    ("m-talov", "Таловский район", "s-101", "Школа № 101", "Орлова", "Анна", "Дмитриевна", "orlova@school.example",
     "", "учитель математики", "4", "первая", "2027-03", "педагог, тьютор", "101-2"),
)  # fmt: skip
ABOUT: Final = (
    "Один работник — одна строка. Обязательны: код муниципалитета, код школы, фамилия, имя, электронная почта.",
    "Название муниципалитета и школы нужно, если их ещё нет в системе.",
    "Роли через запятую: " + ", ".join(ROLES) + ". Пусто — педагог.",
    "Код работника — любой Ваш номер, который не меняется. По нему строку узнают при следующей загрузке.",
    "Без кода работника строку узнают по адресу: с другим адресом это будет другой человек.",
    "Примеры на первом листе замените своими данными.",
)


def csv_template() -> bytes:
    """With the mark that makes Excel read it as UTF-8."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(COLUMNS.values())
    lines.writerows(EXAMPLE)
    return text.getvalue().encode("utf-8-sig")


def xlsx_template() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = "Работники"
    sheet.append(list(COLUMNS.values()))
    for row in EXAMPLE:
        sheet.append(row)
    for number, heading in enumerate(COLUMNS.values(), 1):
        sheet.cell(1, number).font = Font(bold=True)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, len(heading) + 4)
        for line in range(1, 1000):
            sheet.cell(line, number).number_format = "@"  # or a spreadsheet makes dates of codes
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("Как заполнять")
    notes.column_dimensions["A"].width = 110
    for note in ABOUT:
        notes.append([note])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
