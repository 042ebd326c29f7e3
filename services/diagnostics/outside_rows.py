"""A table of results from elsewhere, understood row by row: either all of it makes sense, or every flaw is told."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar, cast
from uuid import UUID

from services.diagnostics import texts
from services.diagnostics.domain.instrument import Instrument, Kind, Purpose
from services.diagnostics.domain.outside import OutsideLevel, OutsideResult
from services.diagnostics.spreadsheet import MOST_CELL, Table

PERSON: Final = "Идентификатор педагога"
ROUTE: Final = "Идентификатор маршрута"
PURPOSE: Final = "Этап"
KIND: Final = "Процедура"
INSTRUMENT: Final = "Инструмент"
HELD_ON: Final = "Дата проведения"
MUNICIPALITY: Final = "Муниципалитет"
SCHOOL: Final = "Школа"
COMPETENCY: Final = "Компетенция"
LEVEL: Final = "Уровень"
COLUMNS: Final = (PERSON, ROUTE, PURPOSE, KIND, INSTRUMENT, HELD_ON, MUNICIPALITY, SCHOOL, COMPETENCY, LEVEL)

PURPOSES: Final[Mapping[str, Purpose]] = {"начальная": "initial", "итоговая": "final"}
KINDS: Final[Mapping[str, Kind]] = {name.casefold(): cast(Kind, kind) for kind, name in texts.KINDS.items()}

CODE: Final = re.compile(r"[\w.-]{1,64}")
MOST_HEADING: Final = 64  # characters of a column's name that are told back
EARLIEST: Final = date(2000, 1, 1)

Word = TypeVar("Word", bound=str)
Covers = Callable[[str, str], bool]  # whether the importer may speak for a school


@dataclass(frozen=True, slots=True)
class RowFlaw:
    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The competencies of the published instruments, by code and by name, and the levels each of them knows."""

    competencies: Mapping[str, str]
    levels: Mapping[str, Mapping[str, str]]


@dataclass(slots=True)
class Understood:
    rows: int = 0
    results: list[OutsideResult] = field(default_factory=list)
    first_row: dict[UUID, int] = field(default_factory=dict)  # of each result
    flaws: list[RowFlaw] = field(default_factory=list)


def vocabulary(instruments: Iterable[Instrument]) -> Vocabulary:
    competencies: dict[str, str] = {}
    levels: dict[str, dict[str, str]] = defaultdict(dict)
    for each in (competency for instrument in instruments for competency in instrument.competencies):
        competencies[plain(each.code)] = competencies[plain(each.name)] = each.code
        levels[each.code] |= {plain(level): level for level in each.levels}
    return Vocabulary(competencies, levels)


def understand(table: Table, words: Vocabulary, covers: Covers, today: date) -> Understood:
    found = Understood(rows=len(table) - 1)
    number, heading = table[0]
    places = _places(number, heading, found)
    if found.flaws:
        return found
    gathered: dict[UUID, list[tuple[int, OutsideResult]]] = defaultdict(list)
    for number, cells in table[1:]:
        row = _Row(number, {name: cells[place] if place < len(cells) else "" for name, place in places.items()}, found)
        if result := row.result(words, covers, today):
            gathered[result.id].append((number, result))
    for rows in gathered.values():
        _join(rows, found)
    return found


def plain(text: str) -> str:
    """Without what people write now so, now otherwise: case, ё, doubled spaces."""
    return " ".join(text.casefold().replace("ё", "е").split())


def _places(number: int, heading: Sequence[str], found: Understood) -> dict[str, int]:
    known = {plain(name): name for name in COLUMNS}
    counts = Counter(map(plain, heading))
    for name in COLUMNS:
        if (counts[plain(name)] != 1 and name != ROUTE) or counts[plain(name)] > 1:
            wrong = "column-missing" if not counts[plain(name)] else "column-twice"
            found.flaws.append(RowFlaw(number, name, texts.ROW_FLAWS[wrong]))
    for name in heading:
        if name and plain(name) not in known:
            found.flaws.append(RowFlaw(number, name[:MOST_HEADING], texts.ROW_FLAWS["column-unknown"]))
    return {known[plain(name)]: place for place, name in enumerate(heading) if plain(name) in known}


