"""Every promise of routes, made of the facts of the main path."""

import json
from uuid import UUID

import pytest

from services.routes.asking_published import OfApplication, OfList
from services.routes.domain.route import facts as f
from services.routes.published import MAKERS, Promise, publish
from shared.store.types import Context, Recorded
from tests.contracts.house import makers
from tests.routes import asking as a
from tests.routes import path as p

ID = UUID("0198b0de-0001-7000-8000-000000000001")


def recorded(fact: object) -> Recorded:
    context = Context(
        actor=p.ANNA,
        role="tutee",
        scope="own",
        command=UUID(int=1),
        command_name="",
        causation=None,
        correlation="",
        occurred_at=p.NOW,
    )
    return Recorded(
        id=UUID(int=2), stream=f"route-{ID}", version=1, kind="", event=fact, context=context, recorded_at=p.NOW
    )


EXTENSION = p.extend
ADJUSTMENT = p.adjusting.Adjust(**p.TUTEE, reason="request", end=p.date(2027, 8, 31))
AGREEMENT = p.adjusting.AgreeAdjustment(**p.SCHOOL)
PATHS = [
    p.COMPLETED,
    (*p.SUBMITTED, p.give_back),
    (*p.DRAFTED, p.return_conclusion),
    (*p.STARTED, ADJUSTMENT, AGREEMENT, EXTENSION, p.withdraw),
    (*p.STARTED, p.assign_methodist, p.ask_help, p.answer_help, p.remind, p.mark_overdue),
]


def test_the_main_path_and_its_turnings_make_every_promise():
    made = {type(promise) for path in PATHS for fact in p.facts(path) if (promise := publish(recorded(fact)))}
    assert made == {model for model in makers().values() if issubclass(model, Promise)}
    assert len(made) == len(MAKERS)


@pytest.mark.parametrize("path", PATHS, ids=len)
def test_no_promise_carries_a_word_that_somebody_wrote(path):
    said = " ".join(promise.model_dump_json() for fact in p.facts(path) if (promise := publish(recorded(fact))))
    for words in ("критерии", "практики", "достигнута", "уверенно", "Мастер", "конспект", "результата"):
        assert words not in said


def test_a_promise_names_the_route_and_its_place():
    (promise,) = [publish(recorded(fact)) for fact in p.facts(p.OPENED) if isinstance(fact, f.opening.RouteOpened)]
    assert json.loads(promise.model_dump_json()) == {
        "route_id": str(ID),
        "tutee_id": str(p.ANNA),
        "municipality": "m-ust",
        "school": "s-011",
        "opened_at": "2026-09-14T05:30:00Z",
    }


ASKING = [
    (a.LIST, (*a.SUBMITTED, a.return_list)),
    (a.APPLICATION, (*a.SENT, a.give_back, a.submit, a.accept)),
]


def test_2_8_2_lists_and_applications_make_every_promise_and_name_nobody():
    told = [publish(recorded(fact)) for decider, path in ASKING for fact in p.facts(path, decider)]
    made = [promise for promise in told if promise]
    assert {type(promise) for promise in made} == {
        model for model in makers().values() if issubclass(model, OfList | OfApplication)
    }
    said = " ".join(promise.model_dump_json() for promise in made)
    for word in (str(p.ANNA), str(a.VERA), "оценивании", "оснований", "направления"):
        assert word not in said


def test_what_is_between_the_participants_stays_there():
    private = (f.designing.TaskSet, f.diagnosing.DeficitRecorded, f.running.ActivityReflected, f.preparing.ConsentGiven)
    told = [fact for fact in p.facts(p.COMPLETED) if isinstance(fact, private)]
    assert told
    assert [publish(recorded(fact)) for fact in told] == [None] * len(told)
