"""Every "no" of the main path: what was tried, and the clause that forbids it."""

import inspect
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.routes import people, texts
from services.routes.domain import allowance, paper, priority, track
from services.routes.domain.application import decider as application
from services.routes.domain.resource import decider as resource
from services.routes.domain.route import accompanying as acc
from services.routes.domain.route import (
    adjusting,
    advising,
    agreeing,
    concluding,
    deadlines,
    diagnosing,
    mentoring,
    opening,
    picking,
    rules,
)
from services.routes.domain.route import designing as d
from services.routes.domain.route import preparing as pre
from services.routes.domain.route import reflecting as ref
from services.routes.domain.route import running as run
from services.routes.domain.route.records import Actor, Term
from services.routes.domain.school_list import decider as school_list
from shared.domain import Refusal
from shared.http.problems import slug
from tests.routes import catalogue as c
from tests.routes import path as p

NOBODY = UUID(int=999)
NEGATIVE = p.but(p.assess, developed=False, deficits_removed=False, dynamics=False)
SHORT = p.OPENED
NO_FINAL = p.leaving_out(p.DONE)


def as_tutor(command):
    return p.but(command, by=p.TUTOR["by"])


def adjust(**change):
    return adjusting.Adjust(**p.TUTEE, reason="request", **change)


def conclude(**changes):
    return p.but(p.draft, conclusion=p.but(p.conclusion, **changes))


def picked_on(today):
    return p.but(c.plan_picked, offered=p.but(c.OFFERED, today=today))


def picked_for(start, end):
    return p.but(c.plan_picked, activity=p.but(c.PICKED, planned=Term(start=start, end=end)))


def pair(form: str, **changes):
    """An activity of a pair that meets on one day, with this form of mentoring."""
    day = p.but(p.activity.planned, end=p.activity.planned.start)
    return p.but(p.activity, **{"mentoring": form, "planned": day, "id": UUID(int=210)} | changes)


def meet(form: str, mentored: int = 0, **changes):
    return p.but(p.plan_activity, activity=pair(form, **changes), mentored=mentored)


def add(activity):
    new = adjusting.NewActivity(activity=activity, title="Встреча", organiser="Школа", form="беседа")
    return adjust(added_activities=(new,))


