"""Over HTTP: what all procedures of a teacher gave together, and results of diagnostics held elsewhere."""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.diagnostics import access, bodies, queries, result_shapes, template, texts
from services.diagnostics.api import Wish
from services.diagnostics.categories import DIAGNOSTICS, IMPORTS
from services.diagnostics.desk import Desk
from services.diagnostics.domain import outside
from services.diagnostics.domain.diagnostic import Diagnosed
from services.diagnostics.outside_rows import SCHOOL, RowFlaw, Understood, understand, vocabulary
from services.diagnostics.spreadsheet import read_table
from shared.blank_table import CSV, XLSX
from shared.domain import Refusal
from shared.http.commands import Serving, Wanted, caller, etag, serving, wanted
from shared.http.problems import MEDIA_TYPE, NotFound, problem
from shared.http.tokens import Person

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]
Service = Annotated[Serving, Depends(serving)]

FILE = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (XLSX, "text/csv")},
    }
}


class FlawedFile(Refusal):
    """Some rows of the file could not be understood, so nothing of it was taken over."""

    clause = "2.8.1"

    def __init__(self, report: result_shapes.ImportReport) -> None:
        super().__init__()
        self.report = report


class Outside:
    """Files with results of diagnostics held elsewhere."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def template(self, form: bodies.Format, person: Person) -> Response:
        access.region_wide(person, outside.RULES[outside.Import])
        made = template.csv_template() if form == "csv" else template.xlsx_template(await self._desk.all_published())
        headers = {"Content-Disposition": f'attachment; filename="diagnostics-template.{form}"'}
        return Response(made, media_type=CSV if form == "csv" else XLSX, headers=headers)

    async def check(self, data: bytes, person: Person, at: datetime) -> result_shapes.ImportReport:
        found, new = await self._understood(data, person, at)
        return result_shapes.report(found, new)

    async def take_over(self, data: bytes, envelope: Wanted) -> result_shapes.ImportReport:
        found, new = await self._understood(data, envelope.person, envelope.at)
        if found.flaws:
            raise FlawedFile(result_shapes.report(found, new))
        if not new:
            return result_shapes.report(found, new)
        grant = access.region_wide(envelope.person, outside.RULES[outside.Import])
        command = outside.Import(results=tuple(new), rows=found.rows, by=envelope.person.id, at=envelope.at)
        done = await self._desk.run(IMPORTS, outside.import_id(new), command, envelope, grant)
        return result_shapes.report(found, new, done.id)

    async def _understood(
        self, data: bytes, person: Person, at: datetime
    ) -> tuple[Understood, list[outside.OutsideResult]]:
        """What the file says, and which of it is not known yet."""
        rule = outside.RULES[outside.Import]
        access.region_wide(person, rule)
        table = await asyncio.to_thread(read_table, data)
        words = vocabulary(await self._desk.all_published())
        found = understand(
            table, words, lambda *place: person.role_at(rule.who, *place) is not None, self._desk.today(at)
        )
        known = await queries.outside_digests(self._desk.store, [each.id for each in found.results])
        for each in found.results:
            if known.get(each.id, each.digest) != each.digest:
                row = found.first_row[each.id]
                found.flaws.append(RowFlaw(row, SCHOOL, texts.ROW_FLAWS["known-otherwise"]))
        return found, [each for each in found.results if each.id not in known]


def outside_router(of: Outside, desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/outside-results", tags=["outside results"])

    @router.get("/import-template")
    async def import_template(person: Caller, form: bodies.FormatAsked = "xlsx") -> Response:
        return await of.template(form, person)

    @router.post("/check", openapi_extra=FILE)
    async def check(request: Request, person: Caller, runtime: Service) -> result_shapes.ImportReport:
        """What taking this file over would do, and every row that stands in the way; nothing is changed."""
        return await of.check(await request.body(), person, runtime.clock())

    @router.post("", openapi_extra=FILE, response_model=result_shapes.ImportReport)
    async def take_over(request: Request, envelope: Envelope) -> Any:
        try:
            return await of.take_over(await request.body(), envelope)
        except FlawedFile as flawed:
            body = problem(flawed, texts.REFUSALS) | {"errors": [each.model_dump() for each in flawed.report.errors]}
            return JSONResponse(body, status_code=body["status"], media_type=MEDIA_TYPE)

    @router.get("")
    async def imports(person: Caller) -> result_shapes.ImportPage:
        """The caller's own files, the latest first; the centre sees all."""
        access.region_wide(person, outside.RULES[outside.Import])
        everything = person.has("regional_centre")
        return result_shapes.import_page(await queries.imports(desk.store, None if everything else person.id))

    return router


def diagnostics_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/diagnostics", tags=["diagnostics"])

    @router.get("")
    async def diagnostics(wish: Wish) -> result_shapes.DiagnosticPage:
        return result_shapes.diagnostic_page(await queries.diagnostics(desk.store, wish), wish.limit)

    @router.get("/{id}")
    async def diagnostic(id: UUID, person: Caller, response: Response) -> result_shapes.DiagnosticShown:
        """A level per competency, by which procedure it stands, and all procedures behind it."""
        state, version = await desk.executor.state(DIAGNOSTICS, id)
        if not isinstance(state, Diagnosed) or not access.may_read(person, state.whose):
            raise NotFound
        response.headers["ETag"] = etag(version)
        return result_shapes.diagnostic_shown(id, version, state)

    return router
