"""Invitations over HTTP. The secret travels in bodies alone: an address is written down in too many places."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.people import access, bodies, queries, responses
from services.people.calling import Caller, Envelope, counted
from services.people.inviting import Inviting
from services.people.throttle import Throttle
from services.people.wording import Code
from shared.http.commands import answer
from shared.http.problems import NotFound
from shared.store.types import Store

MOST = 200
MOST_WRONG = 20  # codes from one place in a quarter of an hour


def issuing_router(inviting: Inviting, store: Store) -> APIRouter:
    made = APIRouter(tags=["invitations"])

    @made.post("/invitations", status_code=201)
    async def new_invitation(body: bodies.NewInvitation, envelope: Envelope, response: Response) -> dict[str, Any]:
        outcome, code = await inviting.invite(body.school, body.roles, body.email, envelope)
        response.headers["Cache-Control"] = "no-store"
        return answer(outcome, response, 201) | {"code": code}

    @made.post("/persons/{id}/invitation", status_code=201)
    async def new_letter(
        id: UUID, envelope: Envelope, response: Response, _: bodies.Nothing | None = None
    ) -> dict[str, Any]:
        """A registered person gets a letter by which they set a password."""
        return answer(await inviting.invite_known(id, envelope), response, 201)

    @made.post("/invitations/{id}/revocation")
    async def revocation(
        id: UUID, envelope: Envelope, response: Response, _: bodies.Nothing | None = None
    ) -> dict[str, Any]:
        return answer(await inviting.revoke(id, envelope), response)

    @made.get("/invitations")
    async def invitations(
        reader: Caller,
        school: Code,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> responses.Invitations:
        place = await queries.place(store, "school", school)
        if place is None or not access.may_read_school(reader, access.STAFF_READERS, place["parent"] or "", school):
            raise NotFound
        rows, following = responses.page(await queries.invitations(store, school, after, limit + 1), limit)
        return responses.Invitations(items=[responses.Invitation(**each) for each in rows], next=following)

    return made


def using_router(inviting: Inviting, guesses: Throttle, store: Store) -> APIRouter:
    """For whoever has a secret and no account yet: the secret is both right and key of repetition."""
    made = APIRouter(tags=["invitations"])

    @made.post("/invitation")
    async def offer(body: bodies.Invited, request: Request) -> responses.Offer:
        """What an invitation offers; it stays unused."""
        place = counted(guesses, request)
        _, found = await inviting.shown(body.code.get_secret_value())
        guesses.undo(place)
        issued = found.issued
        return responses.Offer(
            purpose=issued.purpose,
            school_name=await queries.name_of(store, "school", issued.school),
            roles=[each.grant.role for each in issued.roles],
            email_known=issued.email is not None,
            expires_at=issued.expires_at,
        )

    @made.post("/registration", status_code=201)
    async def registration(body: bodies.Registration, request: Request) -> dict[str, Any]:
        place = counted(guesses, request)
        code, password = body.code.get_secret_value(), body.password.get_secret_value()
        person = await inviting.register(code, body.details, body.email, password)
        guesses.undo(place)
        return {"id": str(person)}

    @made.post("/password", status_code=201)
    async def first_password(body: bodies.FirstPassword, request: Request) -> dict[str, Any]:
        place = counted(guesses, request)
        person = await inviting.set_password(body.code.get_secret_value(), body.password.get_secret_value())
        guesses.undo(place)
        return {"id": str(person)}

    return made
