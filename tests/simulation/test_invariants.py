"""Each law is kept by a simulated year and broken by the history that was spoiled for it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace as rewritten

from deploy.simulation import invariants
from deploy.simulation.invariants import LAWS, broken, kind, one_certificate_per_route
from deploy.simulation.notebook import Notebook
from deploy.simulation.run import tell
from deploy.simulation.year import Year
from services.routes.domain.calendar import add_months
from services.routes.domain.route.facts.adjusting import RouteExtended
from services.routes.domain.route.records import Assessment
from shared.store.types import Recorded
from tests.simulation.small import wish

History = list[Recorded[Any]]
Spoil = Callable[[History], Sequence[Recorded[Any]]]
ALL = {law.__name__: law for laws in LAWS.values() for law in laws}
STRANGER = UUID(int=99)


@pytest.fixture(scope="session")
def route(book: Notebook) -> History:
    """A completed route of the regional model that ended with a product and earned a certificate."""
    for stream, history, _ in book.written():
        kinds = {kind(fact) for fact in history}
        told = [fact.event for fact in history if kind(fact) == "model_chosen"]
        if (
            stream.startswith("route-")
            and {"route_completed", "product_assessed", "route_nominated", "support_given"} <= kinds
            and not kinds & {"dynamics_recorded", "route_extended", "next_steps_planned"}
            and told[0].model == "regional"
            and history[-1].event.certificate_due
        ):
            return history
    raise AssertionError("no such route in this year: take another seed")


def without(*kinds: str) -> Spoil:
    return lambda history: [fact for fact in history if kind(fact) not in kinds]


def changed(what: str, **fields: Any) -> Spoil:
    """The facts of this kind with other fields; a function makes a field of the fact."""

    def spoil(history: History) -> History:
        return [rewritten(fact, event=with_fields(fact.event)) if kind(fact) == what else fact for fact in history]

    def with_fields(event: Any) -> Any:
        return replace(event, **{name: to(event) if callable(to) else to for name, to in fields.items()})

    return spoil


def by(role: str, *kinds: str, actor: UUID = STRANGER) -> Spoil:
    """As if somebody else had done it."""
    return lambda history: [
        rewritten(fact, context=rewritten(fact.context, role=role, actor=actor)) if kind(fact) in kinds else fact
        for fact in history
    ]


def moved_to_front(what: str) -> Spoil:
    return lambda history: sorted(history, key=lambda fact: kind(fact) != what)


def one_more(history: History) -> History:
    return [*history, rewritten(history[-2], version=len(history) + 1)]


def twice(history: History) -> History:
    return [*history, history[-1]]


def unassessed(event: Any) -> Assessment:
    one: Assessment = replace(event.assessment, role="tutor")
    return one


def beyond(history: History) -> History:
    started = next(fact.event.term.start for fact in history if kind(fact) == "route_started")
    extended = RouteExtended(
        whose=history[0].event.whose, end=add_months(started, 18) + timedelta(days=1), at=history[0].event.at
    )
    return [
        rewritten(fact, kind="route.route_extended", event=extended) if kind(fact) == "support_given" else fact
        for fact in history
    ]


SPOILED: dict[str, list[Spoil]] = {
    "versions_are_dense": [lambda history: history[1:], twice],
    "time_goes_forward": [lambda history: history[::-1]],
    "begins_and_ends_once": [without("route_nominated", "route_opened"), one_more],
    "nominated_becomes_a_route_by_acceptance": [
        moved_to_front("task_set"),
        by("school_administrator", "route_opened"),
        without("route_opened"),
    ],
    "stages_are_in_order": [changed("stage_entered", stage=3), lambda history: history[::-1]],
    "the_plan_rests_on_something": [
        without("diagnostic_result_recorded", "deficit_recorded", "difficulty_recorded", "request_recorded"),
        without("tutor_appointed"),
        without("route_submitted"),
        without("route_agreed"),
        by("tutor", "route_agreed"),
        by("tutor", "conclusion_agreed"),
    ],
    "terms_hold": [
        changed("term_planned", term=lambda fact: replace(fact.term, end=date(2030, 1, 1))),
        changed("term_planned", term=lambda fact: replace(fact.term, end=date(2020, 1, 1))),
        changed("route_started", term=lambda fact: replace(fact.term, end=date(2030, 1, 1))),
    ],
    "no_route_beyond_eighteen_months": [beyond],
    "completed_is_judged": [
        without("product_presented"),
        without("product_assessed"),
        changed("product_assessed", assessment=unassessed),
    ],
    "concluded_per_task": [without("task_set"), without("conclusion_agreed"), without("conclusion_drafted")],
    "the_tutee_writes": [by("tutor", "term_planned"), by("school_administrator", "task_set")],
    "the_tutor_is_consented_to": [by("tutor", "support_given"), changed("model_chosen", tutor=None)],
    "a_certificate_is_earned": [
        changed("route_completed", certificate_due=False),
        changed("route_completed", tasks_achieved=0),
        changed("route_completed", medium="paper"),
    ],
}


def test_an_untouched_history_breaks_no_law(route: History) -> None:
    assert list(broken(route[0].stream, route)) == []


@pytest.mark.parametrize(
    ("law", "spoil"),
    [(law, spoil) for law, spoils in SPOILED.items() for spoil in spoils],
    ids=[f"{law}-{n}" for law, spoils in SPOILED.items() for n in range(len(spoils))],
)
def test_each_law_finds_what_was_spoiled(law: str, spoil: Spoil, route: History) -> None:
    assert list(ALL[law](route)) == []
    assert list(ALL[law](spoil(route))) != []


def test_no_law_is_without_a_history_that_breaks_it() -> None:
    assert set(SPOILED) | {"serials_are_dense"} == set(ALL)


def test_an_adjustment_beyond_the_year_is_found(book: Notebook) -> None:
    found = 0
    for _, history, _ in book.written():
        late = changed("route_adjusted", change=lambda fact: replace(fact.change, end=date(2030, 1, 1)))(list(history))
        found += "an adjustment went beyond the year" in list(invariants.terms_hold(late))
    assert found


def test_a_serial_given_twice_is_found() -> None:
    told = Year(wish(teachers=60))
    granted = [fact for number in range(3) for fact in told.school(number)[1].granted]
    book, tally = told.numbering(granted)
    [register] = [history for stream, history, _ in book.written() if stream.startswith("register-")]
    assert (len(register), tally.broken) == (len(granted), [])
    again = [*register[:-1], rewritten(register[-1], event=replace(register[-1].event, serial=1))]
    assert list(invariants.serials_are_dense(again)) == ["a serial number is missing or double"]
    twice = [*register[:-1], rewritten(register[-1], event=replace(register[0].event, serial=len(register)))]
    assert list(invariants.serials_are_dense(twice)) == ["a certificate stands twice in the register"]


def test_a_route_with_two_certificates_or_none_is_found() -> None:
    assert list(one_certificate_per_route([1, 2], [2, 1])) == []
    assert len(list(one_certificate_per_route([1, 2, 2], [1, 2]))) == 1
    assert len(list(one_certificate_per_route([1], [1, 2]))) == 1
    assert len(list(one_certificate_per_route([1, 2], [1]))) == 1


def test_a_broken_law_fails_the_year(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(history: Any) -> list[str]:
        return ["never"]

    monkeypatch.setitem(LAWS, "register", (never,))  # type: ignore[misc]
    tally = tell(wish(teachers=60), workers=1)
    assert not tally.well
    assert [each.partition(":")[0] for each in tally.broken] == ["never"]
