"""Single cells, checked by the same rules as what people type in, with the fault told in Russian."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from services.people.domain.person.facts import Details
from services.people.importing.roster import Fault, Where
from services.people.wording import Code, Day, Email, Line, Month, Name, Phone, Word, Years
from shared.http.problems import FIELD_TEXTS

CHECKS: Final[dict[str, TypeAdapter[Any]]] = {
    "family_name": TypeAdapter(Name),
    "given_name": TypeAdapter(Name),
    "patronymic": TypeAdapter(Name),
    "email": TypeAdapter(Email),
    "phone": TypeAdapter(Phone),
    "workplace": TypeAdapter(Line),
    "position": TypeAdapter(Line),
    "service_years": TypeAdapter(Years),
    "category": TypeAdapter(Word),
    "attestation": TypeAdapter(Month),
    "code": TypeAdapter(Code),
    "name": TypeAdapter(Line),
    "key": TypeAdapter(Line),
    "day": TypeAdapter(Day),
}
MISSING: Final = FIELD_TEXTS["missing"]
TOLD: Final = {
    "email": "Это не адрес электронной почты.",
    "phone": "Телефон пишется цифрами, например +7 900 000-00-00.",
    "service_years": "Стаж — целое число лет от 0 до 80.",
    "attestation": "Укажите месяц аттестации в виде ГГГГ-ММ.",
    "code": "Код состоит из букв, цифр, точки, дефиса и подчёркивания, не больше 64 знаков.",
    "day": "Укажите дату в виде ГГГГ-ММ-ДД, с 1990 по 2099 год.",
}


class Reader:
    """The cells of one row; what is wrong with them goes to *faults*."""

    def __init__(self, cells: dict[str, str], where: Where, faults: list[Fault], names: Callable[[str], str]) -> None:
        self._cells = cells
        self._where = where
        self._faults = faults
        self._names = names  # our column -> the file's

    def get(self, column: str, check: str = "") -> Any:
        """The value, None where the cell is empty or wrong."""
        text = self._cells.get(self._names(column))
        if not text:
            return None
        kind = check or column
        if kind == "attestation":
            text = text[:7] if len(text) == 10 and text[7:] == "-01" else text  # a spreadsheet makes a day of it
        try:
            return CHECKS[kind].validate_python(text)
        except ValidationError as error:
            told = TOLD.get(kind) or FIELD_TEXTS.get(error.errors()[0]["type"], "Проверьте эту ячейку.")
            self.wrong(column, told)
            return None

    def need(self, column: str, check: str = "") -> Any:
        """As `get`; an empty cell is a fault."""
        if not self._cells.get(self._names(column)):
            self.wrong(column, MISSING)
            return None
        return self.get(column, check)

    def raw(self, column: str) -> str:
        return self._cells.get(self._names(column), "")

    def day(self, column: str) -> date | None:
        found: date | None = self.get(column, "day")
        return found

    def wrong(self, column: str, detail: str) -> None:
        self._faults.append(self._where.fault(self._names(column), detail))


def read_details(cells: Reader) -> Details:
    """The information section of a row; what is wrong with it is told, and the row is then of no use."""
    return Details(
        family_name=cells.need("family_name"),
        given_name=cells.need("given_name"),
        patronymic=cells.get("patronymic"),
        email=cells.need("email"),
        phone=cells.get("phone"),
        workplace=cells.get("workplace"),
        position=cells.get("position"),
        service_years=cells.get("service_years"),
        category=cells.get("category"),
        attestation=cells.get("attestation"),
    )
