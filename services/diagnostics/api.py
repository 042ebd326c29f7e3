"""Sessions over HTTP: a request becomes a command, a state becomes an answer."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.diagnostics import access, bodies, queries, responses, shapes
from services.diagnostics.categories import SESSIONS
from services.diagnostics.desk import Desk
from services.diagnostics.domain import session
from services.diagnostics.domain.instrument import is_taken
from services.diagnostics.domain.scoring import sheet
from services.diagnostics.domain.session_facts import Live, Question, Scored, State, Task, Unassigned
from shared.domain import Refusal
from shared.http.commands import Serving, Wanted, answer, caller, etag, serving, wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Person
from shared.store.execute import Outcome

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]
Service = Annotated[Serving, Depends(serving)]


class RatedByExperts(Refusal):
    """This instrument is a rubric that experts fill in; nobody takes it alone."""

    clause = "1.3"


class Sessions:
    """What may be done with sessions, by whom."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def assign(self, body: bodies.NewSession, envelope: Wanted) -> Outcome[State]:
        grant = access.organising(envelope.person, session.RULES[session.Assign], body)
        instrument = await self._desk.published(body.instrument, body.version)
        if not is_taken(instrument.kind):
            raise RatedByExperts
        task = Task(
            person=body.person_id,
            route=body.route_id,
            purpose=body.purpose,
            kind=instrument.kind,
            family=instrument.family,
            instrument=instrument.code,
            instrument_version=instrument.version,
            questions=tuple(
                Question(item=item.code, options=tuple(option.code for option in item.options))
                for item in instrument.form(body.purpose)
            ),
            municipality=body.municipality,
            school=body.school,
        )
        command = session.Assign(task=task, at=envelope.at, due=body.due_on, by=envelope.person.id)
        return await self._desk.run(SESSIONS, envelope.new_id("session"), command, envelope, grant)

    async def start(self, id: UUID, envelope: Wanted) -> Outcome[State]:
        task = (await self._own(id, envelope.person)).task
        if not access.works_at(envelope.person, task.municipality, task.school):
            raise access.OtherSchool
        return await self._desk.run(SESSIONS, id, session.Start(at=envelope.at), envelope)

    async def answer(self, id: UUID, item: str, body: bodies.NewAnswer, envelope: Wanted) -> Outcome[State]:
        await self._own(id, envelope.person)
        command = session.Answer(
            item=item, option=body.answer, at=envelope.at, sequence=body.sequence, device=body.device
        )
        return await self._desk.run(SESSIONS, id, command, envelope)

    async def submit(self, id: UUID, body: bodies.Submission, envelope: Wanted) -> Outcome[State]:
        task = (await self._own(id, envelope.person)).task
        instrument = await self._desk.instrument(task.instrument, task.instrument_version)
        command = session.Submit(sheet=sheet(instrument, task.purpose), at=envelope.at, sequence=body.sequence)
        return await self._desk.run(SESSIONS, id, command, envelope)

    async def withdraw(self, id: UUID, body: bodies.Withdrawal, envelope: Wanted) -> Outcome[State]:
        """By an organiser of the place, or by the teacher who assigned it to themselves."""
        state, _ = await self._known(id, envelope.person)
        own = envelope.person.id == state.task.person == state.assignment.by
        grant = None if own else access.permitted(envelope.person, session.RULES[session.Withdraw], state.task)
        command = session.Withdraw(by=envelope.person.id, reason=body.reason, at=envelope.at)
        return await self._desk.run(SESSIONS, id, command, envelope, grant)

    async def show(self, id: UUID, person: Person, at: datetime) -> shapes.SessionShown:
        state, version = await self._known(id, person)
        instrument = await self._desk.instrument(state.task.instrument, state.task.instrument_version)
        dynamics = await queries.dynamics(self._desk.store, id) if isinstance(state, Scored) else None
        own = person.id == state.task.person
        return responses.session_shown(id, version, state, instrument, dynamics, own=own, today=self._desk.today(at))

    async def _known(self, id: UUID, person: Person) -> tuple[Live, int]:
        state, version = await self._desk.executor.state(SESSIONS, id)
        if isinstance(state, Unassigned) or not access.may_read(person, state.task):
            raise NotFound
        return state, version

    async def _own(self, id: UUID, person: Person) -> Live:
        state, _ = await self._known(id, person)
        if state.task.person != person.id:
            raise Forbidden
        return state


def sessions_router(of: Sessions) -> APIRouter:
    router = APIRouter(prefix="/sessions", tags=["sessions"])

    @router.post("", status_code=201)
    async def assign(body: bodies.NewSession, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.assign(body, envelope), response, 201)

    @router.post("/{id}/start")
    async def start(
        id: UUID, envelope: Envelope, response: Response, _: bodies.Nothing | None = None
    ) -> dict[str, Any]:
        return answer(await of.start(id, envelope), response)

    @router.put("/{id}/answers/{item}")
    @router.post("/{id}/answers/{item}")
    async def save(
        id: UUID, item: bodies.Code, body: bodies.NewAnswer, envelope: Envelope, response: Response
    ) -> dict[str, Any]:
        return answer(await of.answer(id, item, body, envelope), response)

    @router.post("/{id}/submission")
    async def submit(
        id: UUID, envelope: Envelope, response: Response, body: bodies.Submission | None = None
    ) -> dict[str, Any]:
        return answer(await of.submit(id, body or bodies.Submission(), envelope), response)

    @router.post("/{id}/withdrawal")
    async def withdraw(id: UUID, body: bodies.Withdrawal, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.withdraw(id, body, envelope), response)

    @router.get("/{id}")
    async def show(id: UUID, person: Caller, runtime: Service, response: Response) -> shapes.SessionShown:
        shown = await of.show(id, person, runtime.clock())
        response.headers["ETag"] = etag(shown.version)
        return shown

    return router


async def page_wish(
    reader: Caller,
    person: UUID | None = None,
    route: UUID | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> queries.Wish:
    """What a list is asked for, within what the caller may read."""
    places = reader.places(access.READERS)
    return queries.Wish(person=person, route=route, after=after, reader=reader.id, places=places, limit=limit)


Wish = Annotated[queries.Wish, Depends(page_wish)]


def session_list_router(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["sessions"])

    @router.get("/sessions")
    async def sessions(wish: Wish) -> shapes.SessionPage:
        return responses.session_page(await queries.sessions(desk.store, wish), wish.limit)

    return router
