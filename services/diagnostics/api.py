"""Diagnostics over HTTP: a request becomes a command, a state becomes an answer."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.diagnostics import access, queries, responses, shapes
from services.diagnostics.categories import INSTRUMENTS, SESSIONS
from services.diagnostics.domain import session
from services.diagnostics.domain.instrument import Instrument, Published, UnknownInstrument, instrument_id
from services.diagnostics.domain.scoring import sheet
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Grant, Person
from shared.store.execute import Executor, Outcome
from shared.store.types import Store

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewSession(Body):
    person_id: UUID
    route_id: UUID | None = None
    instrument: Code
    version: Version | None = None
    purpose: Literal["initial", "final"]
    municipality: Code
    school: Code


class NewAnswer(Body):
    answer: Code


class Nothing(Body):
    """A command that needs no words; its body is {} or absent."""


class Diagnostics:
    """What the addresses below share: the store of this service and the rules of who may do what."""

    def __init__(self, store: Store, executor: Executor) -> None:
        self._store = store
        self._executor = executor

    async def assign(self, body: NewSession, envelope: Wanted) -> Outcome[session.State]:
        grant = _assigning(envelope.person, body)
        instrument = await self.instrument(body.instrument, await self._version(body))
        task = session.Task(
            person=body.person_id,
            route=body.route_id,
            purpose=body.purpose,
            kind=instrument.kind,
            family=instrument.family,
            instrument=instrument.code,
            instrument_version=instrument.version,
            questions=tuple(
                session.Question(item=item.code, options=tuple(option.code for option in item.options))
                for item in instrument.form(body.purpose)
            ),
            municipality=body.municipality,
            school=body.school,
        )
        command = session.Assign(task=task, at=envelope.at)
        return await self._run(envelope.new_id("session"), command, envelope, grant)

    async def start(self, id: UUID, envelope: Wanted) -> Outcome[session.State]:
        task = (await self._own(id, envelope.person)).task
        if not access.works_at(envelope.person, task.municipality, task.school):
            raise access.OtherSchool
        return await self._run(id, session.Start(at=envelope.at), envelope)

    async def answer(self, id: UUID, item: str, option: str, envelope: Wanted) -> Outcome[session.State]:
        await self._own(id, envelope.person)
        return await self._run(id, session.Answer(item=item, option=option, at=envelope.at), envelope)

    async def submit(self, id: UUID, envelope: Wanted) -> Outcome[session.State]:
        task = (await self._own(id, envelope.person)).task
        instrument = await self.instrument(task.instrument, task.instrument_version)
        command = session.Submit(sheet=sheet(instrument, task.purpose), at=envelope.at)
        return await self._run(id, command, envelope)

    async def show(self, id: UUID, person: Person) -> shapes.SessionShown:
        state, version = await self._known(id, person)
        instrument = await self.instrument(state.task.instrument, state.task.instrument_version)
        dynamics = await queries.dynamics(self._store, id) if isinstance(state, session.Scored) else None
        return responses.session_shown(id, version, state, instrument, dynamics, own=person.id == state.task.person)

    async def instrument(self, code: str, version: int) -> Instrument:
        state, _ = await self._executor.state(INSTRUMENTS, instrument_id(code, version))
        if not isinstance(state, Published):
            raise UnknownInstrument
        return state.instrument

    async def instruments(self) -> list[Instrument]:
        ids = await queries.instrument_ids(self._store)
        states = [(await self._executor.state(INSTRUMENTS, id))[0] for id in ids]
        return [state.instrument for state in states if isinstance(state, Published)]

    async def _version(self, body: NewSession) -> int:
        version = body.version or await queries.latest_version(self._store, body.instrument)
        if version is None:
            raise UnknownInstrument
        return version

    async def _known(self, id: UUID, person: Person) -> tuple[responses.Live, int]:
        state, version = await self._executor.state(SESSIONS, id)
        if isinstance(state, session.Unassigned) or not access.may_read(person, state.task):
            raise NotFound
        return state, version

    async def _own(self, id: UUID, person: Person) -> responses.Live:
        state, _ = await self._known(id, person)
        if state.task.person != person.id:
            raise Forbidden
        return state

    async def _run(
        self, id: UUID, command: session.Command, envelope: Wanted, grant: Grant | None = None
    ) -> Outcome[session.State]:
        return await self._executor.execute(
            SESSIONS,
            id,
            command,
            envelope.context(command, grant),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )


def _assigning(person: Person, body: NewSession) -> Grant | None:
    """The grant by which the caller assigns; None for a teacher who assigns to themselves."""
    if person.id == body.person_id and access.works_at(person, body.municipality, body.school):
        return None
    grant = person.role_at(access.ASSIGNERS, body.municipality, body.school)
    if grant is None:
        raise Forbidden if access.knows(person, body.municipality, body.school) else NotFound
    return grant


def sessions_router(of: Diagnostics) -> APIRouter:
    router = APIRouter(prefix="/sessions", tags=["sessions"])

    @router.post("", status_code=201)
    async def assign(body: NewSession, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.assign(body, envelope), response, 201)

    @router.post("/{id}/start")
    async def start(id: UUID, envelope: Envelope, response: Response, _: Nothing | None = None) -> dict[str, Any]:
        return answer(await of.start(id, envelope), response)

    @router.put("/{id}/answers/{item}")
    @router.post("/{id}/answers/{item}")
    async def save(id: UUID, item: Code, body: NewAnswer, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.answer(id, item, body.answer, envelope), response)

    @router.post("/{id}/submission")
    async def submit(id: UUID, envelope: Envelope, response: Response, _: Nothing | None = None) -> dict[str, Any]:
        return answer(await of.submit(id, envelope), response)

    @router.get("/{id}")
    async def show(id: UUID, person: Caller, response: Response) -> shapes.SessionShown:
        shown = await of.show(id, person)
        response.headers["ETag"] = etag(shown.version)
        return shown

    return router


def lists_router(of: Diagnostics, store: Store) -> APIRouter:
    router = APIRouter()

    @router.get("/sessions", tags=["sessions"])
    async def sessions(
        reader: Caller,
        person: UUID | None = None,
        route: UUID | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> shapes.SessionPage:
        wish = queries.Wish(
            person=person,
            route=route,
            after=after,
            reader=reader.id,
            places=reader.places(access.READERS),
            limit=limit,
        )
        return responses.session_page(await queries.sessions(store, wish), limit)

    @router.get("/instruments", tags=["instruments"])
    async def instruments(_: Caller) -> shapes.InstrumentPage:
        return responses.instrument_page(await of.instruments())

    @router.get("/instruments/{code}/{version}", tags=["instruments"])
    async def bank(code: Code, version: Version, reader: Caller) -> shapes.BankShown:
        if not reader.has(*access.KEEPERS):
            raise Forbidden
        try:
            return responses.bank_shown(await of.instrument(code, version))
        except UnknownInstrument:
            raise NotFound from None

    return router
