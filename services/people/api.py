"""People over HTTP: registering and granting, consenting, and the directory of the suite's services."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.people import access, bodies, queries, responses
from services.people.categories import PERSONS
from services.people.domain import person
from services.people.domain.organisation import RegisterOrganisation
from services.people.register import Register
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import NotFound
from shared.http.tokens import Person
from shared.store.execute import Executor
from shared.store.types import Store

MOST_HOLDERS = 1_000

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]


class Directory:
    """Who people are, read from their own streams: names stand nowhere else."""

    def __init__(self, store: Store, executor: Executor) -> None:
        self.store = store
        self._executor = executor

    async def card(self, id: UUID, reader: Person) -> responses.Card:
        known, version = await self._known(id)
        if not access.may_read(reader, id, known):
            raise NotFound
        return responses.card(id, version, known, await self._school_name(known))

    async def entry(self, id: UUID) -> responses.Entry:
        known, _ = await self._known(id)
        if responses.forgotten(known):
            raise NotFound
        return responses.entry(id, known, await self._school_name(known))

    async def information(self, id: UUID) -> responses.Card:
        known, version = await self._known(id)
        if responses.forgotten(known):
            raise NotFound
        return responses.card(id, version, known, await self._school_name(known))

    async def _known(self, id: UUID) -> tuple[person.Person, int]:
        state, version = await self._executor.state(PERSONS, id)
        if not isinstance(state, person.Person):
            raise NotFound
        return state, version

    async def _school_name(self, known: person.Person) -> str | None:
        return await queries.name_of(self.store, "school", known.about.school)


def commands_router(register: Register) -> APIRouter:
    router = APIRouter(tags=["people"])

    @router.post("/organisations", status_code=201)
    async def new_organisation(body: bodies.NewOrganisation, envelope: Envelope, response: Response) -> dict[str, Any]:
        command = RegisterOrganisation(**body.model_dump(), at=envelope.at)
        return answer(await register.add_organisation(command, envelope), response, 201)

    @router.post("/persons", status_code=201)
    async def new_person(body: bodies.NewPerson, envelope: Envelope, response: Response) -> dict[str, Any]:
        password = body.password.get_secret_value()
        return answer(await register.add_person(body.details, body.school, password, envelope), response, 201)

    @router.post("/persons/{id}/grants")
    async def new_grant(id: UUID, body: bodies.RoleAt, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await register.grant(id, body.grant, envelope), response)

    @router.post("/persons/{id}/grant-withdrawal")
    async def grant_withdrawal(id: UUID, body: bodies.RoleAt, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await register.revoke(id, body.grant, envelope), response)

    @router.post("/persons/{id}/consent")
    async def consent(id: UUID, body: bodies.Consent, envelope: Envelope, response: Response) -> dict[str, Any]:
        command = person.GiveConsent(document=body.document_hash, at=envelope.at)
        return answer(await register.own(id, command, envelope), response)

    @router.post("/persons/{id}/consent-withdrawal")
    async def consent_withdrawal(
        id: UUID, envelope: Envelope, response: Response, _: bodies.Nothing | None = None
    ) -> dict[str, Any]:
        return answer(await register.own(id, person.WithdrawConsent(at=envelope.at), envelope), response)

    return router


def reading_router(directory: Directory) -> APIRouter:
    router = APIRouter(tags=["people"])

    @router.get("/me")
    async def me(reader: Caller, response: Response) -> responses.Card:
        card = await directory.card(reader.id, reader)
        response.headers["ETag"] = etag(card.version)
        return card

    @router.get("/persons/{id}")
    async def card(id: UUID, reader: Caller, response: Response) -> responses.Card:
        card = await directory.card(id, reader)
        response.headers["ETag"] = etag(card.version)
        return card

    @router.get("/directory/{id}")
    async def entry(id: UUID, reader: Caller) -> responses.Entry:
        """For the suite's services, at the moment they write to somebody."""
        access.service_only(reader)
        return await directory.entry(id)

    @router.get("/directory", response_model_exclude_none=True)
    async def holders(
        reader: Caller,
        role: bodies.Role | None = None,
        municipality: bodies.Code | None = None,
        school: bodies.Code | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_HOLDERS)] = MOST_HOLDERS,
    ) -> responses.Holders:
        """Who holds a role at a place."""
        access.service_only(reader)
        ids = await queries.holders(directory.store, role, municipality, school, after, limit + 1)
        items = [responses.Identified(id=id) for id in ids[:limit]]
        return responses.Holders(items=items, next=items[-1].id if len(ids) > limit else None)

    return router


def information_router(directory: Directory) -> APIRouter:
    router = APIRouter(tags=["people"])

    @router.get("/directory/{id}/information")
    async def information(id: UUID, reader: Caller) -> responses.Card:
        """For the service that prints the official route card: the whole information section of p. 2.5."""
        access.service_only(reader)
        return await directory.information(id)

    return router
