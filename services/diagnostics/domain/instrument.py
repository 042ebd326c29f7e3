"""An instrument of diagnostics: a bank of items, the forms made of it, and the levels its scores mean.

A test and a self-diagnosis are taken by the teacher: their items are calibrated and have a key. A rubric is filled in
by experts who saw a lesson, pupils' results, the teacher's work, or spoke with the teacher: its items are criteria,
their options are grades with points, and its cut scores are points.
"""

from typing import Final, Literal, TypeGuard
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.domain import message

Taken = Literal["test", "self"]
Rated = Literal["observation", "pupils", "interview", "own_work"]
Kind = Literal["test", "self", "observation", "pupils", "interview", "own_work"]
Purpose = Literal["initial", "final"]

RATED: Final[tuple[Rated, ...]] = ("observation", "pupils", "interview", "own_work")


@message
class Option:
    code: str
    text: str
    points: int = 0  # of a grade in a rubric


@message
class Item:
    code: str
    competency: str
    text: str
    options: tuple[Option, ...]
    key: str  # empty in a rubric
    difficulty: str  # logits, decimal text
    anchor: bool = False


@message
class Competency:
    code: str
    name: str
    cuts: tuple[str, ...]  # ascending: logits, or points of a rubric
    levels: tuple[str, ...]  # one more than the cuts, lowest first


@message
class Forms:
    initial: tuple[str, ...]
    final: tuple[str, ...]


@message
class Instrument:
    code: str
    version: int
    family: str
    kind: Kind
    title: str
    calibration: str
    competencies: tuple[Competency, ...]
    items: tuple[Item, ...]
    forms: Forms

    def form(self, purpose: Purpose) -> tuple[Item, ...]:
        known = {item.code: item for item in self.items}
        codes = self.forms.initial if purpose == "initial" else self.forms.final
        return tuple(known[code] for code in codes)

    def competency(self, code: str) -> Competency:
        return next(each for each in self.competencies if each.code == code)


def instrument_id(code: str, version: int) -> UUID:
    """The stream of one version: known to everybody who knows its name."""
    return uuid5(NAMESPACE_URL, f"iom:diagnostics:instrument:{code}:{version}")


def is_rated(kind: Kind) -> TypeGuard[Rated]:
    return kind in RATED


def is_taken(kind: Kind) -> TypeGuard[Taken]:
    return kind not in RATED