def _join(rows: list[tuple[int, OutsideResult]], found: Understood) -> None:
    """One result of the rows of one procedure: a level for each competency, and one place for all."""
    first_row, first = rows[0]
    levels: dict[str, OutsideLevel] = {}
    for number, each in rows:
        level = each.levels[0]
        if (each.municipality, each.school) != (first.municipality, first.school):
            found.flaws.append(RowFlaw(number, SCHOOL, texts.ROW_FLAWS["two-schools"]))
        if levels.setdefault(level.competency, level) != level:
            found.flaws.append(RowFlaw(number, COMPETENCY, texts.ROW_FLAWS["two-levels"]))
    found.first_row[first.id] = first_row
    found.results.append(
        OutsideResult(
            person=first.person,
            route=first.route,
            purpose=first.purpose,
            kind=first.kind,
            instrument=first.instrument,
            held_on=first.held_on,
            municipality=first.municipality,
            school=first.school,
            levels=tuple(levels[code] for code in sorted(levels)),
        )
    )


class _Row:
    """One row being understood; what is wrong with it goes to the flaws of the whole."""

    def __init__(self, number: int, cells: Mapping[str, str], found: Understood) -> None:
        self._number = number
        self._cells = cells
        self._found = found

    def result(self, words: Vocabulary, covers: Covers, today: date) -> OutsideResult | None:
        before = len(self._found.flaws)
        person, route = self._id(PERSON), self._id(ROUTE) if self._cells.get(ROUTE) else None
        purpose = self._word(PURPOSE, PURPOSES, "purpose-unknown")
        kind = self._word(KIND, KINDS, "kind-unknown")
        instrument, held_on = self._code(INSTRUMENT), self._day(today)
        municipality, school = self._code(MUNICIPALITY), self._code(SCHOOL)
        competency = self._word(COMPETENCY, words.competencies, "competency-unknown")
        level = self._word(LEVEL, words.levels[competency], "level-unknown") if competency else None
        if municipality and school and not covers(municipality, school):
            self._wrong(SCHOOL, "school-outside")
        if len(self._found.flaws) > before:
            return None
        assert person and purpose and kind and instrument and held_on  # noqa: S101, PT018 - or there were flaws
        assert municipality and school and competency and level  # noqa: S101, PT018
        return OutsideResult(
            person=person,
            route=route,
            purpose=purpose,
            kind=kind,
            instrument=instrument,
            held_on=held_on,
            municipality=municipality,
            school=school,
            levels=(OutsideLevel(competency=competency, level=level),),
        )

    def _wrong(self, column: str, what: str) -> None:
        """One flaw for a cell is enough."""
        if not any(flaw.row == self._number and flaw.column == column for flaw in self._found.flaws[-len(COLUMNS) :]):
            self._found.flaws.append(RowFlaw(self._number, column, texts.ROW_FLAWS[what]))

    def _text(self, column: str) -> str:
        text = self._cells.get(column, "")
        if not text:
            self._wrong(column, "empty")
        elif len(text) > MOST_CELL or not text.isprintable():
            self._wrong(column, "text-unreadable")
        return text

    def _word(self, column: str, known: Mapping[str, Word], what: str) -> Word | None:
        found = known.get(plain(self._text(column)))
        if found is None:
            self._wrong(column, what)
        return found

    def _id(self, column: str) -> UUID | None:
        try:
            return UUID(self._text(column))
        except ValueError:
            self._wrong(column, "id-wrong")
            return None

    def _code(self, column: str) -> str | None:
        text = self._text(column)
        if not CODE.fullmatch(text):
            self._wrong(column, "code-wrong")
            return None
        return text

    def _day(self, today: date) -> date | None:
        text = self._text(HELD_ON)
        for form in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                day = datetime.strptime(text, form).date()
            except ValueError:
                continue
            if EARLIEST <= day <= today:
                return day
            self._wrong(HELD_ON, "day-impossible")
            return None
        self._wrong(HELD_ON, "day-unreadable")
        return None
