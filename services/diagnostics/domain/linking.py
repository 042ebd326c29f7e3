"""Two calibrations brought onto one scale by the items they share.

The Rasch model leaves the origin of a scale free, so two calibrations of the same items differ by a constant. It is the
mean difference of the anchors' difficulties; how much the anchors disagree about it is an error of its own, which the
comparison must carry (Kolen and Brennan, Test Equating, 2014). An anchor that moved against the others is none.
"""

from collections.abc import Mapping
from decimal import Decimal

from shared.domain import message

DRIFT = Decimal("0.5")  # logits; Linacre's usual bound between noise and an item that became another one


@message
class Link:
    """What is taken from a later ability to stand on the earlier scale, the error of that, and the anchors used."""

    shift: Decimal
    error: Decimal
    anchors: tuple[str, ...]


def link(earlier: Mapping[str, Decimal], later: Mapping[str, Decimal]) -> Link:
    """The anchors' difficulties in two calibrations; anchors that drifted are left out, the worst first."""
    moved = {code: later[code] - earlier[code] for code in sorted(earlier.keys() & later.keys())}
    while moved:
        shift = sum(moved.values(), Decimal(0)) / len(moved)
        worst = max(moved, key=lambda code: (abs(moved[code] - shift), code))
        if abs(moved[worst] - shift) <= DRIFT:
            return Link(shift=shift, error=_error(list(moved.values()), shift), anchors=tuple(moved))
        del moved[worst]
    return Link(shift=Decimal(0), error=Decimal(0), anchors=())


def _error(moves: list[Decimal], shift: Decimal) -> Decimal:
    """The standard error of the mean; one anchor alone tells nothing of it, and is never enough to compare by."""
    if len(moves) < 2:
        return Decimal(0)
    variance = sum(((move - shift) ** 2 for move in moves), Decimal(0)) / (len(moves) - 1)
    return (variance / len(moves)).sqrt()
