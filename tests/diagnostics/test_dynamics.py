"""A verdict on change is given only where the difference outweighs the errors of both measurements (clause 1.13)."""

from decimal import Decimal
from random import Random

import pytest

from services.diagnostics.domain.comparison import DynamicsJudged, InitialNoted, Note, comparison, comparison_id
from services.diagnostics.domain.dynamics import judge, reliable_difference
from services.diagnostics.domain.numbers import fixed
from services.diagnostics.domain.rasch import chance, estimate
from tests.diagnostics.examples import ANNA, CODES, LATER, POLICY, ROUTE, note, result
from tests.story import Story

story = Story(comparison)
initial = result(11)
noted = InitialNoted(subject=note("initial", initial).subject, result=initial, at=LATER)


@pytest.mark.parametrize(
    ("theta", "verdict", "z"),
    [
        ("1.385", "no_reliable_change", "1.958"),
        ("1.386", "improved", "1.960"),
        ("-1.385", "no_reliable_change", "-1.958"),
        ("-1.386", "declined", "-1.960"),
        ("0.000", "no_reliable_change", "0.000"),
    ],
)
def test_1_13_the_verdict_turns_at_the_policys_threshold(theta, verdict, z):
    judged = judge(initial, result(12, theta), POLICY)
    assert (judged.verdict, judged.z, judged.obstacle) == (verdict, z, "")


def test_1_13_a_print_of_z_never_contradicts_its_verdict():
    almost = judge(result(11, "0.000", "0.707"), result(12, "1.9595", "0.707"), POLICY)
    assert (almost.verdict, almost.z) == ("no_reliable_change", "1.959")


@pytest.mark.parametrize(
    ("other", "obstacle"),
    [
        ({"kind": "self"}, "kind"),
        ({"calibration": "c2"}, "calibration"),
        ({"anchors": CODES[:1]}, "anchors"),  # a fifth is not more than a fifth
        ({"anchors": ("x1", "x2", "x3")}, "anchors"),
    ],
)
def test_1_13_what_was_not_measured_on_one_scale_is_not_compared(other, obstacle):
    judged = judge(initial, result(12, "3.000", **other), POLICY)
    assert (judged.verdict, judged.obstacle, judged.z) == ("not_comparable", obstacle, "")


def test_1_13_two_anchors_of_five_are_enough():
    assert judge(initial, result(12, "3.000", anchors=CODES[:2]), POLICY).verdict == "improved"


def test_1_13_anchors_are_counted_against_the_longer_form():
    longer = result(12, "3.000", items=tuple(f"i{n}" for n in range(1, 26)))
    assert judge(initial, longer, POLICY).obstacle == "anchors"


def test_a_comparison_notes_the_start_once_and_the_first_start_stands():
    story.when(note("initial", initial)).then(noted)
    story.given(noted).when(note("initial", result(13, "-2.000"))).then()


def test_1_13_the_end_is_judged_once_against_the_start():
    final = result(12, "2.000")
    judged = DynamicsJudged(
        subject=noted.subject,
        initial=initial,
        final=final,
        judgement=judge(initial, final, POLICY),
        policy=POLICY,
        at=LATER,
    )
    story.given(noted).when(note("final", final)).then(judged)
    story.given(noted, judged).when(note("final", final)).then()


def test_an_end_without_a_start_is_compared_with_nothing():
    story.when(note("final", result(12))).then()


def test_tests_self_diagnoses_and_strangers_have_comparisons_of_their_own():
    assert len({comparison_id(ROUTE, ANNA, "f", "test"), comparison_id(ROUTE, ANNA, "f", "self")}) == 2
    assert comparison_id(ROUTE, ANNA, "f", "test") != comparison_id(ROUTE, ROUTE, "f", "test")


def simulate(change: float, people: int = 4000) -> dict[str, float]:
    """Shares of verdicts and of plainly higher raw scores among teachers who changed by *change* logits."""
    random = Random(20260901)  # noqa: S311 - an experiment, not a secret
    bank = [(place - 12) * 0.2 for place in range(25)]
    measures = [estimate(score, bank) for score in range(26)]
    counts = {"improved": 0, "declined": 0, "no_reliable_change": 0, "higher": 0}
    for _ in range(people):
        theta = random.gauss(0, 1)
        first, second = (
            sum(random.random() < chance(ability, item) for item in bank) for ability in (theta, theta + change)
        )
        before, after = (
            result(number, fixed(measures[score].theta), fixed(measures[score].se))
            for number, score in enumerate((first, second))
        )
        counts[judge(before, after, POLICY).verdict] += 1
        counts["higher"] += second > first
    return {name: count / people for name, count in counts.items()}


def test_1_13_those_who_did_not_change_are_hardly_ever_called_improved():
    shares = simulate(change=0.0)
    assert shares["improved"] <= 0.03
    assert shares["declined"] <= 0.03
    assert shares["higher"] > 0.4  # what a comparison of raw scores would have called progress


def test_1_13_those_who_changed_much_are_mostly_recognised():
    assert simulate(change=2.0)["improved"] > 0.7


def test_z_is_recomputed_from_the_numbers_in_the_fact():
    z = reliable_difference(result(1, "0.000", "0.300"), result(2, "1.000", "0.400"))
    assert z == Decimal(2)
    assert isinstance(note("final", initial), Note)
