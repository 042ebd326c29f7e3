"""Local acts over HTTP; a file is handed out as a file, never shown by the browser as a page of ours."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.people import access, bodies, queries, responses
from services.people.acts import Acts
from services.people.calling import Caller, Envelope
from services.people.filing import TYPES
from services.people.wording import Code
from shared.http.commands import answer, etag
from shared.http.problems import NotFound
from shared.store.types import Store

MOST = 200


def routers(acts: Acts, store: Store) -> list[APIRouter]:
    return [commands_router(acts), reading_router(acts, store)]


def commands_router(acts: Acts) -> APIRouter:
    made = APIRouter(tags=["acts"])

    @made.post("/acts", status_code=201)
    async def new_act(body: bodies.NewAct, envelope: Envelope, response: Response) -> dict[str, Any]:
        outcome = await acts.add(body.school, body.number, body.day, body.title, body.kind, body.content, envelope)
        return answer(outcome, response, 201)

    @made.post("/acts/{id}/replacement")
    async def replacement(id: UUID, body: bodies.ActEnd, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await acts.end(id, "replaced", body.by, envelope), response)

    @made.post("/acts/{id}/cancellation")
    async def cancellation(id: UUID, body: bodies.ActEnd, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await acts.end(id, "cancelled", body.by, envelope), response)

    return made


def reading_router(acts: Acts, store: Store) -> APIRouter:
    made = APIRouter(tags=["acts"])

    @made.get("/acts")
    async def listed(
        reader: Caller,
        school: Code,
        before: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> responses.Acts:
        """The school's acts, the latest first."""
        place = await queries.place(store, "school", school)
        if place is None or not access.may_read_school(reader, access.SCHOOL_READERS, place["parent"] or "", school):
            raise NotFound
        last = (await acts.known(before, reader))[0].registered.day if before else None
        after = (last, before) if last and before else None
        rows, following = responses.page(await queries.acts(store, school, after, limit + 1), limit)
        return responses.Acts(items=[responses.ActLine(**each) for each in rows], next=following)

    @made.get("/acts/{id}")
    async def one(id: UUID, reader: Caller, response: Response) -> responses.ActCard:
        known, version = await acts.known(id, reader)
        response.headers["ETag"] = etag(version)
        return responses.act_card(id, version, known)

    @made.get("/acts/{id}/file")
    async def file(id: UUID, reader: Caller) -> Response:
        about, content = await acts.content(id, reader)
        headers = {
            "Content-Disposition": f'attachment; filename="act.{about.media}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return Response(content, media_type=TYPES[about.media], headers=headers)

    return made
