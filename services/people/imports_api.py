"""Import over HTTP: the file is the body; the answer tells the progress line by line while it is written."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse, StreamingResponse

from services.people import access
from services.people.calling import Caller, Envelope
from services.people.domain.organisation import RegisterOrganisation
from services.people.importing import oneroster, sheet, tables, template
from services.people.importing.checking import Checking, Plan, shown
from services.people.importing.roster import ImportRejected, Roster
from services.people.importing.writing import Tools, Writing
from shared.blank_table import CSV, XLSX
from shared.http.problems import MEDIA_TYPE, Texts, TryLater, problem

LINES = "application/x-ndjson"
REJECTED = 422


def roster_of(content: bytes) -> Roster:
    found = tables.read(content)
    return oneroster.roster_of(found) if tables.MANIFEST in found else sheet.roster_of(found[""])


def rejection(error: ImportRejected, texts: Texts) -> Response:
    body = problem(error, texts) | {
        "status": REJECTED,
        "errors": [asdict(each) for each in shown(error.faults)],
        "total": len(error.faults),
    }
    return JSONResponse(body, status_code=REJECTED, media_type=MEDIA_TYPE)


def counted(plan: Plan) -> dict[str, int]:
    return {
        "organisations": len(plan.places),
        "workers": len(plan.workers),
        "unchanged": plan.unchanged,
        "passed_over": plan.passed_over,
    }


def line(told: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(told) + b"\n"


class Importing:
    """One file at a time: a second one would only wait for the same disk."""

    def __init__(self, tools: Tools, texts: Texts) -> None:
        self._tools = tools
        self._checking = Checking(tools.store, tools.credentials)
        self._texts = texts
        self._busy = asyncio.Lock()

    async def answer(self, content: bytes, envelope: Envelope, *, inviting: bool, only_check: bool) -> Response:
        held = access.leading(envelope.person, RegisterOrganisation, None, None)
        if self._busy.locked():
            raise TryLater
        async with self._busy:
            try:
                plan = await self._checking.plan(await asyncio.to_thread(roster_of, content))
            except ImportRejected as error:
                return rejection(error, self._texts)
        if only_check:
            return JSONResponse({"checked": counted(plan)})
        writing = Writing(self._tools, envelope, held, inviting=inviting)
        return StreamingResponse(self._lines(plan, writing), media_type=LINES)

    async def _lines(self, plan: Plan, writing: Writing) -> AsyncIterator[bytes]:
        """The last line says "finished": without it the import was broken off and is sent again."""
        async with self._busy:
            yield line({"checked": counted(plan)})
            last: dict[str, Any] = {"registered": 0, "changed": 0, "invited": 0, "refused": []}
            async for progress in writing.run(plan):
                yield line({"done": progress.done, "total": progress.total})
                last = {
                    "registered": progress.registered,
                    "changed": progress.changed,
                    "invited": progress.invited,
                    "refused": [
                        {"file": file, "row": row, "detail": self._texts[reason][0]}
                        for file, row, reason in progress.refused
                    ],
                }
            yield line({"finished": counted(plan) | last})


def router(importing: Importing) -> APIRouter:
    made = APIRouter(tags=["import"])

    @made.post("/imports", response_class=Response)
    async def new_import(request: Request, envelope: Envelope, letters: bool = True, check: bool = False) -> Response:
        """XLSX or CSV by the template, or a zip of OneRoster 1.2; with `check` nothing is written."""
        return await importing.answer(await request.body(), envelope, inviting=letters, only_check=check)

    @made.get("/imports/template.xlsx", response_class=Response)
    async def as_xlsx(_: Caller) -> Response:
        content = await asyncio.to_thread(template.xlsx_template)
        return Response(content, media_type=XLSX, headers=attached("xlsx"))

    @made.get("/imports/template.csv", response_class=Response)
    async def as_csv(_: Caller) -> Response:
        return Response(template.csv_template(), media_type=CSV, headers=attached("csv"))

    return made


def attached(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="iom-import.{ending}"'}
