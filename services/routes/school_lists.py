"""A school's lists over HTTP: drawn up at the school, submitted to the municipality, returned by it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routes import access, asking_responses, queries, responses
from services.routes.categories import Lists
from services.routes.domain.policy import Policies
from services.routes.domain.rule import Command
from services.routes.domain.school_list import decider as d
from services.routes.domain.school_list.facts import Heading, list_id
from services.routes.domain.school_list.state import Known, State, Unopened
from services.routes.fields import Code, Text
from services.routes.themes import Nothing, Themes, Year
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import NotFound
from shared.http.tokens import Grant, Person
from shared.store.execute import Executor, Outcome
from shared.store.types import Store

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]
Page = Annotated[int, Query(ge=1, le=200)]
Number = Annotated[int, Field(ge=1, le=99)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewList(Body):
    municipality: Code
    school: Code
    year: Year
    campaign: Number = 1


class NewTeacher(Body):
    teacher_id: UUID
    direction: Annotated[str, Field(max_length=64, pattern=r"^[\w.-]*$")] = ""
    ground: Text


class Reason(Body):
    reason: Text


class SchoolLists:
    """What the addresses below share."""

    def __init__(self, store: Store, executor: Executor, lists: Lists, policies: Policies, themes: Themes) -> None:
        self.store = store
        self._executor = executor
        self._lists = lists
        self._policies = policies
        self._themes = themes

    async def open(self, body: NewList, envelope: Wanted) -> Outcome[State]:
        heading = Heading(**body.model_dump())
        who = d.RULES[d.OpenList].who(self._policies.at(envelope.at))
        by, grant = access.by_grant(envelope.person, who, heading.municipality, heading.school)
        return await self.run(list_id(heading), d.OpenList(by=by, at=envelope.at, heading=heading), envelope, grant)

    async def add(self, id: UUID, body: NewTeacher, envelope: Wanted) -> Outcome[State]:
        state, _ = await self.show(id, envelope.person)
        if body.direction:
            await self._themes.direction_set(state.heading.municipality, state.heading.year, body.direction)
        return await self.do(
            id, d.ListTeacher, envelope, person=body.teacher_id, direction=body.direction, ground=body.ground
        )

    async def do(self, id: UUID, kind: type[Command], envelope: Wanted, **words: Any) -> Outcome[State]:
        """Give the command as whoever the rule allows it to."""
        state, _ = await self.show(id, envelope.person)
        who = d.RULES[kind].who(self._policies.at(envelope.at))
        by, grant = access.by_grant(envelope.person, who, state.heading.municipality, state.heading.school)
        return await self.run(id, kind(by=by, at=envelope.at, **words), envelope, grant)

    async def run(self, id: UUID, command: Command, envelope: Wanted, grant: Grant | None) -> Outcome[State]:
        context = envelope.context(command, grant, policy=self._policies.at(envelope.at).version)
        return await self._executor.execute(
            self._lists, id, command, context, expected=envelope.expected, receipt=envelope.receipt
        )

    async def beside(self, id: UUID, command: Command, envelope: Wanted, grant: Grant | None) -> Outcome[State]:
        """As `run`, for a command that goes before another stream's: the key and the version are that one's."""
        context = envelope.context(command, grant, policy=self._policies.at(envelope.at).version)
        return await self._executor.execute(self._lists, id, command, context)

    async def show(self, id: UUID, reader: Person) -> tuple[Known, int]:
        """Raises NotFound for a list that is not there or not the reader's business."""
        state, version = await self._executor.state(self._lists, id)
        if isinstance(state, Unopened):
            raise NotFound
        access.at_school(reader, state.heading.municipality, state.heading.school)
        return state, version

    async def timeline(self, id: UUID, reader: Person) -> dict[str, Any]:
        await self.show(id, reader)
        return responses.timeline(await self._executor.history(self._lists, id))


def reading_router(lists: SchoolLists) -> APIRouter:
    router = APIRouter(prefix="/school-lists", tags=["school lists"])

    @router.get("")
    async def index(
        reader: Caller,
        status: Code | None = None,
        municipality: Code | None = None,
        school: Code | None = None,
        year: Year | None = None,
        after: UUID | None = None,
        limit: Page = 50,
    ) -> dict[str, Any]:
        """The lists of the places where the caller may look; `status=submitted` is what waits for the municipality."""
        wish = queries.AskingWish(status, municipality, school, year, after, access.looking(reader), limit)
        return responses.page(await queries.school_lists(lists.store, wish), limit)

    @router.get("/{id}")
    async def one(id: UUID, reader: Caller, response: Response) -> dict[str, Any]:
        state, version = await lists.show(id, reader)
        response.headers["ETag"] = etag(version)
        return asking_responses.list_shown(id, version, state)

    @router.get("/{id}/timeline")
    async def timeline(id: UUID, reader: Caller) -> dict[str, Any]:
        return await lists.timeline(id, reader)

    return router


def commands_router(lists: SchoolLists) -> APIRouter:
    router = APIRouter(prefix="/school-lists", tags=["school lists"])

    @router.post("", status_code=201)
    async def open(body: NewList, envelope: Envelope, response: Response) -> dict[str, Any]:
        """The school begins a list for a year; a list that is there already is answered as it is."""
        return answer(await lists.open(body, envelope), response, 201)

    @router.post("/{id}/teachers")
    async def add(id: UUID, body: NewTeacher, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await lists.add(id, body, envelope), response)

    @router.post("/{id}/teachers/{person}/removal")
    async def remove(
        id: UUID, person: UUID, envelope: Envelope, response: Response, _: Nothing | None = None
    ) -> dict[str, Any]:
        return answer(await lists.do(id, d.UnlistTeacher, envelope, person=person), response)

    @router.post("/{id}/submission")
    async def submit(id: UUID, envelope: Envelope, response: Response, _: Nothing | None = None) -> dict[str, Any]:
        return answer(await lists.do(id, d.SubmitList, envelope), response)

    @router.post("/{id}/submission-withdrawal")
    async def withdraw(id: UUID, envelope: Envelope, response: Response, _: Nothing | None = None) -> dict[str, Any]:
        return answer(await lists.do(id, d.WithdrawSubmission, envelope), response)

    @router.post("/{id}/return")
    async def give_back(id: UUID, body: Reason, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await lists.do(id, d.ReturnList, envelope, reason=body.reason), response)

    return router
