"""From answers to measures: an ability with its error for the whole form and a level for every competency."""

from collections.abc import Mapping, Sequence

from services.diagnostics.domain.instrument import Competency, Instrument, Item, Purpose
from services.diagnostics.domain.levels import level
from services.diagnostics.domain.numbers import fixed
from services.diagnostics.domain.rasch import estimate
from shared.domain import message

METHOD = "rasch-wle-1"  # kept with every score: a corrected method gets another name


@message
class Sheet:
    """What is needed to score one form; it holds the keys, so it never leaves the service."""

    calibration: str
    competencies: tuple[Competency, ...]
    items: tuple[Item, ...]


@message
class Mark:
    item: str
    competency: str
    difficulty: str
    anchor: bool
    right: bool


@message
class Measure:
    right: int
    of: int
    theta: str
    se: str


@message
class CompetencyMeasure:
    competency: str
    level: str
    right: int
    of: int
    theta: str
    se: str


def sheet(instrument: Instrument, purpose: Purpose) -> Sheet:
    return Sheet(
        calibration=instrument.calibration, competencies=instrument.competencies, items=instrument.form(purpose)
    )


def marks(form: Sheet, answers: Mapping[str, str]) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            item=item.code,
            competency=item.competency,
            difficulty=item.difficulty,
            anchor=item.anchor,
            right=answers.get(item.code) == item.key,
        )
        for item in form.items
    )


def measure(marked: Sequence[Mark]) -> Measure:
    right = sum(mark.right for mark in marked)
    ability = estimate(right, [float(mark.difficulty) for mark in marked])
    return Measure(right=right, of=len(marked), theta=fixed(ability.theta), se=fixed(ability.se))


def measure_competency(competency: Competency, marked: Sequence[Mark]) -> CompetencyMeasure:
    own = measure([mark for mark in marked if mark.competency == competency.code])
    return CompetencyMeasure(
        competency=competency.code,
        level=level(own.theta, competency.cuts, competency.levels),
        right=own.right,
        of=own.of,
        theta=own.theta,
        se=own.se,
    )
