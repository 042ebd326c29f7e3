"""The main path: what each command of a good route causes, and what it makes of the route."""

from datetime import date
from uuid import UUID

import pytest

from services.routes.domain.route import facts as f
from services.routes.domain.route.records import CompetencyLevel
from services.routes.domain.route.state import Route, status
from services.routes.domain.route.view import view
from shared.domain import Row
from tests.routes import path as p

STATUSES = [
    (p.nominate, "nominated"),
    (p.invite, "invited"),
    (p.accept, "opened"),
    (p.appoint, "opened"),
    (p.choose_model, "opened"),
    (p.record_result, "diagnosing"),
    (p.record_deficit, "diagnosing"),
    (p.record_difficulty, "diagnosing"),
    (p.record_request, "diagnosing"),
    (p.set_task, "designing"),
    (p.describe, "designing"),
    (p.plan_term, "designing"),
    (p.plan_activity, "designing"),
    (p.choose_product, "designing"),
    (p.choose_presentation, "designing"),
    (p.submit, "submitted"),
    (p.agree, "agreed"),
    (p.start, "running"),
    (p.complete_activity, "running"),
    (p.reflect_on_activity, "running"),
    (p.submit_product, "evaluating"),
    (p.present, "evaluating"),
    (p.assess, "evaluating"),
    (p.reflect, "evaluating"),
    (p.draft, "conclusion_drafted"),
    (p.agree_conclusion, "conclusion_agreed"),
    (p.complete, "completed"),
]


def test_2_3_a_route_passes_its_statuses_and_stages_in_order():
    told, seen, stages = [], [], []
    for command, _ in STATUSES:
        told += p.ROUTE.decide(command, p.ROUTE.fold(told))
        state = p.ROUTE.fold(told)
        seen.append((command, status(state)))
        stages.append(state.stage if isinstance(state, Route) else 1)
    assert seen == STATUSES
    assert stages == sorted(stages)
    assert [fact.stage for fact in told if isinstance(fact, f.opening.StageEntered)] == [1, 2, 3, 4, 5]


def test_the_path_of_these_tests_is_the_one_told_here():
    assert tuple(command for command, _ in STATUSES) == p.COMPLETED


@pytest.mark.parametrize("length", range(1, len(p.COMPLETED)))
def test_every_part_of_the_path_has_one_row_that_names_its_status(length: int):
    state = p.ROUTE.fold(p.facts(p.COMPLETED[:length]))
    row, *_ = view(UUID(int=9), length, state)
    assert row.values["status"] == STATUSES[length - 1][1]
    assert row.values["tutee_id"] == p.ANNA


def test_1_12_completion_tells_all_that_a_certificate_needs():
    p.after(*p.CONCLUDED).when(p.complete).then(
        f.concluding.RouteCompleted(
            whose=p.WHOSE,
            tutor=p.BORIS,
            medium="ais",
            started_on=p.TODAY,
            completed_on=p.LATER,
            hours=72,
            tasks_total=1,
            tasks_achieved=1,
            certificate_due=True,
            policy=p.POLICY.version,
            at=p.NOW,
        )
    )


def test_1_12_a_negative_result_completes_too_and_4_3_earns_no_certificate():
    negative = p.but(p.assess, developed=False, deficits_removed=False, dynamics=False)
    nothing = p.but(p.conclusion, verdicts=(p.TaskVerdict(task=p.TASK, achieved=False),), achieved=False)
    told = p.facts((*p.PRESENTED, negative, p.but(p.draft, conclusion=nothing), p.agree_conclusion, p.complete))
    assert isinstance(told[-1], f.concluding.RouteCompleted)
    assert (told[-1].tasks_achieved, told[-1].certificate_due) == (0, False)


def test_4_3_a_paper_route_earns_no_certificate_from_the_system():
    told = p.facts((p.but(p.nominate, medium="paper"), *p.COMPLETED[1:]))
    assert told[-1].certificate_due is False


