"""What is wrong with an instrument: nothing that contradicts itself is reviewed, published or measured with."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Literal

from services.diagnostics.domain.instrument import Competency, Instrument, Item, is_rated
from shared.domain import message

HARDEST = Decimal(6)  # logits; an item beyond it measures nobody, and its standard error would be a fiction

Wrong = Literal[
    "item-twice", "competency-twice", "option-twice", "form-item-twice", "cuts-not-ascending", "levels-and-cuts",
    "cuts-out-of-reach", "key-unknown", "no-choice", "competency-unknown", "difficulty-out-of-range",
    "points-not-ascending", "form-item-unknown", "form-without-competency", "nothing-asked",
]  # fmt: skip


@message
class Flaw:
    """One thing that is wrong, and the code of the item, competency or form where it is."""

    wrong: Wrong
    place: str

    def __str__(self) -> str:
        return f"{self.wrong}: {self.place}"


def unsound(candidate: Instrument) -> Iterable[Flaw]:
    yield from _twice("item-twice", [item.code for item in candidate.items])
    yield from _twice("competency-twice", [competency.code for competency in candidate.competencies])
    if not candidate.competencies or not candidate.items:
        yield Flaw(wrong="nothing-asked", place=candidate.code)
    rated = is_rated(candidate.kind)
    for competency in candidate.competencies:
        yield from _bad_scale(competency)
        if rated:
            yield from _unreachable(competency, candidate)
    competencies = {competency.code for competency in candidate.competencies}
    for item in candidate.items:
        yield from _bad_item(item, competencies)
        yield from _bad_grades(item) if rated else _bad_calibration(item)
    yield from _bad_form("initial", candidate.forms.initial, candidate)
    yield from _bad_form("final", candidate.forms.final, candidate)


def _bad_scale(competency: Competency) -> Iterable[Flaw]:
    cuts = [_number(cut) for cut in competency.cuts]
    if None in cuts or any(low >= high for low, high in pairwise(cut for cut in cuts if cut is not None)):
        yield Flaw(wrong="cuts-not-ascending", place=competency.code)
    if len(competency.levels) != len(competency.cuts) + 1:
        yield Flaw(wrong="levels-and-cuts", place=competency.code)


def _unreachable(competency: Competency, candidate: Instrument) -> Iterable[Flaw]:
    """A cut below the lowest or above the highest grade leaves a level that nobody can get."""
    points = [
        option.points for item in candidate.items if item.competency == competency.code for option in item.options
    ]
    cuts = [cut for cut in map(_number, competency.cuts) if cut is not None]
    if points and any(not min(points) < cut <= max(points) for cut in cuts):
        yield Flaw(wrong="cuts-out-of-reach", place=competency.code)


def _bad_item(item: Item, competencies: set[str]) -> Iterable[Flaw]:
    yield from (
        Flaw(wrong="option-twice", place=item.code)
        for _ in _twice("option-twice", [each.code for each in item.options])
    )
    if len(item.options) < 2:
        yield Flaw(wrong="no-choice", place=item.code)
    if item.competency not in competencies:
        yield Flaw(wrong="competency-unknown", place=item.code)


def _bad_calibration(item: Item) -> Iterable[Flaw]:
    if item.key not in [option.code for option in item.options]:
        yield Flaw(wrong="key-unknown", place=item.code)
    difficulty = _number(item.difficulty)
    if difficulty is None or abs(difficulty) > HARDEST:
        yield Flaw(wrong="difficulty-out-of-range", place=item.code)


def _bad_grades(item: Item) -> Iterable[Flaw]:
    if any(low.points >= high.points for low, high in pairwise(item.options)):
        yield Flaw(wrong="points-not-ascending", place=item.code)


def _bad_form(name: str, codes: Sequence[str], candidate: Instrument) -> Iterable[Flaw]:
    yield from _twice("form-item-twice", codes)
    known = {item.code: item for item in candidate.items}
    yield from (Flaw(wrong="form-item-unknown", place=code) for code in codes if code not in known)
    covered = {known[code].competency for code in codes if code in known}
    for competency in candidate.competencies:
        if competency.code not in covered:
            yield Flaw(wrong="form-without-competency", place=f"{competency.code} ({name})")


def _twice(wrong: Wrong, codes: Sequence[str]) -> Iterable[Flaw]:
    return [Flaw(wrong=wrong, place=code) for code, times in Counter(codes).items() if times > 1]


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
