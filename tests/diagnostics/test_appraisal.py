"""Experts rate a lesson, pupils' results, own work or an interview, each alone, and a stated rule makes the level."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.diagnostics.domain.appraisal import (
    MOST_RATERS,
    AlreadyConcluded,
    AppraisalCalledOff,
    ArrangedOtherwise,
    CallOff,
    Conclude,
    CriteriaUnrated,
    NameRater,
    NotARater,
    NotArranged,
    OwnAppraisal,
    Rate,
    TooFewRatings,
    TooManyRaters,
    UnknownGrade,
    appraisal,
)
from services.diagnostics.domain.appraisal_facts import (
    AppraisalAssigned,
    AppraisalConcluded,
    AppraisalWithdrawn,
    RaterNamed,
    RatingGiven,
)
from services.diagnostics.domain.rating import Agreement, Rating, judged, krippendorff
from services.diagnostics.domain.scoring import sheet
from shared.domain import Personal
from tests.diagnostics.examples import (
    ANNA,
    APPRAISAL,
    BORIS,
    CONDUCT,
    CRITERIA,
    LATER,
    NOON,
    RUBRIC,
    VERA,
    arrange,
)
from tests.story import Story

story = Story(appraisal)
FORM = sheet(RUBRIC, "initial")
CENTRE = UUID(int=20)


def grades(text: str) -> dict[str, str]:
    """One letter a criterion: n(o), p(art), y(es)."""
    names = {"n": "no", "p": "part", "y": "yes"}
    return {code: names[letter] for code, letter in zip(CRITERIA, text, strict=True)}


def rate(rater: UUID, text: str, comment: str = "") -> Rate:
    return Rate(rater=rater, grades=grades(text), comment=comment, at=LATER)


def given(rater: UUID, text: str, comment: str = "") -> RatingGiven:
    said = Personal(subject=ANNA, text=comment) if comment else None
    return RatingGiven(rater=rater, grades=grades(text), comment=said, at=LATER)


conclude = Conclude(form=FORM, conduct=CONDUCT, by=CENTRE, at=LATER)
assigned = AppraisalAssigned(appraisal=APPRAISAL, raters=(BORIS, VERA), due=None, by=CENTRE, at=NOON)
both = (assigned, given(BORIS, "pyy"), given(VERA, "ypy"))
withdrawn = AppraisalWithdrawn(by=CENTRE, reason="mistake", at=LATER)


def concluded(*past) -> AppraisalConcluded:
    [fact] = appraisal.decide(conclude, appraisal.fold(past))
    return fact


def test_2_8_4_experts_are_named_when_it_is_arranged_and_later():
    story.when(arrange).then(assigned)
    story.given(assigned).when(arrange).then()
    story.given(assigned).when(NameRater(rater=CENTRE, by=CENTRE, at=LATER)).then(
        RaterNamed(rater=CENTRE, by=CENTRE, at=LATER)
    )
    story.given(assigned).when(NameRater(rater=VERA, by=CENTRE, at=LATER)).then()


def test_1_3_nobody_is_an_expert_on_themselves():
    story.when(replace(arrange, raters=(BORIS, ANNA))).refused(OwnAppraisal)
    story.given(assigned).when(NameRater(rater=ANNA, by=CENTRE, at=LATER)).refused(OwnAppraisal)


def test_1_3_ten_experts_are_enough():
    many = tuple(UUID(int=100 + number) for number in range(MOST_RATERS))
    story.when(replace(arrange, raters=(*many, BORIS))).refused(TooManyRaters)
    full = replace(assigned, raters=many)
    story.given(full).when(NameRater(rater=BORIS, by=CENTRE, at=LATER)).refused(TooManyRaters)


def test_1_3_an_expert_rates_every_criterion_and_may_think_again():
    story.given(assigned).when(rate(BORIS, "pyy", "Хороший темп")).then(given(BORIS, "pyy", "Хороший темп"))
    story.given(assigned, given(BORIS, "pyy")).when(rate(BORIS, "pyy")).then()
    story.given(assigned, given(BORIS, "pyy")).when(rate(BORIS, "yyy")).then(given(BORIS, "yyy"))


@pytest.mark.parametrize(
    ("past", "command", "rule"),
    [
        ([], rate(BORIS, "pyy"), NotArranged),
        ([], conclude, NotArranged),
        ([assigned], replace(arrange, appraisal=replace(APPRAISAL, purpose="final")), ArrangedOtherwise),
        ([assigned], rate(CENTRE, "pyy"), NotARater),
        ([assigned], replace(rate(BORIS, "pyy"), grades={**grades("pyy"), "c9": "yes"}), UnknownGrade),
        ([assigned], replace(rate(BORIS, "pyy"), grades={**grades("pyy"), "c1": "superb"}), UnknownGrade),
        ([assigned], replace(rate(BORIS, "pyy"), grades={"c1": "yes"}), CriteriaUnrated),
        ([assigned, given(BORIS, "pyy")], conclude, TooFewRatings),
        ([*both, concluded(*both)], rate(BORIS, "nnn"), AlreadyConcluded),
        ([*both, concluded(*both)], CallOff(by=CENTRE, reason="other", at=LATER), AlreadyConcluded),
        ([assigned, withdrawn], rate(BORIS, "pyy"), AppraisalCalledOff),
        ([assigned, withdrawn], conclude, AppraisalCalledOff),
    ],
)
def test_1_3_a_step_out_of_turn_is_refused(past, command, rule):
    story.given(*past).when(command).refused(rule)


def test_2_8_4_it_is_withdrawn_once():
    story.given(assigned).when(CallOff(by=CENTRE, reason="mistake", at=LATER)).then(withdrawn)
    story.given(assigned, withdrawn).when(CallOff(by=CENTRE, reason="other", at=LATER)).then()


def test_1_3_all_ratings_are_kept_with_the_level_and_the_rule_it_was_made_by():
    fact = concluded(*both)
    assert fact.ratings == (Rating(rater=BORIS, grades=grades("pyy")), Rating(rater=VERA, grades=grades("ypy")))
    assert [each.points for each in fact.verdict.criteria] == [(1, 2), (2, 1), (2, 2)]
    assert [each.combined for each in fact.verdict.criteria] == ["1.500", "1.500", "2.000"]
    [level] = fact.verdict.competencies
    assert (level.points, level.level) == ("1.667", "высокий")
    assert (fact.verdict.combining, fact.policy, fact.verdict.divergent) == ("median", "1", False)
    story.given(*both, fact).when(conclude).then()


def ratings(*texts: str) -> tuple[Rating, ...]:
    return tuple(Rating(rater=UUID(int=200 + n), grades=grades(text)) for n, text in enumerate(texts))


def test_1_3_the_rule_is_the_policys():
    outvoted = ratings("yyy", "yyy", "nnn")
    median = judged(FORM, outvoted, CONDUCT).competencies[0]
    mean = judged(FORM, outvoted, replace(CONDUCT, combining="mean")).competencies[0]
    assert (median.points, median.level) == ("2.000", "высокий")
    assert (mean.points, mean.level) == ("1.333", "средний")


def test_1_3_agreement_is_told_and_a_quarrel_is_marked():
    assert judged(FORM, ratings("yyy"), CONDUCT).agreement == Agreement()
    assert judged(FORM, ratings("yyy", "yyy"), CONDUCT).agreement == Agreement(exact="1.000", near="1.000", alpha="")
    quarrel = judged(FORM, ratings("yyn", "nnn"), CONDUCT)
    assert (quarrel.agreement.exact, quarrel.agreement.near, quarrel.divergent) == ("0.333", "0.333", True)


def test_alpha_agrees_with_krippendorffs_own_example():
    """Computing Krippendorff's Alpha-Reliability, 2011, example with missing data: interval alpha 0.849."""
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [[value for value in unit if value is not None] for unit in zip(*observers, strict=True)]
    assert round(float(krippendorff(units)), 3) == 0.849
