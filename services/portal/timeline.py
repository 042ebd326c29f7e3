"""A route's timeline as a picture: numbered marks on an axis of months; the list beneath says the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.portal import texts

WIDTH: Final = 960
AXIS: Final = 96  # the axis' height in the picture, from above
LEVELS: Final = (-22, 26, -46, 50, -70, 74)  # where a number stands from the axis, nearest first
HEIGHT: Final = 200
MARGIN: Final = 40
ROOM: Final = 24  # two numbers nearer than this do not stand on one level
LONGEST: Final = 13  # months with a name each; longer routes name every second or third


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, under its number in the list beneath the picture."""

    number: int
    on: date
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`day` is where it stands on the axis; the number stands aside where a day has more than there are levels."""

    number: int
    label: str
    on: date
    day: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A vertical line with a word: a month's start, today, the planned end."""

    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    marks: tuple[Mark, ...]
    months: tuple[Line, ...]
    today: Line | None
    planned_end: Line | None
    width: int = WIDTH
    height: int = HEIGHT
    axis: int = AXIS
    left: int = MARGIN
    right: int = WIDTH - MARGIN


def draw(happened: Sequence[Event], today: date, planned_end: date | None) -> Picture | None:
    """None when there is nothing to draw; give the events in order of time."""
    if not happened:
        return None
    days = [event.on for event in happened] + ([planned_end] if planned_end else [])
    first, last = min(days), max(days)
    scale = _Scale(first, max(last, first + timedelta(days=28)))
    return Picture(
        marks=_marks(happened, scale),
        months=_months(scale),
        today=Line(scale.x(today), texts.TODAY) if scale.first <= today <= scale.last else None,
        planned_end=Line(scale.x(planned_end), texts.PLANNED_END) if planned_end else None,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)


def _marks(happened: Sequence[Event], scale: _Scale) -> tuple[Mark, ...]:
    taken = dict.fromkeys(LEVELS, float("-inf"))
    marks = []
    for event in happened:
        day = scale.x(event.on)
        level = next((each for each in LEVELS if day - taken[each] >= ROOM), min(taken, key=lambda each: taken[each]))
        x = min(max(day, taken[level] + ROOM), WIDTH - ROOM / 2)
        taken[level] = x
        marks.append(Mark(number=event.number, label=event.label, on=event.on, day=day, x=x, y=AXIS + level))
    return tuple(marks)


def _months(scale: _Scale) -> tuple[Line, ...]:
    starts = []
    month = scale.first.replace(day=1)
    while month <= scale.last:
        if month >= scale.first:
            starts.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    step = 1 + len(starts) // (LONGEST + 1)
    return tuple(Line(scale.x(start), texts.month(start)) for start in starts[::step])
