"""Who is told of what: everybody the main path concerns, each in words of their own."""

import string
from uuid import UUID

import pytest

from services.notifications import reactions, texts
from services.notifications import subscribed as s
from services.notifications.domain.announcement import Announce
from services.notifications.domain.companion import NoteTutor
from services.notifications.domain.notice import Plan
from tests.notifications.examples import ANNA, BORIS, NOON, ROUTE

TOLD = {
    "routes.route_invited.v1": {"tutee"},
    "routes.route_opened.v1": {"school"},
    "routes.tutor_appointed.v1": {"tutee", "tutor"},
    "routes.route_submitted.v1": {"school"},
    "routes.route_returned.v1": {"tutee", "tutor"},
    "routes.route_agreed.v1": {"tutee", "tutor"},
    "routes.route_started.v1": {"tutee", "tutor", "school"},
    "routes.route_adjusted.v1": {"tutor", "school"},
    "routes.route_extended.v1": {"tutor", "school"},
    "routes.product_submitted.v1": {"tutor", "school"},
    "routes.product_presented.v1": {"tutor", "school"},
    "routes.product_assessed.v1": {"tutee", "tutor"},
    "routes.conclusion_drafted.v1": {"school"},
    "routes.conclusion_returned.v1": {"tutor"},
    "routes.conclusion_agreed.v1": {"tutee", "tutor"},
    "routes.route_completed.v1": {"tutee", "tutor", "school"},
    "routes.route_withdrawn.v1": {"tutor", "school"},
    "routes.methodist_assigned.v1": {"tutee", "methodist"},
    "routes.help_answered.v1": {"tutee"},
    "routes.deadline_neared.v1": {"tutee", "tutor"},
    "routes.route_overdue.v1": {"tutee", "tutor", "school"},
    "routes.list_submitted.v1": {"municipality"},
    "routes.list_returned.v1": {"school"},
    "routes.application_submitted.v1": {"region"},
    "routes.application_accepted.v1": {"municipality"},
    "routes.application_returned.v1": {"municipality"},
    "diagnostics.session_assigned.v1": {"person"},
    "diagnostics.session_scored.v1": {"person"},
    "diagnostics.dynamics_judged.v1": {"person"},
    "certificates.certificate_issued.v1": {"holder"},
    "certificates.certificate_revoked.v1": {"holder"},
}


def roles(telling: reactions.Telling) -> set[str]:
    return {field.removesuffix("_id") for field in telling.persons} | set(telling.audiences)


def test_every_promise_that_concerns_somebody_reaches_them():
    assert {each.of.contract: roles(each) for each in reactions.TABLE} == TOLD


@pytest.mark.parametrize("each", reactions.TABLE, ids=lambda each: each.of.contract)
def test_the_table_names_only_fields_the_promise_has(each):
    for field in (*each.persons, each.subject, *filter(None, (each.day, each.number))):
        assert field in each.of.model_fields


def test_everybody_told_has_words_and_no_words_are_left_over():
    wanted = {reactions.topic(contract, role) for contract, told in TOLD.items() for role in told}
    assert set(texts.TOPICS) == wanted


@pytest.mark.parametrize(("name", "words"), texts.TOPICS.items(), ids=lambda value: str(value)[:40])
def test_words_ask_only_for_what_the_promise_brings(name, words):
    telling = next(each for each in reactions.TABLE if name.split(".")[0] == each.of.contract.split(".")[1])
    asked = {field for _, field, _, _ in string.Formatter().parse(words.text) if field}
    brought = ({"day"} if telling.day else set()) | ({"number"} if telling.number else set())
    assert asked == brought
    assert words.title.isprintable()
    assert len(words.title) <= 70


def appointed() -> s.TutorAppointed:
    return s.TutorAppointed(
        route_id=ROUTE, tutee_id=ANNA, tutor_id=BORIS, municipality="m-ust", school="s-011", appointed_at=NOON
    )


def telling(of: type[s.Placed]) -> reactions.Telling:
    return next(each for each in reactions.TABLE if each.of is of)


def test_persons_named_by_the_promise_get_notices():
    intents = dict(reactions.tell(telling(s.TutorAppointed), appointed(), "m-1", NOON))
    assert {command.recipient for command in intents.values()} == {ANNA, BORIS}
    assert all(isinstance(command, Plan) for command in intents.values())
    assert {command.matter.topic for command in intents.values()} == {"tutor_appointed.tutee", "tutor_appointed.tutor"}


def test_the_same_promise_gives_the_same_streams():
    first, again = (dict(reactions.tell(telling(s.TutorAppointed), appointed(), "m-1", NOON)) for _ in range(2))
    other = dict(reactions.tell(telling(s.TutorAppointed), appointed(), "m-2", NOON))
    assert first == again
    assert not set(first) & set(other)


def test_those_the_promise_does_not_name_get_an_announcement():
    promise = s.RouteWithdrawn(route_id=ROUTE, tutee_id=ANNA, municipality="m-ust", school=None)
    intents = dict(reactions.tell(telling(s.RouteWithdrawn), promise, "m-1", NOON))
    assert {command.audience for command in intents.values()} == {"school", "tutor"}
    assert all(isinstance(command, Announce) for command in intents.values())
    assert {command.matter.school for command in intents.values()} == {""}


def test_a_tutor_is_remembered_for_the_promises_that_do_not_name_one():
    assert reactions.note_tutor(appointed()) == (ROUTE, NoteTutor(tutor=BORIS, at=NOON))


def test_consent_is_noted_with_the_moment_it_was_given_or_withdrawn():
    given = s.ConsentGiven(person_id=ANNA, given_at=NOON)
    withdrawn = s.ConsentWithdrawn(person_id=ANNA, withdrawn_at=NOON)
    assert [reactions.note_consent(each)[1].given for each in (given, withdrawn)] == [True, False]
    assert reactions.note_consent(given)[0] == UUID(int=1)
