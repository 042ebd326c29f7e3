"""What the general clauses ask of a route beside its rules: resources, priorities, authorship, one structure."""

import msgspec

from services.routes.domain.route.rules import OnlyTuteeDecides
from services.routes.policies import PUBLISHED
from tests.routes import path as p


def state_after(*commands):
    return p.ROUTE.fold(p.facts(commands))


def test_1_2_every_policy_names_the_legal_act_it_follows():
    bases = {file.name: msgspec.json.decode(file.read_bytes())["basis"] for file in PUBLISHED.glob("*.json")}
    assert bases
    assert {name: basis for name, basis in bases.items() if len(basis) <= 20} == {}


def test_2_1_the_resources_of_the_system_are_part_of_the_description():
    told = p.but(p.describe, external_resources="курсы ИРО", school_conditions="класс", personal_resources="опыт")
    description = state_after(*p.DIAGNOSED, told).plan.description
    assert description.external_resources.text == "курсы ИРО"
    assert (description.school_conditions.text, description.personal_resources.text) == ("класс", "опыт")


def test_2_2_content_follows_the_tasks_and_a_priority_of_the_year():
    state = state_after(p.but(p.open_, priority="functional-literacy"))
    assert state.priority == "functional-literacy"
    planned = state_after(*p.PLANNED).plan
    assert {task for doing in planned.activities.values() for task in doing.activity.tasks} == planned.tasks.keys()


def test_2_6_the_tutee_writes_and_the_tutor_accompanies():
    by_tutor = p.but(p.describe, by=p.TUTOR["by"])
    p.after(*p.DIAGNOSED).when(by_tutor).refused(OnlyTuteeDecides)
    assert state_after(*p.DIAGNOSED, p.describe).plan.description.hours == 72
    assert p.SUPPORT in state_after(*p.DIAGNOSED, p.support).company.supports


def test_3_3_the_sections_are_the_same_in_both_models():
    school = [p.but(p.choose_model, model="school") if each is p.choose_model else each for each in p.COMPLETED]
    one, other = state_after(*p.COMPLETED), state_after(*school)
    assert one.plan == other.plan
    assert one.phase == other.phase


def test_1_13_every_experts_assessment_is_kept_and_one_that_satisfies_is_enough():
    negative = p.but(p.assess, developed=False, deficits_removed=False, dynamics=False)
    others = [
        p.but(negative, by=by["by"], assessment=p.UUID(int=400 + n))
        for n, by in enumerate((p.TUTOR, p.COORDINATOR, p.SCHOOL))
    ]
    state = state_after(*p.PRESENTED, *others, p.assess)
    told = [each.assessment.role for each in state.run.assessments]
    assert told == ["tutor", "municipal_coordinator", "school_administrator", "methodist"]
    p.after(*p.PRESENTED, *others, p.assess).when(p.draft).then(*p.facts(p.DRAFTED)[-1:])


def test_1_13_an_expert_who_does_not_satisfy_alone_concludes_nothing():
    for by in (p.TUTOR, p.COORDINATOR):
        p.after(*p.PRESENTED, p.but(p.assess, by=by["by"])).when(p.draft).refused(p.concluding.NothingToConclude)


def test_1_14_an_offer_may_be_declined_and_nothing_changes():
    negative = p.but(p.assess, developed=False, deficits_removed=False, dynamics=False)
    offer = p.reflecting.OfferAdjustment(**p.TUTOR, text="продлите")
    no = p.reflecting.AnswerOffer(**p.TUTEE, accepted=False)
    before, after = state_after(*p.PRESENTED, negative), state_after(*p.PRESENTED, negative, offer, no)
    assert (after.run.term, after.run.offer, after.run.offer_accepted) == (before.run.term, None, False)
    assert after.plan == before.plan


def test_3_1_2_a_withdrawn_consent_closes_the_future_and_keeps_the_history():
    state = state_after(*p.STARTED, p.support, p.withdraw_consent)
    assert (state.on_hold, state.consented) == (True, None)
    assert p.SUPPORT in state.company.supports
    assert state_after(*p.STARTED, p.withdraw_consent, p.give_consent).consented == p.BORIS
    p.after(*p.STARTED, p.withdraw_consent).when(p.withdraw_consent).then()


def test_3_1_2_a_tutor_replaced_on_a_running_route_is_not_let_in_by_the_old_consent():
    replaced = p.but(p.appoint, tutor=p.OTHER)
    state = state_after(*p.STARTED, replaced)
    assert (state.tutor, state.consented, state.on_hold) == (p.OTHER, None, True)
    assert state_after(*p.STARTED, replaced, p.give_consent).consented == p.OTHER
