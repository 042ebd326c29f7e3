"""Beside the tutee: suggestions, support, help, reviews, reports, methodists, the coordinator, deadlines."""

from datetime import date
from uuid import UUID

import pytest

from services.routes.domain.route import facts as f
from services.routes.domain.route.state import status
from tests.routes import path as p


def state_after(*commands):
    return p.ROUTE.fold(p.facts(commands))


def test_1_5_everybody_else_suggests_and_the_tutee_answers():
    p.after(*p.STARTED).when(p.suggest).then(
        f.advising.SuggestionMade(
            suggestion=p.SUGGESTION,
            subject="dates",
            by=p.SCHOOL["by"],
            end=p.LATER,
            text=p.annas("до мая"),
            at=p.NOW,
        )
    )
    p.after(*p.STARTED, p.suggest).when(p.answer_suggestion).then(
        f.advising.SuggestionAnswered(suggestion=p.SUGGESTION, accepted=True, at=p.NOW)
    )


def test_1_5_an_accepted_suggestion_changes_nothing_by_itself():
    before, after = state_after(*p.STARTED), state_after(*p.STARTED, p.suggest, p.answer_suggestion)
    assert after.plan == before.plan
    assert after.run == before.run
    assert after.company.suggestions[p.SUGGESTION].accepted is True


@pytest.mark.parametrize("role", ["tutor", "methodist", "municipal_coordinator", "regional_centre", "school_curator"])
def test_2_8_dates_are_proposed_by_region_municipality_school_and_tutor(role: str):
    by = p.Actor(person=p.OTHER, role=role)
    assert p.SUGGESTION in state_after(*p.STARTED, p.but(p.suggest, by=by)).company.suggestions


@pytest.mark.parametrize("kind", ["diagnostics", "request", "task", "forms", "practice", "reflection"])
def test_1_3_support_is_of_six_kinds(kind: str):
    given = state_after(*p.STARTED, p.but(p.support, kind=kind)).company.supports[p.SUPPORT]
    assert (given.kind, given.by, given.text.text) == (kind, p.TUTOR["by"], "уточнили задачу")


def test_2_8_5_help_is_asked_and_answered():
    answered = state_after(*p.STARTED, p.ask_help, p.answer_help).company.helps[p.HELP]
    assert [each.text for each in answered.answers] == ["начните с результата"]


def test_2_8_4_interim_results_are_reviewed():
    assert state_after(*p.STARTED, p.review).company.reviews[p.REVIEW].text == "семинар дал больше, чем ждали"


@pytest.mark.parametrize(("proposer", "agreer"), [(p.SCHOOL, p.TUTEE), (p.TUTEE, p.SCHOOL)])
def test_2_8_3_school_and_tutee_agree_the_reporting_events(proposer, agreer):
    proposed = p.but(p.propose_report, by=proposer["by"])
    agreed = p.but(p.agree_report, by=agreer["by"])
    assert state_after(*p.STARTED, proposed, agreed).company.reports[p.REPORT].agreed
    p.after(*p.STARTED, proposed, agreed).when(agreed).then()


def test_3_1_4_any_number_of_methodists_beside_the_one_tutor():
    other = p.but(p.assign_methodist, methodist=UUID(int=77))
    state = state_after(*p.STARTED, p.assign_methodist, other)
    assert state.company.methodists == {p.METHODIST, UUID(int=77)}
    assert state.tutor == p.BORIS
    p.after(*p.STARTED, p.assign_methodist).when(p.assign_methodist).then()
    p.after(*p.STARTED).when(p.release_methodist).then()
    assert not state_after(*p.STARTED, p.assign_methodist, p.release_methodist).company.methodists


def test_2_8_2_the_coordinator_takes_part_in_the_conclusion_when_invited():
    drafted = (*p.ASSESSED, p.ask_cosignature, p.draft)
    p.after(*drafted).when(p.cosign).then(f.concluding.ConclusionCosigned(coordinator=p.OTHER, at=p.NOW))
    signed = state_after(*drafted, p.cosign, p.agree_conclusion, p.complete)
    assert signed.phase.verdicts.cosigned == p.OTHER
    p.after(*drafted, p.cosign).when(p.cosign).then()


def test_4_2_next_steps_are_planned_during_and_after_a_route():
    for path in (p.STARTED, p.COMPLETED):
        assert state_after(*path, p.plan_next_steps).company.next_steps.text == "курс по оцениванию"


def test_4_2_a_new_route_names_the_one_it_continues():
    state = state_after(p.but(p.open_, continues=UUID(int=5), continued_of=p.ANNA, priority="functional-literacy"))
    assert (state.continues, state.priority) == (UUID(int=5), "functional-literacy")


def test_1_9_a_passed_last_day_is_a_mark_and_not_an_end():
    p.after(*p.STARTED).when(p.mark_overdue).then(
        f.deadlines.RouteOverdue(whose=p.WHOSE, planned_end=p.LATER, at=p.NOW)
    )
    state = state_after(*p.STARTED, p.mark_overdue)
    assert state.overdue
    assert status(state) == "running"
    p.after(*p.STARTED, p.mark_overdue).when(p.mark_overdue).then()


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2027, 4, 30), None),
        (date(2027, 5, 1), 30),
        (date(2027, 5, 24), 7),
        (date(2027, 5, 29), 7),
        (date(2027, 5, 30), 1),
        (date(2027, 5, 31), 1),
        (date(2027, 6, 1), None),
    ],
)
def test_1_9_people_are_reminded_thirty_seven_and_one_day_before(today: date, days: int | None):
    expected = (
        [] if days is None else [f.deadlines.DeadlineNeared(whose=p.WHOSE, planned_end=p.LATER, days=days, at=p.NOW)]
    )
    p.after(*p.STARTED).when(p.but(p.remind, today=today)).then(*expected)


def test_1_9_each_distance_is_told_once_and_again_when_the_last_day_moves():
    told = (*p.STARTED, p.remind)
    p.after(*told).when(p.but(p.remind, today=date(2027, 5, 20))).then()
    seven = p.but(p.remind, today=date(2027, 5, 25))
    assert p.ROUTE.decide(seven, state_after(*told))[0].days == 7
    moved = p.but(p.extend, end=date(2027, 12, 31))
    again = p.but(p.remind, today=date(2027, 12, 5))
    assert p.ROUTE.decide(again, state_after(*told, moved))[0].planned_end == date(2027, 12, 31)


def test_1_9_nobody_is_reminded_of_a_route_that_has_not_begun():
    p.after(*p.AGREED).when(p.remind).then()


def test_1_10_an_extension_takes_the_mark_away_until_the_new_day_passes():
    extended = (*p.STARTED, p.mark_overdue, p.extend)
    assert not state_after(*extended).overdue
    late = p.but(p.mark_overdue, today=date(2028, 1, 1))
    assert state_after(*extended, late).overdue


def test_an_agreed_conclusion_is_not_marked_late():
    p.after(*p.CONCLUDED).when(p.mark_overdue).then()


def test_4_4_a_paper_route_is_kept_three_years_from_its_closing():
    told = p.facts((p.but(p.nominate, medium="paper"), *p.COMPLETED[1:]))
    assert told[-1].kept_until == date(2030, 5, 31)
    assert p.facts(p.COMPLETED)[-1].kept_until is None


def test_3_1_5_a_route_of_the_regional_model_belongs_to_a_track():
    assert state_after(*p.OPENED, p.appoint, p.but(p.choose_model, track="assessment")).track == "assessment"
