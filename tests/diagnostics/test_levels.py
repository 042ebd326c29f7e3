"""Levels follow the cut scores, and their uncertainty is told in percents that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.diagnostics.domain.levels import level, percents

CUTS, NAMES = ("-0.90", "0.90"), ("низкий", "средний", "высокий")


@pytest.mark.parametrize(
    ("theta", "name"), [("-0.901", "низкий"), ("-0.900", "средний"), ("0.899", "средний"), ("0.900", "высокий")]
)
def test_a_cut_score_belongs_to_the_level_above_it(theta, name):
    assert level(theta, CUTS, NAMES) == name


def test_on_a_cut_score_both_neighbours_are_equally_likely():
    assert percents("0.000", "0.100", ("0",)) == [50, 50]


def test_one_standard_error_above_a_cut_leaves_sixteen_percent_below_it():
    assert percents("1.000", "1.000", ("0",)) == [16, 84]


@given(st.integers(-5000, 5000), st.integers(1, 3000))
def test_percents_always_add_up_to_a_hundred(theta, se):
    shares = percents(str(theta / 1000), str(se / 1000), CUTS)
    assert sum(shares) == 100
    assert all(0 <= share <= 100 for share in shares)
