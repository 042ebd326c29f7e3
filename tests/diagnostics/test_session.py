"""A session is assigned, started, answered item by item and submitted once; every refusal of it has its story."""

import pytest

from services.diagnostics.domain.scoring import METHOD, CompetencyMeasure, Mark, Measure
from services.diagnostics.domain.session import Answer, Assign, Start, Withdraw, session
from services.diagnostics.domain.session_facts import (
    ItemAnswered,
    Scored,
    SessionScored,
    SessionStarted,
    SessionSubmitted,
    SessionWithdrawn,
)
from services.diagnostics.domain.session_refusals import (
    AlreadySubmitted,
    AnsweredElsewhere,
    AnswersOnTheWay,
    AssignedOtherwise,
    ItemsUnanswered,
    NotAssigned,
    NotStarted,
    SessionCalledOff,
    UnknownItem,
    UnknownOption,
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
    assert (state.assignment.at, state.started_at, state.score.at) == (NOON, NOON, LATER)


def fields(task):
    return {name: getattr(task, name) for name in type(task).__slots__}


def save(option, sequence, device="phone", item="i1"):
    return Answer(item=item, option=option, at=LATER, sequence=sequence, device=device)


def saved(option, sequence, device="phone", item="i1"):
    return ItemAnswered(item=item, option=option, at=LATER, sequence=sequence, device=device)


begun = (assigned, started)


def test_2_8_5_a_save_that_comes_twice_is_one():
    story.given(*begun, saved("b", 1)).when(save("b", 1)).then()


def test_2_8_5_a_save_overtaken_by_the_next_one_of_its_device_changes_nothing():
    story.given(*begun, saved("a", 2)).when(save("b", 1)).then()


def test_2_8_5_saves_of_several_items_may_come_in_any_order():
    story.given(*begun, saved("a", 2, item="i2")).when(save("b", 1)).then(saved("b", 1))


def test_2_8_5_a_newer_save_of_another_device_stands():
    story.given(*begun, saved("a", 2)).when(save("b", 3, "laptop")).then(saved("b", 3, "laptop"))


@pytest.mark.parametrize("sequence", [1, 2])
def test_2_8_5_an_older_save_of_another_device_is_refused_aloud(sequence):
    story.given(*begun, saved("a", 2)).when(save("b", sequence, "laptop")).refused(AnsweredElsewhere)


def test_2_8_5_the_same_answer_from_another_device_is_no_quarrel():
    story.given(*begun, saved("a", 2)).when(save("a", 1, "laptop")).then()


def test_2_8_5_a_client_that_does_not_count_does_not_turn_the_count_back():
    state = session.fold([*begun, saved("a", 7), ItemAnswered(item="i1", option="b", at=LATER)])
    assert (state.answers["i1"], state.sequence) == ("b", 7)


def test_2_8_5_a_submission_does_not_overtake_the_last_answer():
    whole = [saved("a", number, item=code) for number, code in enumerate(CODES, 1)]
    early = type(submit)(sheet=submit.sheet, at=submit.at, sequence=6)
    story.given(*begun, *whole).when(early).refused(AnswersOnTheWay)
    state = session.fold([*begun, *whole, saved("b", 6)])
    assert session.decide(early, state)[1].overall.right == 4


def withdraw(reason="postponed"):
    return Withdraw(by=ANNA, reason=reason, at=LATER)


withdrawn = SessionWithdrawn(task=TASK, by=ANNA, reason="postponed", at=LATER)


def test_2_8_4_a_session_is_withdrawn_before_it_is_submitted():
    story.given(assigned).when(withdraw()).then(withdrawn)
    story.given(*begun, *answered("a")).when(withdraw()).then(withdrawn)
    story.given(assigned, withdrawn).when(withdraw("other")).then()
    story.given(*over).when(withdraw()).refused(AlreadySubmitted)
    story.when(withdraw()).refused(NotAssigned)


@pytest.mark.parametrize("command", [Start(at=LATER), Answer(item="i1", option="a", at=LATER), submit])
def test_2_8_4_a_withdrawn_session_is_not_taken(command):
    story.given(*begun, withdrawn).when(command).refused(SessionCalledOff)


def test_2_8_4_a_withdrawn_session_keeps_what_was_answered():
    state = session.fold([*begun, *answered("ab"), withdrawn])
    assert dict(state.answers) == {"i1": "a", "i2": "b"}
    assert (state.started_at, state.reason) == (NOON, "postponed")


def test_2_8_4_another_due_day_is_another_assignment():
    due = type(assign)(task=TASK, at=NOON, due=LATER.date(), by=ANNA)
    story.given(assigned).when(due).refused(AssignedOtherwise)
    first = session.decide(due, session.initial)
    assert (first[0].due, first[0].by) == (LATER.date(), ANNA)
    story.given(*first).when(due).then()
