"""An independent library, girth, finds in simulated answers what this service says of them.

Both write the Rasch model as P = 1/(1 + exp(-(θ - b))): girth's discrimination is 1, its data are items by people.
"""

from decimal import Decimal
from math import sqrt
from random import Random
from statistics import mean

import numpy as np
import pytest
from girth import ability_mle, rasch_conditional, rasch_mml

from services.diagnostics.domain.dynamics import judge
from services.diagnostics.domain.linking import link
from services.diagnostics.domain.rasch import chance, estimate
from tests.diagnostics.examples import POLICY, result

BANK = [(place - 12) * 0.2 for place in range(25)]
PEOPLE = 1500


def answers(bank, abilities, seed: int):
    random = Random(seed)  # noqa: S311 - an experiment, not a secret
    return np.array([[random.random() < chance(theta, item) for theta in abilities] for item in bank], dtype=int)


def population(seed: int, middle: float = 0.0, people: int = PEOPLE) -> list[float]:
    random = Random(seed)  # noqa: S311 - an experiment, not a secret
    return [random.gauss(middle, 1) for _ in range(people)]


@pytest.mark.parametrize("calibrate", [rasch_mml, rasch_conditional])
def test_girth_recovers_the_difficulties_that_our_model_answered_by(calibrate):
    found = calibrate(answers(BANK, population(1), 2))["Difficulty"]
    apart = [abs(one - other) for one, other in zip(found, BANK, strict=True)]
    assert max(apart) < 0.25  # three to four standard errors of a difficulty, 1/√(n·p·q) ≈ 0.06 to 0.08
    assert mean(apart) < 0.08


def test_girth_and_we_give_the_same_abilities_but_for_warms_correction():
    given = answers(BANK, population(3, people=200), 4)
    theirs = ability_mle(given, np.array(BANK), 1.0)
    apart = [
        abs(estimate(int(score), BANK).theta - ability)
        for score, ability in zip(given.sum(axis=0), theirs, strict=True)
        if 3 <= score <= 22  # towards the ends the maximum likelihood runs away, which is why it is not used
    ]
    assert len(apart) > 150
    assert max(apart) < 0.15


def test_abilities_are_recovered_within_the_error_that_is_told():
    truth = population(5)
    given = answers(BANK, truth, 6)
    found = [estimate(int(score), BANK) for score in given.sum(axis=0)]
    errors = [(each.theta - theta) / each.se for each, theta in zip(found, truth, strict=True)]
    assert abs(mean(errors)) < 0.1  # no bias
    assert 0.9 < sqrt(mean(error**2 for error in errors)) < 1.1  # and as large as it is said to be


def calibrated(middle: float, seed: int, bank: dict[str, float]) -> dict[str, Decimal]:
    """Difficulties on the scale of a population of its own: girth takes its middle for nought."""
    found = rasch_mml(answers(list(bank.values()), population(seed, middle), seed + 1))["Difficulty"]
    return {code: Decimal(str(round(float(each), 3))) for code, each in zip(bank, found, strict=True)}


def test_1_13_two_calibrations_are_linked_by_their_anchors():
    anchors = {f"a{n}": (n - 5) * 0.4 for n in range(10)}
    earlier = calibrated(0.0, 11, anchors | {f"x{n}": (n - 7) * 0.3 for n in range(15)})
    later = calibrated(0.8, 21, anchors | {f"y{n}": (n - 7) * 0.3 for n in range(15)})
    bridge = link({code: earlier[code] for code in anchors}, {code: later[code] for code in anchors})
    assert abs(float(bridge.shift) + 0.8) < 0.15  # the abler population makes its items look easier by 0.8
    assert 0 < bridge.error < Decimal("0.1")
    assert set(bridge.anchors) == set(anchors)


def on(bank: dict[str, Decimal], session: int, ability: float, calibration: str, anchors: tuple[str, ...]):
    """The result of somebody who answered a form as an ability on its scale leads one to expect."""
    difficulties = [float(each) for each in bank.values()]
    measured = estimate(round(sum(chance(ability, each) for each in difficulties)), difficulties)
    return result(
        session,
        f"{measured.theta:.3f}",
        f"{measured.se:.3f}",
        calibration=calibration,
        items=tuple(bank),
        anchors=anchors,
        difficulties=tuple(map(str, bank.values())),
    )


def test_1_13_who_did_not_change_is_not_called_improved_because_the_scale_moved():
    """The same person on two scales that lie three logits apart."""
    codes = tuple(f"a{n}" for n in range(25))
    earlier = {code: Decimal(str(round(each, 3))) for code, each in zip(codes, BANK, strict=True)}
    later = {code: each + 3 for code, each in earlier.items()}
    before, after = on(earlier, 1, 0.5, "c1", codes[:6]), on(later, 2, 3.5, "c2", codes[:6])
    judged = judge(before, after, POLICY)
    assert (judged.verdict, judged.shift, judged.shift_error) == ("no_reliable_change", "3.000", "0.000")
    assert judged.shared_anchors == codes[:6]
    grown = judge(before, on(later, 3, 5.5, "c2", codes[:6]), POLICY)
    assert grown.verdict == "improved"


def test_1_13_an_anchor_that_moved_against_the_others_is_none():
    earlier = {f"a{n}": Decimal(n) for n in range(6)}
    later = {code: each + Decimal("1.0") for code, each in earlier.items()} | {"a3": Decimal("5.5")}
    bridge = link(earlier, later)
    assert bridge.anchors == ("a0", "a1", "a2", "a4", "a5")
    assert (bridge.shift, bridge.error) == (Decimal(1), Decimal(0))
    assert link({}, later).anchors == ()
