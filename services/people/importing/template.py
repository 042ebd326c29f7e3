"""The template of the plain form, as XLSX and CSV, with one invented school as an example."""

from typing import Final

from services.people.importing.sheet import COLUMNS, ROLES
from shared.blank_table import as_csv, saved, workbook

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
    return as_csv([tuple(COLUMNS.values()), *EXAMPLE])


def xlsx_template() -> bytes:
    book = workbook("Работники", [tuple(COLUMNS.values()), *EXAMPLE], narrowest=14, typed=1000)
    notes = book.create_sheet("Как заполнять")
    notes.column_dimensions["A"].width = 110
    for note in ABOUT:
        notes.append([note])
    return saved(book)
