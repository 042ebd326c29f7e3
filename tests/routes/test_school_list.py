"""A school's list as stories: what the school and its municipality may do with it, and what is said no to."""

import inspect

import pytest

from services.routes.domain.route.rules import NotYourPart
from services.routes.domain.school_list import decider as d
from services.routes.domain.school_list import facts as f
from services.routes.domain.school_list import state as st
from shared.domain import Personal, Refusal
from tests.routes import asking as a
from tests.routes import path as p

AT = {"heading": a.HEADING, "at": p.NOW}


def after(*commands):
    return a.after(a.LIST, *commands)


def test_2_8_3_1_a_school_draws_up_a_list_and_submits_it():
    ground = Personal(subject=p.ANNA, text="дефицит в оценивании")
    after().when(a.open_).then(f.ListOpened(**AT))
    listed = f.TeacherListed(person=p.ANNA, direction="literacy", ground=ground, at=p.NOW)
    after(a.open_).when(a.list_anna).then(listed)
    after(*a.DRAFT).when(a.unlist_vera).then(f.TeacherUnlisted(person=a.VERA, at=p.NOW))
    after(*a.DRAFT).when(a.submit_list).then(f.ListSubmitted(**AT, teachers=2))


def test_2_8_3_the_school_takes_its_list_back_while_no_application_has_it():
    after(*a.SUBMITTED).when(a.withdraw_list).then(f.SubmissionWithdrawn(**AT))
    after(*a.SUBMITTED, a.withdraw_list).when(a.unlist_vera).then(f.TeacherUnlisted(person=a.VERA, at=p.NOW))
    after(*a.TAKEN).when(a.withdraw_list).refused(d.ListIsTaken)


def test_2_8_2_the_municipality_returns_a_list_with_a_reason():
    reason = Personal(subject=p.OTHER, text="нет оснований")
    after(*a.SUBMITTED).when(a.return_list).then(f.ListReturned(**AT, reason=reason))
    returned = a.state(a.LIST, *a.SUBMITTED, a.return_list)
    assert (returned.returned, st.standing(returned)) == (reason, ("returned", "school"))
    again = a.state(a.LIST, *a.SUBMITTED, a.return_list, a.submit_list)
    assert st.standing(again) == ("submitted", "municipality")


def test_2_8_2_a_taken_list_is_released_by_its_own_application_only():
    after(*a.SUBMITTED).when(a.take).then(f.ListTaken(**AT, application=a.ID))
    after(*a.TAKEN).when(p.but(a.release, application=a.OTHER_ID)).then()
    after(*a.TAKEN).when(a.release).then(f.ListReleased(**AT, application=a.ID))
    after(*a.TAKEN, a.release).when(a.withdraw_list).then(f.SubmissionWithdrawn(**AT))


SILENT = [
    ((a.open_,), a.open_),
    (a.DRAFT, a.list_anna),
    ((a.open_, a.list_anna), a.unlist_vera),
    (a.SUBMITTED, a.submit_list),
    (a.TAKEN, a.submit_list),
    (a.DRAFT, a.withdraw_list),
    ((*a.SUBMITTED, a.return_list), a.return_list),
    (a.TAKEN, a.take),
    (a.SUBMITTED, a.release),
]


@pytest.mark.parametrize(("past", "command"), SILENT, ids=lambda value: type(value).__name__)
def test_the_same_wish_twice_is_silence(past, command):
    after(*past).when(command).then()


CASES = [
    ("2.8.3", (), a.list_anna, d.ListUnknown),
    ("2.8.3", (), a.submit_list, d.ListUnknown),
    ("2.8.3", (a.open_,), a.submit_list, d.ListEmpty),
    ("2.8.3", a.DRAFT, p.but(a.list_anna, ground="иначе"), d.TeacherListedOtherwise),
    ("2.8.3", a.DRAFT, p.but(a.list_anna, direction=""), d.TeacherListedOtherwise),
    ("2.8.3", a.SUBMITTED, a.list_anna, d.ListIsSubmitted),
    ("2.8.3", a.SUBMITTED, a.unlist_vera, d.ListIsSubmitted),
    ("2.8.2", a.TAKEN, a.unlist_vera, d.ListIsTaken),
    ("2.8.2", a.TAKEN, a.return_list, d.ListIsTaken),
    ("2.8.2", a.TAKEN, p.but(a.take, application=a.OTHER_ID), d.ListIsTaken),
    ("2.8.2", a.DRAFT, a.take, d.ListNotSubmitted),
    ("2.8.2", a.DRAFT, a.return_list, d.ListNotSubmitted),
    ("2.8", a.DRAFT, p.but(a.submit_list, by=p.COORDINATOR["by"]), NotYourPart),
    ("2.8", a.SUBMITTED, p.but(a.return_list, by=p.SCHOOL["by"]), NotYourPart),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{type(case[2]).__name__}-{case[3].__name__}")
def test_2_8_3_and_2_8_2_a_list_says_no(case):
    clause, past, command, rule = case
    after(*past).when(command).refused(rule)
    assert rule.clause == clause


def test_every_refusal_of_a_list_has_its_story():
    own = {each for each in vars(d).values() if inspect.isclass(each) and issubclass(each, Refusal)} - {Refusal}
    assert own <= {rule for *_, rule in CASES}


def test_every_command_of_a_list_has_its_rule():
    commands = {each for each in vars(d).values() if inspect.isclass(each) and issubclass(each, d.Command)}
    assert commands - {d.Command} == set(d.RULES)