CASES = [
    # clause, what has happened, what is tried, the rule that says no
    ("1.6", (), p.accept, opening.NotInvited),
    ("1.6", (), p.invite, rules.RouteUnknown),
    ("1.6", (), p.appoint, rules.RouteUnknown),
    ("1.6", (p.nominate,), p.accept, opening.NotInvited),
    ("1.6", (p.nominate,), p.decline, opening.NotInvited),
    ("1.6", (p.nominate,), p.appoint, rules.InvitationNotAccepted),
    ("1.6", (p.nominate, p.invite, p.decline), p.accept, opening.NotInvited),
    ("4.2", (), p.but(p.open_, continues=NOBODY), opening.ContinuesAnothers),
    ("4.2", (), p.but(p.open_, continues=NOBODY, continued_of=p.OTHER), opening.ContinuesAnothers),
    ("1.6", (p.nominate,), p.open_, opening.AlreadyOpened),
    ("1.6", p.OPENED, p.nominate, opening.AlreadyOpened),
    ("1.6", p.OPENED, p.invite, opening.AlreadyOpened),
    ("3.1.1", p.OPENED, p.but(p.appoint, tutor=p.ANNA), pre.TutorIsTutee),
    ("2.8.3", p.OPENED, p.choose_model, pre.TutorNotAppointed),
    ("3.3", p.SUBMITTED, p.but(p.choose_model, model="school"), pre.ModelIsFixed),
    ("2.8.3", p.OPENED, p.propose_model, pre.TutorNotAppointed),
    ("3.3", p.SUBMITTED, p.but(p.propose_model, model="school"), pre.ModelIsFixed),
    ("2.8.2", (*p.OPENED, p.appoint), p.but(p.propose_model, allowed=frozenset({"school"})), pre.ModelNotAllowed),
    ("2.8.2", (*p.OPENED, p.appoint), p.but(p.choose_model, allowed=frozenset({"school"})), pre.ModelNotAllowed),
    ("3.1.2", (*p.OPENED, p.appoint), p.give_consent, pre.ConsentNotAsked),
    ("2.8.5", p.PREPARED, p.but(p.record_result, person=p.OTHER), diagnosing.StrangersResult),
    ("2.8.3", (*p.OPENED, p.record_request), p.but(p.set_task, bases=(p.REQUEST,)), pre.TutorNotAppointed),
    ("3.3", (*p.OPENED, p.appoint, p.record_deficit), p.set_task, d.ModelNotChosen),
    ("1.5", p.DIAGNOSED, as_tutor(p.set_task), rules.OnlyTuteeDecides),
    ("1.5", p.DIAGNOSED, as_tutor(p.plan_term), rules.OnlyTuteeDecides),
    ("2.5", p.DIAGNOSED, p.but(p.set_task, bases=()), d.BasisMissing),
    ("2.5", p.DIAGNOSED, p.but(p.set_task, bases=(NOBODY,)), d.UnknownBasis),
    ("2.5", p.DIAGNOSED, p.plan_activity, rules.UnknownTask),
    ("1.3", p.PLANNED, p.but(c.plan_picked, offered=None), picking.ResourceUnavailable),
    ("1.3", p.PLANNED, p.but(c.plan_picked, offered=p.but(c.OFFERED, listed=False)), picking.ResourceUnavailable),
    ("1.3", p.PLANNED, picked_on(date(2026, 12, 19)), picking.ResourceOver),
    ("1.3", p.PLANNED, picked_for(date(2026, 10, 4), date(2026, 10, 6)), picking.OutsideResourceDates),
    ("1.3", p.PLANNED, picked_for(date(2026, 12, 18), date(2026, 12, 19)), picking.OutsideResourceDates),
    ("1.9", p.PLANNED, picked_for(date(2026, 12, 18), date(2026, 12, 17)), rules.EndBeforeStart),
    ("1.3", p.STARTED, adjust(added_activities=(c.GONE,)), picking.ResourceUnavailable),
    ("2.5", p.DIAGNOSED, d.DropTask(**p.TUTEE, task=NOBODY), rules.UnknownTask),
    ("2.5", p.PLANNED, d.DropTask(**p.TUTEE, task=p.TASK), d.TaskInUse),
    ("2.5", p.PLANNED, d.DropActivity(**p.TUTEE, activity=NOBODY), rules.UnknownActivity),
    ("1.9", p.DIAGNOSED, p.but(p.plan_term, term=p.but(p.TERM, end=date(2027, 9, 15))), d.TermTooLong),
    ("1.9", p.DIAGNOSED, p.but(p.plan_term, term=p.but(p.TERM, end=date(2026, 9, 13))), rules.EndBeforeStart),
    ("2.4", p.PREPARED, p.submit, agreeing.NothingDiagnosed),
    ("2.5", p.DIAGNOSED, p.submit, agreeing.TasksMissing),
    ("2.5", (*p.DIAGNOSED, p.set_task), p.submit, agreeing.ActivitiesMissing),
    ("2.5", (*p.PLANNED, p.but(p.set_task, task=NOBODY)), p.submit, agreeing.TaskWithoutActivity),
    ("1.3", p.leaving_out(p.PLANNED, p.describe), p.submit, agreeing.DescriptionMissing),
    ("1.9", p.leaving_out(p.PLANNED, p.plan_term), p.submit, agreeing.TermMissing),
    ("1.12", p.leaving_out(p.PLANNED, p.choose_product), p.submit, agreeing.OutcomeMissing),
    ("3.1.2", (*p.PLANNED, p.withdraw_consent), p.submit, rules.ConsentNeeded),
    ("1.3", p.PLANNED, meet("traditional", mentors=(p.ANNA,)), mentoring.MentorIsTutee),
    ("1.3", p.PLANNED, meet("speed", planned=p.activity.planned), mentoring.MoreThanOneMeeting),
    ("1.3", p.PLANNED, meet("team", mentors=(p.OTHER, p.OTHER)), mentoring.MentorsMissing),
    ("1.3", p.PLANNED, meet("self_regulated", mentors=(p.OTHER,)), mentoring.CapacityMissing),
    ("1.3", p.PLANNED, meet("self_regulated", capacity=2), mentoring.CapacityMissing),
    ("1.3", p.PLANNED, meet("self_regulated", 2, mentors=(p.OTHER,), capacity=2), mentoring.MentorTaken),
    ("1.3", p.STARTED, add(pair("team", mentors=(p.OTHER,))), mentoring.MentorsMissing),
    ("2.8.3", p.SUBMITTED, p.set_task, d.PlanIsFixed),
    ("2.8.3", p.AGREED, p.submit, d.PlanIsFixed),
    ("2.8.3", p.PLANNED, p.agree, agreeing.NotSubmitted),
    ("2.8.3", p.PLANNED, p.give_back, agreeing.NotSubmitted),
    ("2.8.3", p.SUBMITTED, p.start, run.NotAgreed),
    ("3.1.2", (*p.AGREED, p.withdraw_consent), p.start, rules.ConsentNeeded),
    ("2.5", p.AGREED, p.but(p.start, on=p.TODAY + timedelta(days=1)), rules.InTheFuture),
    ("1.9", p.AGREED, p.but(p.start, on=date(2027, 6, 1), today=date(2027, 6, 1)), run.StartAfterEnd),
    ("1.9", p.AGREED, p.but(p.start, on=date(2026, 5, 30)), d.TermTooLong),
    ("2.3", p.AGREED, p.complete_activity, rules.RouteNotStarted),
    ("2.3", p.AGREED, p.submit_product, rules.RouteNotStarted),
    ("2.3", p.AGREED, p.record_dynamics, rules.RouteNotStarted),
    ("2.5", p.STARTED, p.but(p.complete_activity, activity=NOBODY), rules.UnknownActivity),
    ("2.5", p.STARTED, p.but(p.complete_activity, on=date(2026, 10, 4)), rules.InTheFuture),
    ("2.5", p.STARTED, p.but(p.complete_activity, on=date(2026, 9, 13)), run.OutsideTerm),
    ("2.5", p.STARTED, p.reflect_on_activity, run.ActivityNotDone),
    ("1.11", p.STARTED, adjust(), adjusting.NothingToAdjust),
    ("1.10", p.STARTED, adjust(end=date(2027, 9, 15)), adjusting.BelongsToExtension),
    ("1.11", (*p.STARTED, adjust(end=date(2027, 6, 30))), adjust(end=date(2027, 7, 31)), adjusting.AdjustmentPending),
    ("1.11", p.STARTED, adjusting.AgreeAdjustment(**p.SCHOOL), adjusting.NoAdjustmentPending),
    ("1.11", p.STARTED, adjusting.ReturnAdjustment(**p.SCHOOL, reason="нет"), adjusting.NoAdjustmentPending),
    ("1.11", p.DONE, adjust(dropped_activities=(p.ACTIVITY,)), adjusting.ActivityAlreadyDone),
    ("2.5", p.STARTED, adjust(dropped_tasks=(p.TASK,), dropped_activities=(p.ACTIVITY,)), agreeing.TasksMissing),
    ("1.11", p.STARTED, p.but(p.extend, end=date(2027, 9, 14)), adjusting.BelongsToAdjustment),
    ("1.10", p.STARTED, p.but(p.extend, end=date(2028, 3, 15)), adjusting.ExtensionTooLong),
    ("1.10", (*p.STARTED, p.extend), p.but(p.extend, end=date(2027, 10, 1)), adjusting.ExtensionTooShort),
    ("2.8.5", p.DONE, p.present, ref.ProductMissing),
    ("2.8.5", p.DONE, p.assess, ref.ProductMissing),
    ("1.12", (*p.DONE, p.submit_product), p.assess, ref.NotPresented),
    ("2.5", (*p.DONE, p.submit_product), p.but(p.present, today=date(2027, 5, 9)), rules.InTheFuture),
    ("2.8.5", p.DONE, p.ask_assessment, ref.ProductMissing),
    ("2.8.1", p.PRESENTED, p.but(p.assess, by=p.CENTRE["by"]), ref.AssessmentNotAsked),
    ("1.13", p.PRESENTED, p.but(p.assess, by=Actor(person=p.ANNA, role="methodist")), ref.ExpertIsTutee),
    ("2.8.5", p.STARTED, p.but(p.record_dynamics, person=p.OTHER), ref.StrangersDynamics),
    ("1.14", p.ASSESSED, ref.OfferAdjustment(**p.TUTOR, text="продлите"), ref.NothingToOffer),
    ("1.14", p.DONE, ref.OfferAdjustment(**p.TUTOR, text="продлите"), ref.NothingToOffer),
    ("1.14", p.ASSESSED, ref.AnswerOffer(**p.TUTEE, accepted=True), ref.NoOffer),
    ("1.12", p.DONE, p.draft, concluding.NothingToConclude),
    ("1.12", (*p.PRESENTED, p.but(p.assess, by=p.TUTOR["by"])), p.draft, concluding.NothingToConclude),
    ("2.8.4", p.ASSESSED, conclude(verdicts=()), concluding.VerdictPerTask),
    ("2.8.4", p.ASSESSED, conclude(verdicts=p.conclusion.verdicts * 2), concluding.VerdictPerTask),
    ("2.8.4", p.ASSESSED, conclude(bases=()), concluding.BasesMissing),
    ("2.8.4", p.ASSESSED, conclude(bases=("final_diagnostics",)), concluding.BasisNotThere),
    ("2.8.4", (*p.PRESENTED, NEGATIVE, p.record_dynamics), p.draft, concluding.WeighingMissing),
    ("2.8.3", p.ASSESSED, p.agree_conclusion, concluding.ConclusionMissing),
    ("2.8.3", p.ASSESSED, p.return_conclusion, concluding.ConclusionMissing),
    ("2.8.3", p.DRAFTED, p.complete, concluding.ConclusionNotAgreed),
    ("2.8.2", p.DRAFTED, p.cosign, concluding.NotInvitedToCosign),
    ("2.8.3", p.ASSESSED, p.cosign, concluding.ConclusionMissing),
    ("1.5", p.STARTED, p.answer_suggestion, advising.UnknownSuggestion),
    (
        "1.5",
        (*p.STARTED, p.suggest, p.answer_suggestion),
        p.but(p.answer_suggestion, accepted=False),
        advising.AnsweredAlready,
    ),
    ("2.8", p.STARTED, p.but(p.suggest, end=None), advising.DatesMissing),
    ("2.5", p.STARTED, p.but(p.support, on=p.TODAY + timedelta(days=1)), rules.InTheFuture),
    ("2.5", p.STARTED, p.but(p.support, activity=NOBODY), rules.UnknownActivity),
    ("2.8.5", p.STARTED, p.answer_help, advising.UnknownHelp),
    ("2.8.5", (*p.STARTED, p.but(p.ask_help, of="school")), p.answer_help, advising.AnotherWasAsked),
    ("2.3", p.AGREED, p.review, rules.RouteNotStarted),
    ("2.8.3", p.STARTED, p.agree_report, acc.UnknownReport),
    ("2.8.3", (*p.STARTED, p.propose_report), p.but(p.agree_report, by=p.SCHOOL["by"]), acc.OwnProposal),
    ("3.1.4", p.STARTED, p.but(p.assign_methodist, methodist=p.ANNA), acc.MethodistIsTutee),
    ("1.6", (p.nominate,), p.plan_next_steps, rules.RouteUnknown),
    ("1.9", p.STARTED, p.but(p.mark_overdue, today=p.LATER), deadlines.NotOverdue),
    ("2.8", p.STARTED, p.but(p.suggest, by=p.TUTEE["by"]), rules.NotYourPart),
    ("2.8", p.STARTED, p.but(p.assign_methodist, by=p.SCHOOL["by"]), rules.NotYourPart),
    ("1.12", p.COMPLETED, p.withdraw, rules.RouteEnded),
    ("1.12", (*p.STARTED, p.withdraw), p.complete_activity, rules.RouteEnded),
    ("2.8", p.SUBMITTED, p.but(p.agree, by=p.TUTEE["by"]), rules.NotYourPart),
    ("2.8", p.ASSESSED, p.but(p.draft, by=p.SCHOOL["by"]), rules.NotYourPart),
    ("2.8", p.STARTED, p.but(p.extend, by=p.TUTOR["by"]), rules.NotYourPart),
    ("2.8", p.PREPARED, p.but(p.record_result, by=p.TUTEE["by"]), rules.NotYourPart),
]
STAGES = (opening, pre, diagnosing, d, agreeing, run, adjusting, ref, concluding)
MODULES = (rules, *STAGES, advising, acc, deadlines, mentoring, picking)


def refusals_in(module) -> set[type[Refusal]]:
    kinds = {thing for thing in vars(module).values() if inspect.isclass(thing) and issubclass(thing, Refusal)}
    return kinds - {Refusal}


ALL = set().union(*(refusals_in(module) for module in MODULES))


def named(case) -> str:
    clause, _, command, rule = case
    return f"{clause}-{type(command).__name__}-{rule.__name__}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_regulation_says_no(case):
    clause, past, command, rule = case
    p.after(*past).when(command).refused(rule)
    assert rule.clause == clause


def test_every_refusal_has_its_story():
    only_by_another_policy = {pre.ModelNotProposed}  # see test_policy
    assert {rule for *_, rule in CASES} == ALL - only_by_another_policy


def test_every_refusal_tells_in_russian_what_to_do_next_and_no_text_is_left_over():
    beside = (allowance, paper, priority, track, school_list, application, resource, people)
    known = ALL.union(*map(refusals_in, beside))
    assert set(texts.REFUSALS) == {slug(rule) for rule in known}
    for title, next_step in texts.REFUSALS.values():
        assert title.endswith((".", "!"))
        assert next_step.endswith(".")
