"""A published version of an instrument never changes and never contradicts itself (clause 1.3)."""

from dataclasses import replace

import pytest

from services.diagnostics.domain.authoring import Publish, UnsoundInstrument, VersionAlreadyPublished, instrument
from services.diagnostics.domain.authoring_facts import InstrumentPublished
from services.diagnostics.domain.instrument import Forms
from tests.diagnostics.examples import CODES, ITEMS, LATER, NOON, RUBRIC, TINY
from tests.story import Story

story = Story(instrument)
published = InstrumentPublished(instrument=TINY, at=NOON)


def test_1_3_an_instrument_is_published():
    story.when(Publish(instrument=TINY, at=NOON)).then(published)


def test_1_3_the_same_file_loaded_at_another_start_is_silence():
    story.given(published).when(Publish(instrument=TINY, at=LATER)).then()


def test_1_3_a_published_version_never_changes():
    easier = replace(TINY, items=(replace(ITEMS[0], difficulty="-3"), *ITEMS[1:]))
    story.given(published).when(Publish(instrument=easier, at=LATER)).refused(VersionAlreadyPublished)


def with_item(**change):
    return replace(TINY, items=(replace(ITEMS[0], **change), *ITEMS[1:]))


def with_scale(**change):
    return replace(TINY, competencies=(replace(TINY.competencies[0], **change),))


def rubric_with(points=(0, 1, 2), cuts=("0.5", "1.5")):
    graded = tuple(replace(each, points=worth) for each, worth in zip(RUBRIC.items[0].options, points, strict=True))
    scale = replace(RUBRIC.competencies[0], cuts=cuts)
    return replace(RUBRIC, items=(replace(RUBRIC.items[0], options=graded), *RUBRIC.items[1:]), competencies=(scale,))


@pytest.mark.parametrize(
    ("flawed", "flaw"),
    [
        (replace(TINY, items=(*ITEMS, ITEMS[0])), "item-twice: i1"),
        (replace(TINY, competencies=TINY.competencies * 2), "competency-twice: informational"),
        (replace(TINY, items=(), forms=Forms(initial=(), final=())), "nothing-asked: tiny"),
        (with_item(key="z"), "key-unknown: i1"),
        (with_item(options=ITEMS[0].options[:1]), "no-choice: i1"),
        (with_item(options=(ITEMS[0].options[0],) * 2), "option-twice: i1"),
        (with_item(competency="flying"), "competency-unknown: i1"),
        (with_item(difficulty="hard"), "difficulty-out-of-range: i1"),
        (with_item(difficulty="NaN"), "difficulty-out-of-range: i1"),
        (with_item(difficulty="6.1"), "difficulty-out-of-range: i1"),
        (with_scale(cuts=("0.9", "-0.9")), "cuts-not-ascending: informational"),
        (with_scale(cuts=("low", "0.9")), "cuts-not-ascending: informational"),
        (with_scale(levels=("один", "два")), "levels-and-cuts: informational"),
        (replace(TINY, forms=Forms(initial=("i9",), final=CODES)), "form-item-unknown: i9"),
        (replace(TINY, forms=Forms(initial=CODES, final=())), r"form-without-competency: informational \(final\)"),
        (replace(TINY, forms=Forms(initial=(*CODES, "i1"), final=CODES)), "form-item-twice: i1"),
        (rubric_with(points=(0, 0, 2)), "points-not-ascending: c1"),
        (rubric_with(cuts=("0.5", "3")), "cuts-out-of-reach: communicative"),
    ],
)
def test_1_3_an_instrument_that_contradicts_itself_is_refused(flawed, flaw):
    with pytest.raises(UnsoundInstrument, match=flaw):
        instrument.decide(Publish(instrument=flawed, at=NOON), instrument.initial)
