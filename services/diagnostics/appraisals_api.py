"""Procedures rated by experts, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.diagnostics import access, appraisal_shapes, bodies, queries
from services.diagnostics.api import Wish
from services.diagnostics.categories import APPRAISALS
from services.diagnostics.desk import Desk
from services.diagnostics.domain import appraisal
from services.diagnostics.domain.appraisal_facts import Appraisal, Live, State, Unassigned
from services.diagnostics.domain.instrument import is_rated
from services.diagnostics.domain.scoring import sheet
from services.diagnostics.domain.session_facts import Question
from shared.domain import Refusal
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Person
from shared.store.execute import Outcome

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]


class TakenAlone(Refusal):
    """This instrument is a test or a self-diagnosis that the teacher takes; there is nothing for experts to rate."""

    clause = "1.3"


class Appraisals:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def arrange(self, body: bodies.NewAppraisal, envelope: Wanted) -> Outcome[State]:
        grant = access.organising(envelope.person, appraisal.RULES[appraisal.Arrange], body)
        if envelope.person.id == body.person_id:
            raise Forbidden  # who holds an organiser's role does not choose their own experts
        rubric = await self._desk.published(body.instrument, body.version)
        if not is_rated(rubric.kind):
            raise TakenAlone
        arranged = Appraisal(
            person=body.person_id,
            route=body.route_id,
            purpose=body.purpose,
            kind=rubric.kind,
            family=rubric.family,
            instrument=rubric.code,
            instrument_version=rubric.version,
            criteria=tuple(
                Question(item=item.code, options=tuple(option.code for option in item.options))
                for item in rubric.form(body.purpose)
            ),
            municipality=body.municipality,
            school=body.school,
        )
        command = appraisal.Arrange(
            appraisal=arranged, raters=body.rater_ids, due=body.due_on, by=envelope.person.id, at=envelope.at
        )
        return await self._desk.run(APPRAISALS, envelope.new_id("appraisal"), command, envelope, grant)

    async def name_rater(self, id: UUID, body: bodies.NewRater, envelope: Wanted) -> Outcome[State]:
        command = appraisal.NameRater(rater=body.rater_id, by=envelope.person.id, at=envelope.at)
        return await self._do(id, command, envelope)

    async def rate(self, id: UUID, body: bodies.NewRating, envelope: Wanted) -> Outcome[State]:
        command = appraisal.Rate(rater=envelope.person.id, grades=body.grades, comment=body.comment, at=envelope.at)
        return await self._do(id, command, envelope)

    async def conclude(self, id: UUID, envelope: Wanted) -> Outcome[State]:
        held = (await self._known(id, envelope.person))[0].appraisal
        rubric = await self._desk.instrument(held.instrument, held.instrument_version)
        command = appraisal.Conclude(
            form=sheet(rubric, held.purpose), conduct=self._desk.conduct, by=envelope.person.id, at=envelope.at
        )
        return await self._do(id, command, envelope)

    async def call_off(self, id: UUID, body: bodies.Withdrawal, envelope: Wanted) -> Outcome[State]:
        command = appraisal.CallOff(by=envelope.person.id, reason=body.reason, at=envelope.at)
        return await self._do(id, command, envelope)

    async def show(self, id: UUID, person: Person) -> appraisal_shapes.AppraisalShown:
        state, version = await self._known(id, person)
        held = state.appraisal
        rubric = await self._desk.instrument(held.instrument, held.instrument_version)
        organises = person.role_at(access.READERS, held.municipality, held.school) is not None
        return appraisal_shapes.shown(id, version, state, rubric, reader=person.id, organises=organises)

    async def _do(self, id: UUID, command: appraisal.Command, envelope: Wanted) -> Outcome[State]:
        state, _ = await self._known(id, envelope.person)
        grant = access.permitted(envelope.person, appraisal.RULES[type(command)], state.appraisal)
        if envelope.person.id == state.appraisal.person:
            raise Forbidden
        return await self._desk.run(APPRAISALS, id, command, envelope, grant)

    async def _known(self, id: UUID, person: Person) -> tuple[Live, int]:
        state, version = await self._desk.executor.state(APPRAISALS, id)
        if isinstance(state, Unassigned):
            raise NotFound
        if person.id not in state.raters and not access.may_read(person, state.appraisal):
            raise NotFound
        return state, version


def appraisals_router(of: Appraisals, desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/appraisals", tags=["appraisals"])

    @router.post("", status_code=201)
    async def arrange(body: bodies.NewAppraisal, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.arrange(body, envelope), response, 201)

    @router.post("/{id}/raters")
    async def name_rater(id: UUID, body: bodies.NewRater, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.name_rater(id, body, envelope), response)

    @router.post("/{id}/ratings")
    async def rate(id: UUID, body: bodies.NewRating, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.rate(id, body, envelope), response)

    @router.post("/{id}/conclusion")
    async def conclude(id: UUID, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.conclude(id, envelope), response)

    @router.post("/{id}/withdrawal")
    async def call_off(id: UUID, body: bodies.Withdrawal, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.call_off(id, body, envelope), response)

    @router.get("")
    async def appraisals(wish: Wish) -> appraisal_shapes.AppraisalPage:
        """One's own, those one rates, and those of the places one reads."""
        return appraisal_shapes.page(await queries.appraisals(desk.store, wish), wish.limit)

    @router.get("/{id}")
    async def show(id: UUID, person: Caller, response: Response) -> appraisal_shapes.AppraisalShown:
        found = await of.show(id, person)
        response.headers["ETag"] = etag(found.version)
        return found

    return router
