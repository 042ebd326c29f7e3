"""A session is assigned, started, answered item by item and submitted once; every refusal of it has its story."""

import pytest

from services.diagnostics.domain.scoring import METHOD, CompetencyMeasure, Mark, Measure
from services.diagnostics.domain.session import (
    AlreadySubmitted,
    Answer,
    Assign,
    AssignedOtherwise,
    ItemAnswered,
    ItemsUnanswered,
    NotAssigned,
    NotStarted,
    Scored,
    SessionScored,
    SessionStarted,
    SessionSubmitted,
    Start,
    UnknownItem,
    UnknownOption,
    session,
)
from tests.diagnostics.examples import (
    ANNA,
    CODES,
    DIFFICULTIES,
    LATER,
    NOON,
    TASK,
    answered,
    assign,
    assigned,
    started,
    submit,
)
from tests.story import Story

story = Story(session)
scored = SessionScored(
    task=TASK,
    overall=Measure(right=3, of=5, theta="0.457", se="1.020"),
    competencies=(
        CompetencyMeasure(competency="informational", level="средний", right=3, of=5, theta="0.457", se="1.020"),
    ),
    marks=tuple(
        Mark(item=code, competency="informational", difficulty=difficulty, anchor=True, right=right)
        for code, difficulty, right in zip(CODES, DIFFICULTIES, (True, True, False, True, False), strict=True)
    ),
    calibration="c1",
    method=METHOD,
    at=LATER,
)
over = (assigned, started, *answered("aabab"), SessionSubmitted(at=LATER), scored)


def test_2_8_5_a_session_is_assigned_once():
    story.when(assign).then(assigned)
    story.given(assigned).when(assign).then()
    story.given(*over).when(assign).then()


def test_2_8_5_an_assigned_session_is_not_given_to_somebody_else():
    other = Assign(task=type(TASK)(**{**fields(TASK), "route": ANNA}), at=NOON)
    story.given(assigned).when(other).refused(AssignedOtherwise)


def test_2_8_5_a_session_starts_once():
    story.given(assigned).when(Start(at=NOON)).then(SessionStarted(at=NOON))
    story.given(assigned, started).when(Start(at=LATER)).then()
    story.given(*over).when(Start(at=LATER)).then()


@pytest.mark.parametrize("command", [Start(at=NOON), Answer(item="i1", option="a", at=NOON), submit])
def test_2_8_5_what_nobody_assigned_cannot_be_taken(command):
    story.when(command).refused(NotAssigned)


@pytest.mark.parametrize("command", [Answer(item="i1", option="a", at=NOON), submit])
def test_2_8_5_a_session_is_started_before_it_is_answered(command):
    story.given(assigned).when(command).refused(NotStarted)


def test_2_8_5_each_answer_is_kept_and_may_be_changed():
    story.given(assigned, started).when(Answer(item="i1", option="b", at=NOON)).then(
        ItemAnswered(item="i1", option="b", at=NOON)
    )
    story.given(assigned, started, *answered("b")).when(Answer(item="i1", option="a", at=LATER)).then(
        ItemAnswered(item="i1", option="a", at=LATER)
    )


def test_2_8_5_the_same_answer_twice_is_silence():
    story.given(assigned, started, *answered("b")).when(Answer(item="i1", option="b", at=LATER)).then()
    story.given(*over).when(Answer(item="i1", option="a", at=LATER)).then()


def test_2_8_5_answers_do_not_change_after_submission():
    story.given(*over).when(Answer(item="i1", option="b", at=LATER)).refused(AlreadySubmitted)


def test_2_8_5_only_what_is_asked_is_answered():
    story.given(assigned, started).when(Answer(item="i9", option="a", at=NOON)).refused(UnknownItem)
    story.given(assigned, started).when(Answer(item="i1", option="z", at=NOON)).refused(UnknownOption)


def test_2_8_5_a_session_is_submitted_whole():
    story.given(assigned, started, *answered("aaba")).when(submit).refused(ItemsUnanswered)


def test_2_8_5_a_submitted_session_is_scored_in_the_same_breath():
    story.given(assigned, started, *answered("aabab")).when(submit).then(SessionSubmitted(at=LATER), scored)
    story.given(*over).when(submit).then()


def test_the_last_answer_counts():
    changed = ItemAnswered(item="i5", option="a", at=NOON)
    state = session.fold([assigned, started, *answered("aabab"), changed])
    assert session.decide(submit, state)[1].overall.right == 4


def test_a_finished_session_remembers_its_answers_and_times():
    state = session.fold(over)
    assert isinstance(state, Scored)
    assert dict(state.answers) == dict(zip(CODES, "aabab", strict=True))
    assert (state.assigned_at, state.started_at, state.score.at) == (NOON, NOON, LATER)


def fields(task):
    return {name: getattr(task, name) for name in type(task).__slots__}
