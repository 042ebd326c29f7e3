"""People over HTTP: organisations, persons and their roles, and the directory of the suite's services."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.people import access, bodies, queries, responses
from services.people.calling import Caller, Envelope
from services.people.categories import PERSONS
from services.people.domain.organisation import Kind, RegisterOrganisation
from services.people.domain.person.facts import Person as Known
from services.people.register import Register
from services.people.wording import Code
from shared.http.commands import answer, etag
from shared.http.problems import NotFound
from shared.http.tokens import Person
from shared.store.execute import Executor
from shared.store.types import Store

MOST_HOLDERS = 1_000
MOST_PLACES = 1_000
MOST_STAFF = 200


class Directory:
    """Who people are, read from their own streams: names stand nowhere else."""

    def __init__(self, store: Store, executor: Executor, today: Callable[[], date]) -> None:
        self.store = store
        self.today = today
        self._executor = executor

    async def card(self, id: UUID, reader: Person) -> responses.Card:
        known, version = await self._known(id)
        day = self.today()
        if not access.may_read(reader, id, known, day):
            raise NotFound
        return responses.card(id, version, known, await self._school_name(known), day)

    async def entry(self, id: UUID) -> responses.Entry:
        known, _ = await self._known(id)
        if responses.forgotten(known):
            raise NotFound
        return responses.entry(id, known, await self._school_name(known))

    async def staff(self, school: str, reader: Person, after: UUID | None, most: int) -> responses.Staff:
        """Who works at the school; nothing to who does not keep its staff."""
        place = await queries.place(self.store, "school", school)
        if place is None or not access.may_read_school(
            reader, access.STAFF_READERS | access.READERS, place["parent"] or "", school
        ):
            raise NotFound
        ids = await queries.staff(self.store, school, after, most + 1)
        found = [(id, (await self._executor.state(PERSONS, id))[0]) for id in ids[:most]]
        items = [
            responses.colleague(id, state, self.today())
            for id, state in found
            if isinstance(state, Known) and not responses.forgotten(state)
        ]
        return responses.Staff(items=items, next=ids[most - 1] if len(ids) > most else None)

    async def information(self, id: UUID) -> responses.Card:
        known, version = await self._known(id)
        if responses.forgotten(known):
            raise NotFound
        return responses.card(id, version, known, await self._school_name(known), self.today())

    async def _known(self, id: UUID) -> tuple[Known, int]:
        state, version = await self._executor.state(PERSONS, id)
        if not isinstance(state, Known):
            raise NotFound
        return state, version

    async def _school_name(self, known: Known) -> str | None:
        return await queries.name_of(self.store, "school", known.about.school)


def commands_router(register: Register) -> APIRouter:
    router = APIRouter(tags=["people"])

    @router.post("/organisations", status_code=201)
    async def new_organisation(body: bodies.NewOrganisation, envelope: Envelope, response: Response) -> dict[str, Any]:
        command = RegisterOrganisation(**body.model_dump(), at=envelope.at)
        return answer(await register.add_organisation(command, envelope), response, 201)

    @router.post("/organisations/{kind}/{code}/name")
    async def new_name(
        kind: Kind, code: Code, body: bodies.NewName, envelope: Envelope, response: Response
    ) -> dict[str, Any]:
        return answer(await register.rename_organisation(kind, code, body.name, envelope), response)

    @router.post("/persons", status_code=201)
    async def new_person(body: bodies.NewPerson, envelope: Envelope, response: Response) -> dict[str, Any]:
        password = body.password.get_secret_value()
        outcome = await register.add_person(body.details(body.email), body.school, password, envelope)
        return answer(outcome, response, 201)

    @router.post("/persons/{id}/grants")
    async def new_grant(id: UUID, body: bodies.NewRole, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await register.grant(id, body.grant, body.period, body.act, envelope), response)

    @router.post("/persons/{id}/grant-withdrawal")
    async def grant_withdrawal(id: UUID, body: bodies.RoleAt, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await register.revoke(id, body.grant, envelope), response)

    @router.post("/persons/{id}/transfer")
    async def transfer(id: UUID, body: bodies.Transfer, envelope: Envelope, response: Response) -> dict[str, Any]:
        """To another school: the roles of the old one end on the day before."""
        return answer(await register.transfer(id, body.school, body.roles, body.on, envelope), response)

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

    @router.get("/persons")
    async def staff(
        reader: Caller,
        school: Code,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_STAFF)] = 50,
    ) -> responses.Staff:
        """Who works at a school."""
        return await directory.staff(school, reader, after, limit)

    @router.get("/organisations")
    async def places(
        _: Caller,
        kind: Kind | None = None,
        municipality: Code | None = None,
        after: Annotated[str, Query(max_length=64)] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_PLACES)] = 100,
    ) -> responses.Places:
        """Municipalities and schools, by their codes."""
        found = await queries.places(directory.store, kind, municipality, after, limit + 1)
        items = [responses.Place(**each) for each in found[:limit]]
        return responses.Places(items=items, next=items[-1].code if len(found) > limit else None)

    return router


def directory_router(directory: Directory) -> APIRouter:
    router = APIRouter(tags=["directory"])

    @router.get("/directory/{id}")
    async def entry(id: UUID, reader: Caller) -> responses.Entry:
        """For the suite's services, at the moment they write to somebody."""
        access.service_only(reader)
        return await directory.entry(id)

    @router.get("/directory/{id}/information")
    async def information(id: UUID, reader: Caller) -> responses.Card:
        """For the service that prints the official route card: the whole information section of p. 2.5."""
        access.service_only(reader)
        return await directory.information(id)

    @router.get("/directory", response_model_exclude_none=True)
    async def holders(
        reader: Caller,
        role: bodies.Role | None = None,
        municipality: Code | None = None,
        school: Code | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_HOLDERS)] = MOST_HOLDERS,
    ) -> responses.Holders:
        """Who holds a role at a place today."""
        access.service_only(reader)
        day = directory.today()
        ids = await queries.holders(directory.store, role, municipality, school, after, limit + 1, day)
        items = [responses.Identified(id=id) for id in ids[:limit]]
        return responses.Holders(items=items, next=items[-1].id if len(ids) > limit else None)

    return router
