"""What several experts' grades say together: points per criterion, a level per competency, and how far they agree.

Nothing is averaged away: every grade stays in the fact, with the rule by which one number was made of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from statistics import mean, median
from uuid import UUID

from services.diagnostics.domain.conduct import Combining, Conduct
from services.diagnostics.domain.instrument import Item
from services.diagnostics.domain.levels import level
from services.diagnostics.domain.numbers import fixed
from services.diagnostics.domain.scoring import Sheet
from shared.domain import message

NEAR = 1  # grades apart that experts still call the same impression


@message
class Rating:
    """One expert's grades: criterion -> option."""

    rater: UUID
    grades: dict[str, str]


@message
class CriterionPoints:
    criterion: str
    competency: str
    points: tuple[int, ...]  # one for each rating, in their order
    combined: str


@message
class CompetencyRating:
    competency: str
    level: str
    points: str  # the mean of its criteria


@message
class Agreement:
    """Of pairs of ratings of one criterion; all empty with one expert, who agrees with nobody."""

    exact: str = ""  # share with the same grade
    near: str = ""  # share within one grade
    alpha: str = ""  # Krippendorff's, for intervals; empty also where all grades are the same


@message
class Verdict:
    criteria: tuple[CriterionPoints, ...]
    competencies: tuple[CompetencyRating, ...]
    agreement: Agreement
    combining: Combining
    divergent: bool  # the experts agree less than the policy asks: one more is advised


def judged(form: Sheet, ratings: Sequence[Rating], conduct: Conduct) -> Verdict:
    criteria = tuple(_criterion(item, ratings, conduct.combining) for item in form.items)
    agreement = _agreement(form.items, ratings)
    return Verdict(
        criteria=criteria,
        competencies=tuple(_competency(each.code, each.cuts, each.levels, criteria) for each in form.competencies),
        agreement=agreement,
        combining=conduct.combining,
        divergent=bool(agreement.near) and Decimal(agreement.near) < Decimal(conduct.least_agreement),
    )


def _criterion(item: Item, ratings: Sequence[Rating], combining: Combining) -> CriterionPoints:
    worth = {option.code: option.points for option in item.options}
    points = tuple(worth[rating.grades[item.code]] for rating in ratings)
    exact = [Fraction(each) for each in points]
    combined = median(exact) if combining == "median" else mean(exact)
    return CriterionPoints(
        criterion=item.code, competency=item.competency, points=points, combined=_text(Fraction(combined))
    )


def _competency(
    code: str, cuts: Sequence[str], levels: Sequence[str], criteria: Iterable[CriterionPoints]
) -> CompetencyRating:
    own = [Fraction(each.combined) for each in criteria if each.competency == code]
    points = _text(sum(own, Fraction(0)) / len(own))
    return CompetencyRating(competency=code, level=level(points, cuts, levels), points=points)


def _agreement(items: Sequence[Item], ratings: Sequence[Rating]) -> Agreement:
    if len(ratings) < 2:
        return Agreement()
    grades = {item.code: [option.code for option in item.options] for item in items}
    places = [[grades[code].index(rating.grades[code]) for rating in ratings] for code in grades]
    apart = [abs(one - other) for criterion in places for one, other in combinations(criterion, 2)]
    alpha = krippendorff(places)
    return Agreement(
        exact=_text(Fraction(apart.count(0), len(apart))),
        near=_text(Fraction(sum(each <= NEAR for each in apart), len(apart))),
        alpha="" if alpha is None else _text(alpha),
    )


def krippendorff(units: Iterable[Sequence[int]]) -> Fraction | None:
    """Krippendorff's alpha for interval data; a unit that fewer than two have rated tells nothing.

    None where every value is the same: nobody could have disagreed. (Krippendorff, Computing Krippendorff's
    Alpha-Reliability, 2011.)
    """
    pairable = [unit for unit in units if len(unit) > 1]
    values = [value for unit in pairable for value in unit]
    expected = _spread(Counter(values))
    if not expected:
        return None
    observed = sum((_spread(Counter(unit)) / (len(unit) - 1) for unit in pairable), Fraction(0))
    return 1 - (len(values) - 1) * observed / expected


def _spread(counts: Mapping[int, int]) -> Fraction:
    """The sum of squared differences over all ordered pairs."""
    return Fraction(sum((a - b) ** 2 * counts[a] * counts[b] for a in counts for b in counts))


def _text(value: Fraction) -> str:
    return fixed(Decimal(value.numerator) / Decimal(value.denominator))
