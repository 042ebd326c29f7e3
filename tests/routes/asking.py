"""A school's list and a municipality's application, command by command, with the people their tests share."""

from typing import Any
from uuid import UUID

from services.routes.domain import support as s
from services.routes.domain.application import decider as d
from services.routes.domain.application import facts as af
from services.routes.domain.school_list import decider as ld
from services.routes.domain.school_list import facts as lf
from tests.routes import path as p
from tests.story import Story

LIST, APPLICATION, SUPPORT = ld.school_list(p.POLICIES), d.application(p.POLICIES), s.support(p.POLICIES)
VERA, GALINA = UUID(int=6), UUID(int=7)
ID, OTHER_ID, ELSEWHERE = UUID(int=401), UUID(int=402), UUID(int=403)

HEADING = lf.Heading(municipality="m-ust", school="s-011", year=2026, campaign=1)
open_ = ld.OpenList(**p.SCHOOL, heading=HEADING)
list_anna = ld.ListTeacher(**p.SCHOOL, person=p.ANNA, direction="literacy", ground="дефицит в оценивании")
list_vera = ld.ListTeacher(**p.SCHOOL, person=VERA, direction="", ground="первый год в школе")
unlist_vera = ld.UnlistTeacher(**p.SCHOOL, person=VERA)
submit_list = ld.SubmitList(**p.SCHOOL)
withdraw_list = ld.WithdrawSubmission(**p.SCHOOL)
return_list = ld.ReturnList(**p.COORDINATOR, reason="нет оснований")
take = ld.TakeList(**p.COORDINATOR, application=ID)
release = ld.ReleaseList(**p.COORDINATOR, application=ID)

NUMBER_ONE = af.Heading(municipality="m-ust", year=2026, number=1)
SECOND_SCHOOL = p.but(HEADING, school="s-012")
form = d.FormApplication(**p.COORDINATOR, heading=NUMBER_ONE)
include = d.IncludeList(
    **p.COORDINATOR,
    list=ID,
    heading=HEADING,
    teachers=(af.Asked(person=p.ANNA, direction="literacy"), af.Asked(person=VERA, direction="")),
)
include_second = d.IncludeList(
    **p.COORDINATOR,
    list=OTHER_ID,
    heading=SECOND_SCHOOL,
    teachers=(af.Asked(person=VERA, direction="digital"), af.Asked(person=GALINA, direction="digital")),
)
exclude = d.ExcludeList(**p.COORDINATOR, list=ID)
submit = d.SubmitApplication(**p.COORDINATOR)
accept = d.AcceptApplication(**p.CENTRE)
give_back = d.ReturnApplication(**p.CENTRE, reason="уточните направления")

SUPPORTED = s.Heading(application=ID, municipality="m-ust", year=2026, person=p.ANNA, methodist=p.METHODIST)
name = s.NameMethodist(**p.CENTRE, heading=SUPPORTED)
recall = s.RecallMethodist(**p.CENTRE)
note_reached = s.NoteReached(**p.SYSTEM, route=ELSEWHERE)

DRAFT = (open_, list_anna, list_vera)
SUBMITTED = (*DRAFT, submit_list)
TAKEN = (*SUBMITTED, take)
INCLUDED = (form, include, include_second)
SENT = (*INCLUDED, submit)
ACCEPTED = (*SENT, accept)


def after(decider: Any, *commands: Any) -> Story:
    return Story(decider).given(*p.facts(commands, decider))


def state(decider: Any, *commands: Any) -> Any:
    return decider.fold(p.facts(commands, decider))
