"""The main path of a route, command by command, with the people and the days all its tests share."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.routes.domain.route import (
    accompanying,
    adjusting,
    advising,
    agreeing,
    concluding,
    deadlines,
    designing,
    diagnosing,
    opening,
    preparing,
    reflecting,
    running,
)
from services.routes.domain.route.decider import route
from services.routes.domain.route.records import (
    Activity,
    Actor,
    CompetencyLevel,
    Conclusion,
    DiagnosticResult,
    Judgement,
    Presentation,
    TaskVerdict,
    Term,
    Whose,
)
from services.routes.domain.route.rules import Command
from services.routes.policies import PUBLISHED, read_policies
from shared.domain import Personal
from tests.story import Story

POLICIES = read_policies(PUBLISHED, "Asia/Irkutsk")
POLICY = POLICIES.versions[0]
ROUTE = route(POLICIES)

ANNA, BORIS, DIRECTOR, METHODIST, OTHER = (UUID(int=n) for n in range(1, 6))
DEFICIT, DIFFICULTY, REQUEST, TASK, ACTIVITY, ASSESSMENT, SESSION = (UUID(int=n) for n in range(101, 108))
NOW = datetime(2026, 9, 14, 5, 30, tzinfo=UTC)
TODAY = date(2026, 9, 14)
LATER = date(2027, 5, 31)
WHOSE = Whose(tutee=ANNA, municipality="m-ust", school="s-011")
TERM = Term(start=TODAY, end=LATER)

TUTEE = {"by": Actor(person=ANNA, role="tutee"), "at": NOW}
TUTOR = {"by": Actor(person=BORIS, role="tutor"), "at": NOW}
SCHOOL = {"by": Actor(person=DIRECTOR, role="school_administrator"), "at": NOW}
EXPERT = {"by": Actor(person=METHODIST, role="methodist"), "at": NOW}
SYSTEM = {"by": Actor(person=ANNA, role="service"), "at": NOW}

nominate = opening.Nominate(**SCHOOL, whose=WHOSE, medium="ais")
open_ = opening.Open(**TUTEE, whose=WHOSE, medium="ais")
invite = opening.Invite(**SCHOOL)
accept = opening.AcceptInvitation(**TUTEE)
decline = opening.DeclineInvitation(**TUTEE)
appoint = preparing.AppointTutor(**SCHOOL, tutor=BORIS)
propose_model = preparing.ProposeModel(**TUTOR, model="regional")
choose_model = preparing.ChooseModel(**TUTEE, model="regional")
give_consent = preparing.GiveConsent(**TUTEE)
withdraw_consent = preparing.WithdrawConsent(**TUTEE)
withdraw = preparing.Withdraw(**TUTEE)

result = DiagnosticResult(
    session=SESSION,
    purpose="initial",
    kind="test",
    instrument="meta-2026",
    instrument_version=1,
    levels=(CompetencyLevel(competency="assessment", level="базовый", theta="-0.46", se="0.51"),),
)
record_result = diagnosing.RecordDiagnosticResult(**SYSTEM, person=ANNA, result=result)
record_deficit = diagnosing.RecordDeficit(
    **TUTOR, deficit=DEFICIT, competency="assessment", source="diagnostics", text="не умеет строить критерии оценки"
)
record_difficulty = diagnosing.RecordDifficulty(**TUTEE, difficulty=DIFFICULTY, text="дети не понимают отметок")
record_request = diagnosing.RecordRequest(**TUTEE, request=REQUEST, text="освоить формирующее оценивание")

set_task = designing.SetTask(
    **TUTEE, task=TASK, text="научиться составлять критерии", bases=(DEFICIT,), competencies=("assessment",)
)
describe = designing.Describe(
    **TUTEE, content="формирующее оценивание", forms="очно", technologies="кейсы", pace="раз в неделю", hours=72
)
plan_term = designing.PlanTerm(**TUTEE, term=TERM)
activity = Activity(
    id=ACTIVITY,
    kind="seminar",
    tasks=(TASK,),
    competencies=("assessment",),
    to_practice=True,
    planned=Term(start=date(2026, 10, 1), end=date(2026, 10, 2)),
    level="municipal",
)
plan_activity = designing.PlanActivity(
    **TUTEE, activity=activity, title="Семинар «Критерии»", organiser="Центр развития", form="доклад"
)
choose_product = designing.ChooseProduct(**TUTEE, product="open_lesson", title="Урок с критериями")
choose_presentation = designing.ChoosePresentation(
    **TUTEE,
    presentation=Presentation(
        form="master_class", level="school", planned=Term(start=date(2027, 5, 10), end=date(2027, 5, 10))
    ),
    title="Мастер-класс для коллег",
)
submit = agreeing.Submit(**TUTEE)
agree = agreeing.Agree(**SCHOOL, today=date(2026, 9, 10))
give_back = agreeing.Return(**SCHOOL, reason="мало практики")

start = running.Start(**TUTEE, on=TODAY, today=TODAY)
complete_activity = running.CompleteActivity(
    **TUTEE, activity=ACTIVITY, on=date(2026, 10, 2), result="доклад", today=date(2026, 10, 3)
)
reflect_on_activity = running.ReflectOnActivity(**TUTEE, activity=ACTIVITY, text="критерии нужны до урока")
extend = adjusting.Extend(**TUTEE, end=date(2027, 12, 31))

submit_product = reflecting.SubmitProduct(**TUTEE, title="Урок", link="", summary="конспект")
present = reflecting.PresentProduct(**TUTEE, on=date(2027, 5, 10), today=date(2027, 5, 10))
ask_assessment = reflecting.AskAssessment(**TUTEE)
assess = reflecting.AssessProduct(
    **EXPERT, assessment=ASSESSMENT, developed=True, deficits_removed=True, dynamics=True, text="уверенно"
)
judgement = Judgement(
    initial_session=SESSION,
    final_session=UUID(int=108),
    verdict="improved",
    z="2.41",
    policy="2026",
    judged_at=NOW,
)
record_dynamics = reflecting.RecordDynamics(**SYSTEM, person=ANNA, judgement=judgement)
reflect = reflecting.ReflectOnAchievement(**TUTEE, text="получилось")
conclusion = Conclusion(verdicts=(TaskVerdict(task=TASK, achieved=True),), achieved=True, bases=("assessment",))
draft = concluding.DraftConclusion(**TUTOR, conclusion=conclusion, text="задача достигнута")
agree_conclusion = concluding.AgreeConclusion(**SCHOOL)
return_conclusion = concluding.ReturnConclusion(**SCHOOL, reason="уточните вывод")
complete = concluding.Complete(**TUTOR, today=LATER)

CENTRE = {"by": Actor(person=OTHER, role="regional_centre"), "at": NOW}
COORDINATOR = {"by": Actor(person=OTHER, role="municipal_coordinator"), "at": NOW}
SUGGESTION, SUPPORT, HELP, REVIEW, REPORT = (UUID(int=n) for n in range(301, 306))
assign_methodist = accompanying.AssignMethodist(**CENTRE, methodist=METHODIST)
release_methodist = accompanying.ReleaseMethodist(**CENTRE, methodist=METHODIST)
suggest = advising.Suggest(**SCHOOL, suggestion=SUGGESTION, subject="dates", text="до мая", end=LATER)
answer_suggestion = advising.AnswerSuggestion(**TUTEE, suggestion=SUGGESTION, accepted=True)
support = advising.GiveSupport(**TUTOR, support=SUPPORT, kind="task", text="уточнили задачу", on=TODAY, today=TODAY)
ask_help = advising.AskHelp(**TUTEE, help=HELP, of="methodist", text="как построить критерии?")
answer_help = advising.AnswerHelp(**EXPERT, help=HELP, text="начните с результата")
review = accompanying.ReviewInterim(**TUTOR, review=REVIEW, text="семинар дал больше, чем ждали")
propose_report = accompanying.ProposeReport(**SCHOOL, report=REPORT, title="Отчёт на педсовете", planned=TERM)
agree_report = accompanying.AgreeReport(**TUTEE, report=REPORT)
ask_cosignature = accompanying.AskCosignature(**TUTOR)
cosign = concluding.CosignConclusion(**COORDINATOR)
plan_next_steps = accompanying.PlanNextSteps(**TUTEE, text="курс по оцениванию")
mark_overdue = deadlines.MarkOverdue(**SYSTEM, today=date(2027, 6, 1))
remind = deadlines.RemindOfDeadline(**SYSTEM, today=date(2027, 5, 1))

OPENED = (nominate, invite, accept)
PREPARED = (*OPENED, appoint, choose_model)
DIAGNOSED = (*PREPARED, record_result, record_deficit, record_difficulty, record_request)
PLANNED = (*DIAGNOSED, set_task, describe, plan_term, plan_activity, choose_product, choose_presentation)
SUBMITTED = (*PLANNED, submit)
AGREED = (*SUBMITTED, agree)
STARTED = (*AGREED, start)
DONE = (*STARTED, complete_activity, reflect_on_activity)
PRESENTED = (*DONE, submit_product, present)
ASSESSED = (*PRESENTED, assess)
DRAFTED = (*ASSESSED, reflect, draft)
CONCLUDED = (*DRAFTED, agree_conclusion)
COMPLETED = (*CONCLUDED, complete)


def annas(text: str) -> Personal:
    return Personal(subject=ANNA, text=text)


def facts(commands: Iterable[Command], decider: Any = ROUTE) -> list[Any]:
    """What the commands cause, one after the other."""
    told: list[Any] = []
    for command in commands:
        told += decider.decide(command, decider.fold(told))
    return told


def after(*commands: Command) -> Story:
    """A story that begins with what these commands caused."""
    return Story(ROUTE).given(*facts(commands))


def but(command: Command, **changes: Any) -> Any:
    return replace(command, **changes)  # type: ignore[type-var]


def leaving_out(path: Iterable[Command], *left: Command) -> tuple[Command, ...]:
    return tuple(command for command in path if command not in left)
