"""A consolidated application and the support that follows from it, as stories."""

import inspect

import pytest

from services.routes.domain import support as s
from services.routes.domain.application import decider as d
from services.routes.domain.application import facts as f
from services.routes.domain.application import state as st
from services.routes.domain.route.accompanying import MethodistIsTutee
from services.routes.domain.route.rules import NotYourPart
from shared.domain import Personal, Refusal
from tests.routes import asking as a
from tests.routes import path as p

AT = {"heading": a.NUMBER_ONE, "at": p.NOW}
REASON = Personal(subject=p.OTHER, text="уточните направления")


def after(*commands):
    return a.after(a.APPLICATION, *commands)


def test_2_8_2_4_an_application_is_formed_of_lists_sent_and_accepted():
    after().when(a.form).then(f.ApplicationFormed(**AT))
    included = f.ListIncluded(list=a.ID, school="s-011", campaign=1, teachers=a.include.teachers, at=p.NOW)
    after(a.form).when(a.include).then(included)
    after(*a.INCLUDED).when(a.exclude).then(f.ListExcluded(list=a.ID, at=p.NOW))
    after(*a.INCLUDED).when(a.submit).then(f.ApplicationSubmitted(**AT, lists=2, teachers=3))
    after(*a.SENT).when(a.accept).then(f.ApplicationAccepted(**AT, teachers=3))


def test_2_8_2_a_teacher_of_two_lists_counts_once_as_the_first_one_has_them():
    asked = st.asked(a.state(a.APPLICATION, *a.INCLUDED).lists)
    assert {person: (list, each.direction) for person, (list, each) in asked.items()} == {
        p.ANNA: (a.ID, "literacy"),
        a.VERA: (a.ID, ""),
        a.GALINA: (a.OTHER_ID, "digital"),
    }
    without = st.asked(a.state(a.APPLICATION, *a.INCLUDED, a.exclude).lists)
    assert without[a.VERA] == (a.OTHER_ID, f.Asked(person=a.VERA, direction="digital"))
    assert p.ANNA not in without


def test_2_8_2_a_returned_application_is_changed_and_sent_again():
    after(*a.SENT).when(a.give_back).then(f.ApplicationReturned(**AT, reason=REASON))
    returned = a.state(a.APPLICATION, *a.SENT, a.give_back)
    assert (returned.returned, st.standing(returned)) == (REASON, ("returned", "municipality"))
    past = (*a.SENT, a.give_back, a.exclude)
    after(*past).when(a.submit).then(f.ApplicationSubmitted(**AT, lists=1, teachers=2))


SILENT = [
    ((a.form,), a.form),
    (a.INCLUDED, a.include),
    (a.ACCEPTED, a.include),
    ((a.form,), a.exclude),
    (a.SENT, p.but(a.exclude, list=a.ELSEWHERE)),
    (a.SENT, a.submit),
    (a.ACCEPTED, a.submit),
    (a.ACCEPTED, a.accept),
    ((*a.SENT, a.give_back), a.give_back),
]


@pytest.mark.parametrize(("past", "command"), SILENT, ids=lambda value: type(value).__name__)
def test_the_same_wish_twice_is_silence(past, command):
    after(*past).when(command).then()


