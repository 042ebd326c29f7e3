"""A published version of an instrument never changes and never contradicts itself (clause 1.3)."""

from dataclasses import replace

import pytest

from services.diagnostics.domain.instrument import (
    Forms,
    InstrumentPublished,
    Publish,
    UnsoundInstrument,
    VersionAlreadyPublished,
    instrument,
)
from tests.diagnostics.examples import CODES, ITEMS, LATER, NOON, TINY
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


@pytest.mark.parametrize(
    ("flawed", "flaw"),
    [
        (replace(TINY, items=(*ITEMS, ITEMS[0])), "item i1 appears twice"),
        (with_item(key="z"), "none of its options"),
        (with_item(options=ITEMS[0].options[:1]), "nothing to choose"),
        (with_item(options=(ITEMS[0].options[0],) * 2), "appears twice"),
        (with_item(competency="flying"), "unknown competency"),
        (with_item(difficulty="hard"), "number of logits"),
        (with_item(difficulty="NaN"), "number of logits"),
        (with_item(difficulty="6.1"), "number of logits"),
        (with_scale(cuts=("0.9", "-0.9")), "ascending"),
        (with_scale(cuts=("low", "0.9")), "ascending"),
        (with_scale(levels=("один", "два")), "one level more"),
        (replace(TINY, forms=Forms(initial=("i9",), final=CODES)), "unknown item i9"),
        (replace(TINY, forms=Forms(initial=CODES, final=())), "no item for informational"),
        (replace(TINY, forms=Forms(initial=(*CODES, "i1"), final=CODES)), "appears twice"),
    ],
)
def test_1_3_an_instrument_that_contradicts_itself_is_refused(flawed, flaw):
    with pytest.raises(UnsoundInstrument, match=flaw):
        instrument.decide(Publish(instrument=flawed, at=NOON), instrument.initial)