def test_1_12_final_diagnostics_alone_are_enough():
    with_final = p.but(p.describe, final_diagnostics=True)
    plan = [with_final if command is p.describe else command for command in p.DONE]
    final = p.but(p.draft, conclusion=p.but(p.conclusion, bases=("final_diagnostics",)))
    path = (*p.leaving_out(plan, p.choose_product, p.choose_presentation), p.record_dynamics, final)
    told = p.facts((*path, p.agree_conclusion, p.complete))
    assert isinstance(told[-1], f.concluding.RouteCompleted)
    assert f.opening.StageEntered(stage=5, at=p.NOW) in told


def test_1_6_a_teacher_opens_a_route_of_their_own():
    p.after().when(p.open_).then(
        f.opening.RouteOpened(whose=p.WHOSE, medium="ais", invited=False, at=p.NOW),
        f.opening.StageEntered(stage=1, at=p.NOW),
    )


def test_3_1_2_a_new_tutor_in_the_regional_model_needs_a_new_consent():
    replaced = p.but(p.appoint, tutor=p.OTHER)
    story = p.after(*p.PREPARED)
    story.when(replaced).then(
        f.preparing.TutorAppointed(whose=p.WHOSE, tutor=p.OTHER, replaced=p.BORIS, at=p.NOW),
        f.preparing.ConsentRequired(tutor=p.OTHER, at=p.NOW),
    )
    held = p.ROUTE.fold(p.facts((*p.PREPARED, replaced)))
    assert held.on_hold
    assert not p.ROUTE.fold(p.facts((*p.PREPARED, replaced, p.give_consent))).on_hold


def test_3_1_2_a_consent_withdrawn_puts_the_route_on_hold():
    state = p.ROUTE.fold(p.facts((*p.STARTED, p.withdraw_consent)))
    assert state.on_hold
    assert status(state) == "running"


def test_3_2_2_the_school_model_needs_no_such_consent_and_lets_the_tutor_draft():
    school = (*p.OPENED, p.appoint, p.but(p.choose_model, model="school"), p.record_deficit)
    state = p.ROUTE.fold(p.facts((*school, p.but(p.set_task, by=p.TUTOR["by"]))))
    assert not state.on_hold
    assert p.TASK in state.plan.tasks


def test_1_11_changed_activities_hold_at_once():
    moved = p.but(p.activity, id=UUID(int=200))
    new = p.adjusting.NewActivity(activity=moved, title="Вебинар", organiser="Центр", form="участие")
    change = p.adjusting.Adjust(**p.TUTEE, reason="interim_result", added_activities=(new,))
    told = p.facts((*p.STARTED, change))
    assert [type(fact) for fact in told[-2:]] == [f.adjusting.ActivityProposed, f.adjusting.RouteAdjusted]
    assert moved.id in p.ROUTE.fold(told).plan.activities


@pytest.mark.parametrize("agreed", [True, False])
def test_1_11_changed_dates_and_tasks_wait_for_the_school(agreed: bool):
    new = p.adjusting.NewTask(id=UUID(int=201), text="ещё одна", bases=(p.REQUEST,), competencies=())
    change = p.adjusting.Adjust(**p.TUTEE, reason="request", end=date(2027, 8, 31), added_tasks=(new,))
    waiting = (*p.STARTED, change)
    state = p.ROUTE.fold(p.facts(waiting))
    assert state.run.term.end == p.LATER
    assert new.id not in state.plan.tasks
    answer = (
        p.adjusting.AgreeAdjustment(**p.SCHOOL) if agreed else p.adjusting.ReturnAdjustment(**p.SCHOOL, reason="рано")
    )
    state = p.ROUTE.fold(p.facts((*waiting, answer)))
    assert state.run.pending is None
    assert (state.run.term.end == date(2027, 8, 31)) is agreed
    assert (new.id in state.plan.tasks) is agreed


def test_1_10_extension_moves_the_last_day_up_to_six_months_past_the_year():
    last = date(2028, 3, 14)  # 14 September 2026 and eighteen months
    p.after(*p.STARTED).when(p.but(p.extend, end=last)).then(
        f.adjusting.RouteExtended(whose=p.WHOSE, end=last, at=p.NOW)
    )


