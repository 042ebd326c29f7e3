"""Abilities agree with published answers and behave as abilities must."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.diagnostics.domain.numbers import fixed, truncated
from services.diagnostics.domain.rasch import chance, estimate, information, standard_error

FIVE = [-1.5, -0.75, 0.0, 0.75, 1.5]
banks = st.lists(st.floats(-6, 6, allow_nan=False), min_size=1, max_size=40)


@pytest.mark.parametrize(("score", "theta"), list(enumerate([-2.95, -1.45, -0.46, 0.46, 1.45, 2.95])))
def test_five_items_give_the_abilities_of_the_published_example(score, theta):
    assert round(estimate(score, FIVE).theta, 2) == theta


def test_twenty_five_items_a_fifth_of_a_logit_apart_give_an_error_of_half_a_logit():
    targeted = [estimate(score, [(place - 12) * 0.2 for place in range(25)]).se for score in range(8, 18)]
    assert all(0.47 < se < 0.53 for se in targeted)


def test_equal_items_have_an_answer_in_closed_form():
    assert estimate(0, [0.0] * 4).theta == pytest.approx(-2.1972245773, abs=1e-9)  # -log(2n + 1), and
    assert estimate(4, [0.0] * 4).theta == pytest.approx(2.1972245773, abs=1e-9)  # log((r + ½) / (n - r + ½))
    assert estimate(3, [0.0] * 4).theta == pytest.approx(0.8472978604, abs=1e-9)


@given(banks)
def test_a_higher_score_never_means_less_ability(bank):
    thetas = [estimate(score, bank).theta for score in range(len(bank) + 1)]
    assert all(lower < higher for lower, higher in pairwise(thetas))


@given(banks, st.data())
def test_every_score_has_a_finite_ability_and_a_positive_error(bank, data):
    score = data.draw(st.integers(0, len(bank)))
    found = estimate(score, bank)
    assert abs(found.theta) < 6 + 6
    assert 0 < found.se < 100
    assert found.se == standard_error(found.theta, sorted(bank))


@given(st.lists(st.floats(-2, 2, allow_nan=False), min_size=1, max_size=40), st.data())
def test_turning_the_scale_around_turns_the_ability_around(bank, data):
    score = data.draw(st.integers(0, len(bank)))
    mirrored = estimate(len(bank) - score, [-difficulty for difficulty in bank])
    assert mirrored.theta == pytest.approx(-estimate(score, bank).theta, abs=1e-6)


@given(banks, st.randoms())
def test_the_order_of_items_does_not_matter(bank, random):
    shuffled = random.sample(bank, len(bank))
    assert estimate(len(bank) // 2, shuffled) == estimate(len(bank) // 2, bank)


@given(st.floats(-700, 700, allow_nan=False))
def test_a_chance_stays_a_chance_far_from_every_item(theta):
    assert 0 <= chance(theta, 0.0) <= 1


def test_an_item_tells_most_about_somebody_of_its_own_difficulty():
    assert information(1.0, [1.0]) == 0.25
    assert information(0.9, [1.0]) < 0.25 > information(1.1, [1.0])


@pytest.mark.parametrize(("score", "bank"), [(0, []), (-1, FIVE), (6, FIVE)])
def test_impossible_scores_have_no_ability(score, bank):
    with pytest.raises(ValueError, match="items"):
        estimate(score, bank)


def test_numbers_of_facts_have_three_digits_and_no_negative_nought():
    assert [fixed(-0.0001), fixed(1.2345), fixed(-2.95)] == ["0.000", "1.234", "-2.950"]


def test_a_statistic_is_cut_not_rounded_so_that_its_print_agrees_with_its_verdict():
    assert [truncated(Decimal("1.9599")), truncated(Decimal("-1.9599"))] == ["1.959", "-1.959"]
