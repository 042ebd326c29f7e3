"""Instruments over HTTP: the bank for its readers, and the way of a draft for the regional centre."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response

from services.diagnostics import access, bodies, queries, responses, shapes
from services.diagnostics.categories import INSTRUMENTS
from services.diagnostics.desk import Desk
from services.diagnostics.domain import authoring
from services.diagnostics.domain.authoring_facts import Published, Retired, State, Unpublished
from services.diagnostics.domain.instrument import Instrument, instrument_id
from services.diagnostics.domain.rules import CENTRE, Rule
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Person
from shared.store.execute import Outcome

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]
Status = Literal["published", "draft", "review", "approved", "retired"]

VERSION = "/{code}/{version}"


async def named(code: bodies.Code, version: bodies.Version) -> tuple[str, int]:
    """Which version of which instrument the address is about."""
    return code, version


Named = Annotated[tuple[str, int], Depends(named)]
READ_DRAFTS = Rule("2.8.1", CENTRE)


class Bank:
    """The item bank of the region and the ways its versions go."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def draft(self, body: bodies.NewInstrument, envelope: Wanted) -> Outcome[State]:
        """A new version: the number after the highest there is, drafts counted."""
        grant = access.region_wide(envelope.person, authoring.RULES[authoring.Draft])
        version = 1 + await queries.highest_version(self._desk.store, body.code)
        command = authoring.Draft(instrument=body.instrument(body.code, version), by=envelope.person.id, at=envelope.at)
        return await self._desk.run(INSTRUMENTS, instrument_id(body.code, version), command, envelope, grant)

    async def do(self, code: str, version: int, command: authoring.Command, envelope: Wanted) -> Outcome[State]:
        grant = access.region_wide(envelope.person, authoring.RULES[type(command)])
        await self.state(code, version)
        return await self._desk.run(INSTRUMENTS, instrument_id(code, version), command, envelope, grant)

    async def state(self, code: str, version: int) -> tuple[State, int]:
        state, reached = await self._desk.executor.state(INSTRUMENTS, instrument_id(code, version))
        if isinstance(state, Unpublished):
            raise NotFound
        return state, reached

    async def instruments(self, status: Status) -> list[State]:
        ids = await queries.instrument_ids(self._desk.store, status)
        return [(await self._desk.executor.state(INSTRUMENTS, id))[0] for id in ids]

    async def approve(self, code: str, version: int, envelope: Wanted) -> Outcome[State]:
        allowed = self._desk.conduct.own_approval
        command = authoring.Approve(by=envelope.person.id, own_allowed=allowed, at=envelope.at)
        return await self.do(code, version, command, envelope)


def bank_router(of: Bank) -> APIRouter:
    router = APIRouter(prefix="/instruments", tags=["instruments"])

    @router.get("")
    async def instruments(reader: Caller, status: Status = "published") -> shapes.InstrumentPage:
        """What is measured with, for everybody; drafts and retired versions for the bank's keepers."""
        if status != "published" and not reader.has(*access.KEEPERS):
            raise Forbidden
        return responses.instrument_page(await of.instruments(status))

    @router.get("/{code}/{version}")
    async def bank(code: bodies.Code, version: bodies.Version, reader: Caller) -> shapes.BankShown:
        if not reader.has(*access.KEEPERS):
            raise Forbidden
        state, _ = await of.state(code, version)
        if not isinstance(state, Published | Retired):
            raise NotFound
        return responses.bank_shown(state)

    @router.get("/{code}/{version}/draft")
    async def draft(
        code: bodies.Code, version: bodies.Version, reader: Caller, response: Response
    ) -> shapes.DraftShown:
        """A version that is not published yet, with the right answers, for those who write and review it."""
        access.region_wide(reader, READ_DRAFTS)
        state, reached = await of.state(code, version)
        if isinstance(state, Published | Retired | Unpublished):
            raise NotFound
        response.headers["ETag"] = etag(reached)
        return responses.draft_shown(state, reached)

    return router


def told(done: Outcome[State], response: Response, status: int = 200) -> dict[str, Any]:
    """The usual answer, and which version of which instrument it is about."""
    assert not isinstance(done.state, Unpublished)  # noqa: S101 - something was just done to it
    written: Instrument = done.state.instrument
    return answer(done, response, status) | {"code": written.code, "instrument_version": written.version}


def drafting_router(of: Bank) -> APIRouter:
    router = APIRouter(prefix="/instruments", tags=["authoring"])

    @router.post("", status_code=201)
    async def draft(body: bodies.NewInstrument, envelope: Envelope, response: Response) -> dict[str, Any]:
        """A new version of an instrument, or the first of a new one."""
        return told(await of.draft(body, envelope), response, 201)

    @router.post(VERSION + "/revision")
    async def revise(
        named: Named, body: bodies.InstrumentWritten, envelope: Envelope, response: Response
    ) -> dict[str, Any]:
        written = body.instrument(*named)
        command = authoring.Revise(instrument=written, by=envelope.person.id, at=envelope.at)
        return told(await of.do(*named, command, envelope), response)

    @router.post(VERSION + "/review")
    async def review(named: Named, envelope: Envelope, response: Response) -> dict[str, Any]:
        command = authoring.SubmitForReview(by=envelope.person.id, at=envelope.at)
        return told(await of.do(*named, command, envelope), response)

    return router


def reviewing_router(of: Bank) -> APIRouter:
    router = APIRouter(prefix="/instruments" + VERSION, tags=["authoring"])

    @router.post("/return")
    async def give_back(named: Named, body: bodies.Returned, envelope: Envelope, response: Response) -> dict[str, Any]:
        command = authoring.ReturnDraft(by=envelope.person.id, reason=body.reason, at=envelope.at)
        return told(await of.do(*named, command, envelope), response)

    @router.post("/approval")
    async def approve(named: Named, envelope: Envelope, response: Response) -> dict[str, Any]:
        return told(await of.approve(*named, envelope), response)

    @router.post("/publication")
    async def publish(named: Named, envelope: Envelope, response: Response) -> dict[str, Any]:
        command = authoring.PublishApproved(by=envelope.person.id, at=envelope.at)
        return told(await of.do(*named, command, envelope), response)

    @router.post("/retirement")
    async def retire(named: Named, body: bodies.Retirement, envelope: Envelope, response: Response) -> dict[str, Any]:
        command = authoring.Retire(by=envelope.person.id, reason=body.reason, at=envelope.at)
        return told(await of.do(*named, command, envelope), response)

    return router