def test_1_14_without_dynamics_adjustment_is_offered_and_the_tutee_answers():
    negative = p.but(p.assess, developed=False, deficits_removed=False, dynamics=False)
    offer = p.reflecting.OfferAdjustment(**p.TUTOR, text="продлите до декабря")
    answer = p.reflecting.AnswerOffer(**p.TUTEE, accepted=True)
    state = p.ROUTE.fold(p.facts((*p.PRESENTED, negative, offer)))
    assert state.run.offer.text == "продлите до декабря"
    p.after(*p.PRESENTED, negative, offer).when(answer).then(f.reflecting.OfferAnswered(accepted=True, at=p.NOW))


def test_2_5_every_version_of_the_product_is_kept():
    state = p.ROUTE.fold(p.facts((*p.PRESENTED, p.but(p.submit_product, title="Урок, вторая версия"))))
    assert [product.number for product in state.run.products] == [1, 2]


def test_2_8_3_a_returned_route_is_designed_again():
    state = p.ROUTE.fold(p.facts((*p.SUBMITTED, p.give_back)))
    assert status(state) == "returned"
    assert status(p.ROUTE.fold(p.facts((*p.SUBMITTED, p.give_back, p.submit)))) == "submitted"


def test_2_8_3_a_returned_conclusion_is_drafted_again():
    state = p.ROUTE.fold(p.facts((*p.DRAFTED, p.return_conclusion)))
    assert status(state) == "conclusion_returned"
    assert status(p.ROUTE.fold(p.facts((*p.DRAFTED, p.return_conclusion, p.draft)))) == "conclusion_drafted"


def test_2_8_4_disagreeing_paths_are_weighed_in_words():
    declined = p.but(p.record_dynamics, judgement=p.but(p.judgement, verdict="declined"))
    weighing = p.but(p.draft, weighing="урок показал больше, чем тест")
    told = p.facts((*p.ASSESSED, declined, weighing))
    assert told[-1].weighing.text == "урок показал больше, чем тест"


@pytest.mark.parametrize("length", range(3, len(p.COMPLETED)))
def test_1_6_the_tutee_may_leave_at_any_time(length: int):
    state = p.ROUTE.fold(p.facts((*p.COMPLETED[:length], p.withdraw)))
    assert status(state) == "withdrawn"


REPEATED = [command for command in p.COMPLETED if command not in (
    p.describe, p.choose_product, p.choose_presentation, p.complete_activity, p.reflect_on_activity,
    p.submit_product, p.reflect, p.draft,
)]  # fmt: skip


@pytest.mark.parametrize("command", REPEATED, ids=lambda command: type(command).__name__)
def test_a_wish_that_is_already_true_changes_nothing(command):
    path = p.COMPLETED[: p.COMPLETED.index(command) + 1]
    p.after(*path).when(command).then()


def test_the_row_of_a_running_route_counts_its_activities():
    row, *_ = view(UUID(int=9), 30, p.ROUTE.fold(p.facts(p.DONE)))
    assert (row.values["activities"], row.values["activities_done"]) == (1, 1)
    assert (row.values["started_on"], row.values["planned_end"]) == (p.TODAY, p.LATER)


def test_the_rows_name_the_methodists_of_a_route():
    state = p.ROUTE.fold(p.facts((*p.STARTED, p.assign_methodist)))
    rows = list(view(UUID(int=9), 30, state))
    told = [row.values for row in rows if isinstance(row, Row) and row.table == "route_methodists"]
    assert told == [{"route_id": UUID(int=9), "methodist_id": p.METHODIST}]
    released = p.ROUTE.fold(p.facts((*p.STARTED, p.assign_methodist, p.release_methodist)))
    kept = [row.table for row in view(UUID(int=9), 31, released) if isinstance(row, Row)]
    assert kept == ["routes"]


def test_results_keep_their_levels():
    state = p.ROUTE.fold(p.facts(p.DIAGNOSED))
    assert state.plan.results[0].levels == (
        CompetencyLevel(competency="assessment", level="базовый", theta="-0.46", se="0.51"),
    )
