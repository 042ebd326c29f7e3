"""Which level an ability reaches on a competency's scale, and how likely it is that it is truly another one."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from math import erf, sqrt


def level(theta: str, cuts: Sequence[str], names: Sequence[str]) -> str:
    """The name of the level: a cut score belongs to the level above it."""
    return names[sum(Decimal(theta) >= Decimal(cut) for cut in cuts)]


def percents(theta: str, se: str, cuts: Sequence[str]) -> list[int]:
    """How likely each level is, lowest first, in whole percents that add up to a hundred.

    The true ability is taken as normally distributed around the estimate with its standard error.
    """
    below = [0.0, *(_normal((float(cut) - float(theta)) / float(se)) for cut in cuts), 1.0]
    shares = [100 * (after - before) for before, after in pairwise(below)]
    whole = [int(share) for share in shares]
    missing = 100 - sum(whole)
    for place in sorted(range(len(shares)), key=lambda i: whole[i] - shares[i])[:missing]:
        whole[place] += 1  # the largest remainders get what rounding left over
    return whole


def _normal(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2
