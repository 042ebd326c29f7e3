"""A verdict on change is given only where the difference outweighs the errors of both measurements (clause 1.13)."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from services.diagnostics.domain.comparison import (
    DynamicsJudged,
    InitialNoted,
    Note,
    comparison,
    comparison_id,
    noting,
)
from services.diagnostics.domain.dynamics import judge, reliable_difference
from services.diagnostics.domain.numbers import fixed
from services.diagnostics.domain.rasch import chance, estimate
from services.diagnostics.domain.session import session
from tests.diagnostics.examples import (
    ANNA,
    CODES,
    LATER,
    POLICY,
    ROUTE,
    answered,
    assigned,
    note,
    result,
    started,
    submit,
)
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


def test_1_13_an_anchor_whose_difficulty_was_changed_under_one_calibration_is_none():
    kept = result(11, difficulties=("0", "0", "0", "0", "0"))
    moved = result(12, "3.000", difficulties=("1", "1", "1", "1", "0"))
    assert judge(kept, moved, POLICY).obstacle == "anchors"
    assert judge(initial, moved, POLICY).verdict == "improved"  # results of the first days kept no difficulties


def test_1_13_calibrations_without_common_anchors_are_not_compared():
    known = {"difficulties": ("0",) * 5}
    other = result(12, "3.000", calibration="c2", items=("x1", "x2"), anchors=("x1", "x2"), difficulties=("0", "0"))
    assert judge(result(11, **known), other, POLICY).obstacle == "anchors"


def test_1_13_everything_a_verdict_is_recomputed_from_is_in_the_fact():
    story = [assigned, started, *answered("abbab")]
    before, after = (scored(story, purpose) for purpose in ("initial", "final"))
    (_, start), (_, end) = noting(ROUTE, before, POLICY), noting(ANNA, after, POLICY)
    [judged] = comparison.decide(end, comparison.fold(comparison.decide(start, comparison.initial)))
    for stored in (judged.initial, judged.final):
        again = estimate(sum(stored.right), [float(each) for each in stored.difficulties])
        assert (fixed(again.theta), fixed(again.se)) == (stored.theta, stored.se)
        assert (stored.items, stored.calibration, stored.method) == (CODES, "c1", "rasch-wle-1")
    assert judge(judged.initial, judged.final, judged.policy) == judged.judgement
    assert judged.policy.version == "1"


def scored(facts, purpose):
    task = replace(facts[0].task, purpose=purpose)
    return session.decide(submit, session.fold([replace(facts[0], task=task), *facts[1:]]))[1]


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
    assert shares["higher"] > 13 * shares["improved"]


@pytest.mark.parametrize(("change", "power"), [(1.0, 0.2), (1.5, 0.45), (2.0, 0.7), (3.0, 0.85)])
def test_1_13_the_more_somebody_changed_the_surer_it_is_found(change, power):
    shares = simulate(change)
    assert shares["improved"] > power
    assert shares["declined"] < 0.005


def test_z_is_recomputed_from_the_numbers_in_the_fact():
    z = reliable_difference(result(1, "0.000", "0.300"), result(2, "1.000", "0.400"))
    assert z == Decimal(2)
    assert isinstance(note("final", initial), Note)
