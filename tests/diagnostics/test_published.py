"""Promises tell what was measured and never what was answered; every verdict and refusal has its Russian words."""

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import pytest

from services.diagnostics import published, texts
from services.diagnostics.domain.authoring_facts import InstrumentPublished
from services.diagnostics.domain.comparison import InitialNoted, comparison
from services.diagnostics.domain.dynamics import Obstacle, Verdict
from services.diagnostics.domain.session import session
from services.diagnostics.domain.session_facts import SessionSubmitted
from shared.store.types import Context, Recorded
from tests.diagnostics.examples import (
    ANNA,
    LATER,
    NOON,
    ROUTE,
    TINY,
    answered,
    assigned,
    note,
    result,
    started,
    submit,
)

ID = UUID(int=7)


def recorded(event):
    context = Context(
        actor=ANNA,
        role="own",
        scope="own",
        command=UUID(int=9),
        command_name="test",
        causation=None,
        correlation="c",
        occurred_at=NOON,
    )
    return Recorded(
        id=UUID(int=8),
        stream=f"session-{ID}",
        version=1,
        kind="session.test",
        event=event,
        context=context,
        recorded_at=datetime(2026, 9, 1, tzinfo=UTC),
    )


def scored():
    return session.decide(submit, session.fold([assigned, started, *answered("aabab")]))[1]


def test_an_assigned_session_is_told():
    promise = published.publish(recorded(assigned))
    assert isinstance(promise, published.SessionAssigned)
    assert (promise.session_id, promise.person_id, promise.route_id) == (ID, ANNA, ROUTE)
    assert (promise.municipality, promise.school, promise.assigned_at) == ("m-ust", "s-011", NOON)


def test_a_scored_session_tells_levels_and_no_answers():
    promise = published.publish(recorded(scored()))
    assert isinstance(promise, published.SessionScored)
    assert [level.model_dump() for level in promise.levels] == [
        {"competency": "informational", "level": "средний", "theta": "0.457", "se": "1.020"}
    ]
    told = promise.model_dump_json()
    assert "i1" not in told
    assert "right" not in told
    assert promise.kind == "test"


def test_1_13_a_verdict_is_told_with_its_numbers():
    state = comparison.fold([InitialNoted(subject=note("initial", result(1)).subject, result=result(1), at=NOON)])
    [judged] = comparison.decide(note("final", result(2, "1.500")), state)
    promise = published.publish(recorded(judged))
    assert isinstance(promise, published.DynamicsJudged)
    assert (promise.verdict, promise.z, promise.policy) == ("improved", "2.121", "1")
    assert (promise.initial_session_id, promise.final_session_id) == (UUID(int=1), UUID(int=2))


@pytest.mark.parametrize(
    "event", [started, *answered("a"), SessionSubmitted(at=LATER), InstrumentPublished(instrument=TINY, at=NOON)]
)
def test_the_rest_stays_home(event):
    assert published.publish(recorded(event)) is None


def test_every_verdict_and_obstacle_has_its_words():
    assert set(texts.VERDICTS) == set(get_args(Verdict)) == set(get_args(published.Verdict))
    assert set(texts.OBSTACLES) == set(get_args(Obstacle))


@pytest.mark.parametrize(("slug", "said"), texts.REFUSALS.items(), ids=texts.REFUSALS)
def test_every_refusal_ends_its_sentences(slug, said):
    assert all(text.endswith(".") for text in said)


def test_an_uncertain_level_names_its_rival():
    assert "возможен и уровень «высокий»" in texts.level_text("Речь", "средний", 55, ("высокий", 35))
    assert texts.level_text("Речь", "средний", 95, None).endswith("Другой уровень маловероятен.")
