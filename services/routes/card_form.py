"""The official form of the route card: its words from a published file, filled with what a teacher did."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from services.routes import texts
from services.routes.domain.card import Entry
from services.routes.domain.route.records import Level, Mentoring, Term
from services.routes.people import Teacher
from shared.domain import Personal

PUBLISHED: Final = Path(__file__).parent / "data" / "card.json"
MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class MentoringForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Mentoring
    name: str
    about: str


class Competency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of annex 2. Its indicators have the codes `<group>.1`, `<group>.2`, …"""

    code: str
    name: str
    indicators: tuple[str, ...]


class Directions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    items: tuple[str, ...]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every word of the form, in its order; "{year}" in the title is filled in."""

    version: int
    title: str
    information: str
    lines: tuple[str, str, str, str]
    activities: str
    hint: str
    columns: tuple[str, str, str, str, str, str, str, str]
    leading_competencies: int
    levels: dict[Level, str]
    mentoring_heading: str
    mentoring: tuple[MentoringForm, ...]
    competencies_heading: str
    competencies: tuple[Competency, ...]
    directions_heading: str
    directions: tuple[Directions, ...]

    def competency(self, code: str) -> str:
        """The name of a competency of annex 2; a code of another framework is shown as it is."""
        group, _, number = code.partition(".")
        for each in self.competencies:
            if each.code == group:
                known = number.isdecimal() and 1 <= int(number) <= len(each.indicators)
                return each.indicators[int(number) - 1] if known else each.name
        return code

    def mentoring_name(self, code: Mentoring | None) -> str:
        return next((each.name for each in self.mentoring if each.code == code), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A filled form: `lines` are (label, value), a row has a text for each column, `made_on` is the day of printing."""

    form: Form
    title: str
    lines: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    made_on: date


def read_form(file: Path) -> Form:
    """Raises ValueError naming the field that is missing or wrong."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Form, strict=True)
    except (OSError, msgspec.MsgspecError) as error:
        raise ValueError(f"{file.name}: {error}") from error


def year_name(start: int) -> str:
    return f"{start}-{start + 1}"


def filled(form: Form, teacher: Teacher, entries: Sequence[Entry], start: int, made_on: date) -> Card:
    values = (
        joined(", ", teacher.name, teacher.position),
        joined(", ", texts.service_years(teacher.service_years), teacher.category),
        joined("; ", *dict.fromkeys(form.mentoring_name(each.doing.activity.mentoring) for each in entries)),
        month(teacher.attestation),
    )
    return Card(
        form=form,
        title=form.title.format(year=year_name(start)),
        lines=tuple(zip(form.lines, map(printable, values), strict=True)),
        rows=tuple((str(number), *row(form, entry)) for number, entry in enumerate(entries, start=1)),
        made_on=made_on,
    )


def row(form: Form, entry: Entry) -> tuple[str, ...]:
    """The columns after the number. The expected result is for the screen only."""
    doing, activity = entry.doing, entry.doing.activity
    leading = activity.competencies[: form.leading_competencies]
    cells = (
        titled(told(doing.title), texts.ACTIVITY_KINDS.get(activity.kind, "")),
        ";\n".join(map(form.competency, leading)),
        form.levels.get(activity.level, activity.level),
        joined(",\n", told(doing.organiser), told(doing.order)),
        term(entry.days),
        joined(" /\n", told(doing.form), told(doing.result)),
        form.mentoring_name(activity.mentoring),
    )
    return tuple(map(printable, cells))


def told(text: Personal | None) -> str:
    """What a person wrote; nothing once it is forgotten."""
    return (text.text or "") if text else ""


def titled(title: str, kind: str) -> str:
    """The kind stands behind a title that does not name it."""
    if not title:
        return kind
    return title if not kind or kind.casefold() in title.casefold() else f"{title} ({kind})"


def joined(between: str, *parts: str | None) -> str:
    return between.join(part for part in parts if part)


def term(days: Term) -> str:
    first, last = (f"{day:%d.%m.%Y}" for day in (days.start, days.end))
    return first if first == last else f"{first} – {last}"


def month(told: str | None) -> str:
    """ "2026-09" in words; what is not a month is left blank, as on an empty form."""
    found = MONTH.fullmatch(told or "")
    return f"{texts.MONTHS[int(found.group(2)) - 1]} {found.group(1)}" if found else ""


def printable(text: str) -> str:
    """Without control and private signs, and without marks that turn the direction of reading.

    Paper shows what it says. Line ends stay; so does the joiner that makes one sign of several.
    """
    kept = (sign if sign in "\n\u200d" or unicodedata.category(sign)[0] != "C" else " " for sign in text)
    lines = (" ".join(line.split()) for line in "".join(kept).split("\n"))
    return "\n".join(line for line in lines if line)
