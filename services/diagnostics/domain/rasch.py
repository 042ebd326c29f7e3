"""The Rasch model: how able somebody is who answered so many of these items right, and how sure that is.

Ability is Warm's weighted likelihood estimate (Psychometrika 54, 1989): unlike the maximum likelihood it is finite for
a score of nothing and of everything, and nearly unbiased for short tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

PRECISION = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """An ability on the logit scale of the item bank, and its standard error."""

    theta: float
    se: float


def chance(theta: float, difficulty: float) -> float:
    """The probability that a person of ability *theta* answers an item of this difficulty right."""
    distance = theta - difficulty
    if distance >= 0:
        return 1 / (1 + exp(-distance))
    odds = exp(distance)  # never overflows: the exponent is negative on both ways
    return odds / (1 + odds)


def information(theta: float, difficulties: Sequence[float]) -> float:
    """Fisher's information of these items at *theta*, in 1/logit²."""
    return sum(p * (1 - p) for p in (chance(theta, b) for b in difficulties))


def standard_error(theta: float, difficulties: Sequence[float]) -> float:
    return 1 / sqrt(information(theta, difficulties))


def estimate(score: int, difficulties: Sequence[float]) -> Estimate:
    """The weighted likelihood estimate for *score* right answers out of items of these difficulties.

    Raises ValueError when there are no items or the score is impossible.
    """
    if not difficulties:
        raise ValueError("no items, no ability")
    if not 0 <= score <= len(difficulties):
        raise ValueError(f"{score} right answers of {len(difficulties)} items")
    ordered = sorted(difficulties)  # sums of floats depend on order; an ability must not
    theta = _root(score, ordered)
    return Estimate(theta, standard_error(theta, ordered))


def _root(score: int, difficulties: Sequence[float]) -> float:
    # Halving rather than Newton's steps: it cannot run away at the extreme scores, and because every probe of a higher
    # score lies above that of a lower one, estimates are ordered by score for whatever items an author may choose.
    reach = log(2 * len(difficulties) + 1)  # the estimate at the extreme score, were all items as hard as the hardest
    low, high = difficulties[0] - reach - 1, difficulties[-1] + reach + 1
    while high - low > PRECISION * max(1.0, abs(low), abs(high)):
        middle = (low + high) / 2
        slope = _weighted_score(middle, score, difficulties)
        if slope == 0:
            return middle
        if slope > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _weighted_score(theta: float, score: int, difficulties: Sequence[float]) -> float:
    """The derivative of the weighted log likelihood: positive below the estimate, negative above it."""
    expected = spread = skew = 0.0
    for difficulty in difficulties:
        p = chance(theta, difficulty)
        expected += p
        spread += p * (1 - p)
        skew += p * (1 - p) * (1 - 2 * p)
    return score - expected + skew / (2 * spread)
