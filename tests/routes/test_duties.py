"""The duties that p. 2.8 gives to the centre, the coordinator, the school, the tutor and the tutee, one by one.

2.8.3.2 is the second duty of the school, counted in the order of the regulation.
"""

from datetime import date
from uuid import UUID

import pytest

from services.routes.domain.route import facts as f
from services.routes.domain.route.records import Actor
from services.routes.domain.route.rules import NotYourPart, OnlyTuteeDecides
from services.routes.domain.route.state import status
from tests.routes import path as p

CURATOR = Actor(person=p.OTHER, role="school_curator")
CENTRE, COORDINATOR, TUTOR, SCHOOL = (each["by"] for each in (p.CENTRE, p.COORDINATOR, p.TUTOR, p.SCHOOL))
METHODIST, TUTEE = p.EXPERT["by"], p.TUTEE["by"]
EARLIER = date(2027, 4, 30)


def state_after(*commands):
    return p.ROUTE.fold(p.facts(commands))


def supported(by: Actor, kind: str, *past, **more) -> bool:
    given = p.but(p.support, by=by, kind=kind, **more)
    found = state_after(*(past or p.STARTED), given).company.supports[p.SUPPORT]
    return (found.by, found.kind) == (by, kind)


def proposed_end(by: Actor) -> date | None:
    made = state_after(*p.STARTED, p.but(p.suggest, by=by, end=EARLIER))
    assert made.run.term.end == p.LATER, "only the tutee moves the last day"
    return made.company.suggestions[p.SUGGESTION].end


def assessed_by(by: Actor, *past):
    return state_after(*(past or p.PRESENTED), p.but(p.assess, by=by)).run.assessments[0].assessment


# ── 2.8.1, the regional centre ───────────────────────────────────────────────────────────────────────────────────────


def test_2_8_1_1_the_centre_assigns_methodists_and_releases_them():
    assert state_after(*p.STARTED, p.assign_methodist).company.methodists == {p.METHODIST}
    p.after(*p.STARTED, p.assign_methodist).when(p.release_methodist).then(
        f.accompanying.MethodistReleased(whose=p.WHOSE, methodist=p.METHODIST, at=p.NOW)
    )
    p.after(*p.STARTED).when(p.but(p.assign_methodist, by=COORDINATOR)).refused(NotYourPart)


def test_2_8_1_5_a_methodist_of_the_centre_records_what_diagnostics_found():
    found = state_after(*p.PREPARED, p.but(p.record_deficit, by=METHODIST)).plan.deficits[p.DEFICIT]
    assert found.source == "diagnostics"


def test_2_8_1_8_the_centre_assesses_when_it_is_asked_to():
    p.after(*p.PRESENTED).when(p.ask_assessment).then(f.reflecting.AssessmentAsked(whose=p.WHOSE, at=p.NOW))
    assert assessed_by(CENTRE, *p.PRESENTED, p.ask_assessment).role == "regional_centre"
    p.after(*p.PRESENTED, p.ask_assessment).when(p.ask_assessment).then()


@pytest.mark.parametrize("by", [TUTEE, TUTOR, SCHOOL], ids=lambda by: by.role)
def test_2_8_1_8_the_tutee_the_tutor_and_the_school_may_ask_it(by: Actor):
    assert state_after(*p.PRESENTED, p.but(p.ask_assessment, by=by)).run.assessment_asked


def test_2_8_1_10_methodists_support_the_route_at_its_stages():
    for path in (p.PREPARED, p.PLANNED, p.STARTED, p.PRESENTED):
        assert supported(METHODIST, "forms", *path)


def test_2_8_1_12_the_centre_proposes_dates():
    assert proposed_end(CENTRE) == EARLIER


# ── 2.8.2, the municipal coordinator ─────────────────────────────────────────────────────────────────────────────────


def test_2_8_2_6_the_coordinator_advises_on_their_own_and_when_asked():
    assert supported(COORDINATOR, "request")
    asked = p.but(p.ask_help, of="coordinator")
    answer = p.but(p.answer_help, by=COORDINATOR, text="есть семинар")
    assert state_after(*p.STARTED, asked, answer).company.helps[p.HELP].answers[0].text == "есть семинар"


def test_2_8_2_7_the_coordinator_assesses_the_product():
    assert assessed_by(COORDINATOR).expert == p.OTHER


def test_2_8_2_8_the_coordinator_signs_the_conclusion_beside_the_tutor():
    state = state_after(*p.ASSESSED, p.ask_cosignature, p.draft, p.cosign)
    assert (state.phase.verdicts.cosigned, status(state)) == (p.OTHER, "conclusion_drafted")


def test_2_8_2_9_the_coordinator_proposes_dates():
    assert proposed_end(COORDINATOR) == EARLIER


# ── 2.8.3, the school ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", sorted(p.POLICY.nominating))
def test_2_8_3_1_the_school_draws_up_the_list(role: str):
    by = Actor(person=p.OTHER, role=role)
    assert status(state_after(p.but(p.nominate, by=by))) == "nominated"
    assert status(state_after(p.but(p.nominate, by=by), p.but(p.invite, by=by))) == "invited"