CASES = [
    ("2.8.2", (), a.include, d.ApplicationUnknown),
    ("2.8.2", (), a.accept, d.ApplicationUnknown),
    ("2.8.2", (a.form,), a.submit, d.ApplicationEmpty),
    ("2.8.2", (a.form,), p.but(a.include, heading=p.but(a.HEADING, year=2027)), d.ListOfAnother),
    ("2.8.2", (a.form,), p.but(a.include, heading=p.but(a.HEADING, municipality="m-other")), d.ListOfAnother),
    ("2.8.2", a.SENT, p.but(a.include, list=a.ELSEWHERE), d.ApplicationIsSent),
    ("2.8.2", a.SENT, a.exclude, d.ApplicationIsSent),
    ("2.8.2", a.ACCEPTED, a.exclude, d.ApplicationIsSent),
    ("2.8.2", a.INCLUDED, a.accept, d.ApplicationNotSent),
    ("2.8.2", a.INCLUDED, a.give_back, d.ApplicationNotSent),
    ("2.8.2", (*a.SENT, a.give_back), p.but(a.give_back, reason="иначе"), d.ApplicationNotSent),
    ("2.8.2", a.ACCEPTED, a.give_back, d.ApplicationIsAccepted),
    ("2.8", a.SENT, p.but(a.accept, by=p.COORDINATOR["by"]), NotYourPart),
    ("2.8", a.INCLUDED, p.but(a.submit, by=p.CENTRE["by"]), NotYourPart),
    ("2.8", a.INCLUDED, p.but(a.submit, by=p.SCHOOL["by"]), NotYourPart),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{type(case[2]).__name__}-{case[3].__name__}")
def test_2_8_2_an_application_says_no(case):
    clause, past, command, rule = case
    after(*past).when(command).refused(rule)
    assert rule.clause == clause


NOT_SUPPORTED = [
    ((), p.ANNA, d.ApplicationUnknown),
    (a.SENT, p.ANNA, d.ApplicationNotAccepted),
    (a.ACCEPTED, p.BORIS, d.TeacherNotInApplication),
]


@pytest.mark.parametrize(("past", "person", "rule"), NOT_SUPPORTED, ids=lambda value: getattr(value, "__name__", ""))
def test_2_8_2_methodists_are_named_for_the_teachers_of_an_accepted_application(past, person, rule):
    with pytest.raises(Refusal) as caught:
        d.supported(a.state(a.APPLICATION, *past), person)
    assert type(caught.value) is rule
    assert d.supported(a.state(a.APPLICATION, *a.ACCEPTED), a.GALINA) == a.NUMBER_ONE


def supporting(*commands):
    return a.after(a.SUPPORT, *commands)


def test_3_1_4_a_methodist_is_named_reaches_each_route_once_and_may_be_recalled():
    supporting().when(a.name).then(s.MethodistNamed(heading=a.SUPPORTED, at=p.NOW))
    supporting(a.name).when(a.name).then()
    supporting(a.name).when(a.note_reached).then(s.RouteReached(route=a.ELSEWHERE, at=p.NOW))
    supporting(a.name, a.note_reached).when(a.note_reached).then()
    supporting(a.name).when(a.recall).then(s.MethodistRecalled(at=p.NOW))
    supporting(a.name, a.recall).when(a.recall).then()
    supporting().when(a.recall).then()
    supporting().when(a.note_reached).then()
    supporting(a.name, a.note_reached, a.recall).when(a.name).then(s.MethodistNamed(heading=a.SUPPORTED, at=p.NOW))
    again = a.state(a.SUPPORT, a.name, a.note_reached, a.recall, a.name)
    assert (again.recalled, again.reached) == (False, {a.ELSEWHERE})


def test_3_1_4_nobody_supports_themselves_and_only_the_centre_names():
    themselves = p.but(a.SUPPORTED, methodist=p.ANNA)
    supporting().when(p.but(a.name, heading=themselves)).refused(MethodistIsTutee)
    supporting().when(p.but(a.name, by=p.COORDINATOR["by"])).refused(NotYourPart)
    supporting(a.name).when(p.but(a.note_reached, by=p.CENTRE["by"])).refused(NotYourPart)


def test_every_refusal_of_an_application_has_its_story():
    own = {each for each in vars(d).values() if inspect.isclass(each) and issubclass(each, Refusal)} - {Refusal}
    assert own <= {rule for *_, rule in CASES} | {rule for *_, rule in NOT_SUPPORTED}


@pytest.mark.parametrize("module", [d, s], ids=["application", "support"])
def test_every_command_has_its_rule(module):
    commands = {each for each in vars(module).values() if inspect.isclass(each) and issubclass(each, module.Command)}
    assert commands - {module.Command} == set(module.RULES)