@pytest.mark.parametrize("model", ["regional", "school"])
def test_2_8_3_2_and_3_1_1_and_3_2_1_the_school_appoints_the_tutor_in_both_models(model: str):
    state = state_after(*p.OPENED, p.appoint, p.but(p.choose_model, model=model))
    assert (state.tutor, state.model) == (p.BORIS, model)
    p.after(*p.OPENED).when(p.but(p.appoint, by=TUTEE)).refused(NotYourPart)


@pytest.mark.parametrize("source", ["own_work", "pupils_results", "diagnostics"])
def test_2_8_3_4_the_school_finds_deficits_in_three_sources(source: str):
    found = state_after(*p.PREPARED, p.but(p.record_deficit, by=SCHOOL, source=source)).plan.deficits[p.DEFICIT]
    assert found.source == source
    assert p.DIFFICULTY in state_after(*p.PREPARED, p.but(p.record_difficulty, by=SCHOOL)).plan.difficulties


@pytest.mark.parametrize("model", ["regional", "school"])
def test_2_8_3_5_the_school_agrees_or_returns_the_route_of_either_model(model: str):
    chosen = p.but(p.choose_model, model=model)
    path = [chosen if each is p.choose_model else each for each in p.SUBMITTED]
    assert status(state_after(*path, p.agree)) == "agreed"
    returned = state_after(*path, p.give_back)
    assert (status(returned), returned.phase.returned.text) == ("returned", "мало практики")


def test_2_8_3_6_a_reporting_event_is_agreed_by_the_other_side():
    assert state_after(*p.STARTED, p.propose_report, p.agree_report).company.reports[p.REPORT].agreed


def test_2_8_3_7_the_school_agrees_or_returns_the_conclusion():
    assert status(state_after(*p.DRAFTED, p.agree_conclusion)) == "conclusion_agreed"
    returned = state_after(*p.DRAFTED, p.return_conclusion)
    assert (status(returned), returned.phase.returned.text) == ("conclusion_returned", "уточните вывод")
    p.after(*p.DRAFTED).when(p.but(p.agree_conclusion, by=TUTOR)).refused(NotYourPart)


@pytest.mark.parametrize("role", sorted(p.POLICY.agreeing))
def test_2_8_3_8_the_school_proposes_dates(role: str):
    assert proposed_end(Actor(person=p.OTHER, role=role)) == EARLIER


# ── 2.8.4, the tutor ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_2_8_4_2_the_tutor_brings_the_coordinator_into_the_conclusion():
    p.after(*p.ASSESSED).when(p.ask_cosignature).then(f.accompanying.CosignatureAsked(whose=p.WHOSE, at=p.NOW))
    p.after(*p.ASSESSED, p.ask_cosignature).when(p.ask_cosignature).then()


def test_2_8_4_3_the_tutor_draws_deficits_from_the_results():
    state = state_after(*p.PREPARED, p.record_result, p.but(p.record_deficit, by=TUTOR))
    assert (len(state.plan.results), state.plan.deficits[p.DEFICIT].competency) == (1, "assessment")


def test_2_8_4_4_interim_results_and_a_correction_are_discussed():
    state = state_after(*p.STARTED, p.review, p.but(p.suggest, by=TUTOR, subject="content", end=None))
    assert state.company.reviews[p.REVIEW].text == "семинар дал больше, чем ждали"
    assert state.company.suggestions[p.SUGGESTION].by == TUTOR


def test_2_8_4_5_what_diagnostics_found_is_discussed():
    assert supported(TUTOR, "diagnostics", *p.DIAGNOSED)
    assert p.DIFFICULTY in state_after(*p.PREPARED, p.but(p.record_difficulty, by=TUTOR)).plan.difficulties


def test_2_8_4_6_the_tutor_helps_with_task_and_resources_and_the_tutee_writes():
    assert supported(TUTOR, "task", *p.DIAGNOSED)
    assert supported(TUTOR, "forms", *p.DIAGNOSED)
    p.after(*p.DIAGNOSED).when(p.but(p.set_task, by=TUTOR)).refused(OnlyTuteeDecides)


def test_2_8_4_7_the_tutor_proposes_the_model_and_3_1_2_the_tutee_confirms_it():
    p.after(*p.OPENED, p.appoint).when(p.propose_model).then(
        f.preparing.ModelProposed(model="regional", tutor=p.BORIS, at=p.NOW)
    )
    state = state_after(*p.OPENED, p.appoint, p.propose_model)
    assert (state.proposed_model, state.model) == ("regional", None)
    assert state_after(*p.OPENED, p.appoint, p.propose_model, p.choose_model).model == "regional"
    p.after(*p.OPENED, p.appoint, p.propose_model).when(p.propose_model).then()
    p.after(*p.OPENED, p.appoint).when(p.but(p.propose_model, by=SCHOOL)).refused(NotYourPart)


def test_2_8_4_8_training_on_a_programme_is_supported():
    assert supported(TUTOR, "practice", *p.STARTED, activity=p.ACTIVITY)
    given = state_after(*p.STARTED, p.but(p.support, activity=p.ACTIVITY)).company.supports[p.SUPPORT]
    assert given.activity == p.ACTIVITY


def test_2_8_4_9_the_product_and_its_presentation_are_supported():
    assert supported(TUTOR, "practice", *p.DONE, p.submit_product)


def test_2_8_4_10_support_is_recorded_at_every_stage():
    for length in range(len(p.PREPARED), len(p.CONCLUDED) + 1):
        assert supported(TUTOR, "task", *p.COMPLETED[:length])


def test_2_8_4_11_the_tutor_assesses_and_concludes_on_the_bases_named():
    assert assessed_by(TUTOR).role == "tutor"
    bases = p.but(p.conclusion, bases=("assessment", "activities", "final_diagnostics"))
    drafted = state_after(*p.ASSESSED, p.record_dynamics, p.but(p.draft, conclusion=bases))
    assert drafted.phase.verdicts.conclusion.bases == bases.bases


def test_2_8_4_12_the_conclusion_has_a_verdict_for_each_task():
    conclusion = state_after(*p.DRAFTED).phase.verdicts.conclusion
    assert [(each.task, each.achieved) for each in conclusion.verdicts] == [(p.TASK, True)]
    p.after(*p.ASSESSED).when(p.but(p.draft, by=COORDINATOR)).refused(NotYourPart)


@pytest.mark.parametrize("by", [TUTOR, TUTEE], ids=lambda by: by.role)
def test_2_8_4_13_and_4_2_further_development_is_planned(by: Actor):
    assert state_after(*p.COMPLETED, p.but(p.plan_next_steps, by=by)).company.next_steps.text == "курс по оцениванию"


def test_2_8_4_14_reflection_is_supported():
    assert supported(TUTOR, "reflection", *p.ASSESSED)


# ── 2.8.5, the tutee ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_2_8_5_1_a_passed_diagnostics_is_part_of_the_route_once():
    assert state_after(*p.PREPARED, p.record_result).plan.results == (p.result,)
    p.after(*p.PREPARED, p.record_result).when(p.record_result).then()


@pytest.mark.parametrize("basis", [p.DEFICIT, p.DIFFICULTY, p.REQUEST])
def test_2_8_5_2_a_task_rests_on_a_deficit_a_difficulty_or_a_request(basis: UUID):
    assert state_after(*p.DIAGNOSED, p.but(p.set_task, bases=(basis,))).plan.tasks[p.TASK].bases == (basis,)


def test_2_8_5_3_the_tutee_chooses_the_product():
    assert state_after(*p.DIAGNOSED, p.choose_product).plan.product.kind == "open_lesson"


def test_2_8_5_4_the_tutee_chooses_form_and_level_of_the_presentation():
    chosen = state_after(*p.DIAGNOSED, p.choose_presentation).plan.presentation.presentation
    assert (chosen.form, chosen.level) == ("master_class", "school")


def test_2_8_5_5_the_tutee_chooses_resources():
    planned = state_after(*p.DIAGNOSED, p.set_task, p.plan_activity).plan.activities[p.ACTIVITY]
    assert (planned.title.text, planned.activity.tasks) == ("Семинар «Критерии»", (p.TASK,))


def test_2_8_5_6_the_tutee_takes_part_and_reflects_on_each():
    done = state_after(*p.DONE).plan.activities[p.ACTIVITY]
    assert (done.done_on, done.reflection.text) == (date(2026, 10, 2), "критерии нужны до урока")


def test_2_8_5_7_the_product_or_the_final_diagnostics_is_the_outcome():
    assert state_after(*p.PRESENTED).run.presented_on == date(2027, 5, 10)
    assert state_after(*p.DONE, p.record_dynamics).run.judgement == p.judgement


@pytest.mark.parametrize(("of", "by"), [("methodist", METHODIST), ("coordinator", COORDINATOR), ("school", CURATOR)])
def test_2_8_5_8_help_is_asked_of_three_and_answered_by_the_one_asked(of: str, by: Actor):
    asked, answer = p.but(p.ask_help, of=of), p.but(p.answer_help, by=by)
    p.after(*p.STARTED, asked).when(answer).then(
        f.advising.HelpAnswered(whose=p.WHOSE, help=p.HELP, by=by, text=p.annas("начните с результата"), at=p.NOW)
    )


def test_2_8_5_9_the_tutee_reflects_and_adjusts():
    assert state_after(*p.PRESENTED, p.reflect).run.achievement.text == "получилось"
    new = p.adjusting.NewActivity(
        activity=p.but(p.activity, id=UUID(int=220)), title="Вебинар", organiser="Центр", form="участие"
    )
    adjusted = p.adjusting.Adjust(**p.TUTEE, reason="final_result", added_activities=(new,))
    assert UUID(int=220) in state_after(*p.PRESENTED, adjusted).plan.activities
