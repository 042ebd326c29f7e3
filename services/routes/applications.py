"""Consolidated applications over HTTP: formed by the municipality, decided by the centre, followed by methodists."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Response
from pydantic import Field

from services.routes import access, asking_responses, queries, responses
from services.routes.categories import Applications, Supports
from services.routes.domain import support as s
from services.routes.domain.application import decider as d
from services.routes.domain.application.facts import Asked, Heading, application_id
from services.routes.domain.application.state import Known, State, Unformed
from services.routes.domain.policy import Policies
from services.routes.domain.route.records import Actor
from services.routes.domain.rule import Command
from services.routes.domain.school_list import decider as ld
from services.routes.domain.school_list import state as school_list
from services.routes.fields import Code
from services.routes.school_lists import Body, Caller, Envelope, Number, Page, Reason, SchoolLists
from services.routes.themes import Nothing, Year
from shared.domain import Refusal
from shared.http.commands import Wanted, answer, etag
from shared.http.problems import NotFound
from shared.http.tokens import Grant, Person
from shared.store.execute import Executor, Outcome
from shared.store.types import StaleVersion, Store

MOST_NAMED = 500


class NewApplication(Body):
    municipality: Code
    year: Year
    number: Number = 1


class ListWanted(Body):
    list_id: UUID


class Naming(Body):
    teacher_id: UUID
    methodist_id: UUID


class Acceptance(Body):
    methodists: Annotated[tuple[Naming, ...], Field(max_length=MOST_NAMED)] = ()


class ConsolidatedApplications:
    """What the addresses below share."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        applications: Applications,
        supports: Supports,
        policies: Policies,
        lists: SchoolLists,
    ) -> None:
        self.store = store
        self._executor = executor
        self._applications = applications
        self._supports = supports
        self._policies = policies
        self._lists = lists

    async def form(self, body: NewApplication, envelope: Wanted) -> Outcome[State]:
        heading = Heading(**body.model_dump())
        who = d.RULES[d.FormApplication].who(self._policies.at(envelope.at))
        by, grant = access.by_grant(envelope.person, who, heading.municipality)
        command = d.FormApplication(by=by, at=envelope.at, heading=heading)
        return await self._run(application_id(heading), command, envelope, grant)

    async def do(self, id: UUID, kind: type[Command], envelope: Wanted, **words: Any) -> Outcome[State]:
        """Give the command as whoever the rule allows it to."""
        _, by, grant = await self._acting(id, kind, envelope)
        return await self._run(id, kind(by=by, at=envelope.at, **words), envelope, grant)

    async def include(self, id: UUID, list: UUID, envelope: Wanted) -> Outcome[State]:
        """The list is taken first, so that the school cannot change it any more; then it is entered.

        Whatever dies in between, the same request again completes it, and excluding the list undoes it.
        """
        state, by, grant = await self._acting(id, d.IncludeList, envelope)
        listed, _ = await self._lists.show(list, envelope.person)
        wish = inclusion(list, listed, by, envelope)
        if not await self._came_before(envelope):
            d.include(wish, state, self._policies.at(envelope.at))  # what is refused anyway must not take the list
            taken = await self._take(list, id, by, grant, envelope)
            wish = inclusion(list, ld.known(taken.state), by, envelope)  # as it was taken, not as it was seen before
        try:
            return await self._run(id, wish, envelope, grant)
        except (Refusal, StaleVersion):
            await self._release_unless_included(id, list, by, grant, envelope)
            raise

    async def exclude(self, id: UUID, list: UUID, envelope: Wanted) -> Outcome[State]:
        _, by, grant = await self._acting(id, d.ExcludeList, envelope)
        await self._lists.show(list, envelope.person)
        outcome = await self._run(id, d.ExcludeList(by=by, at=envelope.at, list=list), envelope, grant)
        await self._release_unless_included(id, list, by, grant, envelope)
        return outcome

    async def submit(self, id: UUID, envelope: Wanted) -> Outcome[State]:
        """Every list is taken once more: nothing is sent that a school still holds in its hands."""
        state, by, grant = await self._acting(id, d.SubmitApplication, envelope)
        for list in state.lists:
            await self._take(list, id, by, grant, envelope)
        outcome = await self._run(id, d.SubmitApplication(by=by, at=envelope.at), envelope, grant)
        for list in state.lists:
            await self._release_unless_included(id, list, by, grant, envelope)  # somebody excluded it meanwhile
        return outcome

    async def accept(self, id: UUID, namings: Sequence[Naming], envelope: Wanted) -> Outcome[State]:
        """Methodists may be named at once or later; the same request again names those that are missing."""
        state, by, grant = await self._acting(id, d.AcceptApplication, envelope)
        policy = self._policies.at(envelope.at)
        accept = d.AcceptApplication(by=by, at=envelope.at)
        accepted = self._applications.decider.fold(d.accept(accept, state, policy), state)
        wishes = [self._naming(accepted, id, each, by, envelope) for each in namings]
        for wish in wishes:
            s.name(wish, s.Unnamed(), policy)  # what is refused anyway must not be half done
        outcome = await self._run(id, accept, envelope, grant)
        for wish in wishes:
            await self._support(wish.heading, wish, envelope, grant, key=str(s.support_id(wish.heading)))
        return outcome

    async def name(self, id: UUID, naming: Naming, envelope: Wanted) -> Outcome[s.State]:
        state, by, grant = await self._acting(id, s.NameMethodist, envelope)
        wish = self._naming(state, id, naming, by, envelope)
        return await self._support(wish.heading, wish, envelope, grant)

    async def recall(self, id: UUID, naming: Naming, envelope: Wanted) -> Outcome[s.State]:
        state, by, grant = await self._acting(id, s.RecallMethodist, envelope)
        heading = self._naming(state, id, naming, by, envelope).heading
        return await self._support(heading, s.RecallMethodist(by=by, at=envelope.at), envelope, grant)

    async def show(self, id: UUID, reader: Person) -> tuple[Known, int]:
        """Raises NotFound for an application that is not there or not the reader's business."""
        state, version = await self._executor.state(self._applications, id)
        if isinstance(state, Unformed):
            raise NotFound
        access.at_municipality(reader, state.heading.municipality)
        return state, version

    async def shown(self, id: UUID, reader: Person) -> tuple[int, dict[str, Any]]:
        state, version = await self.show(id, reader)
        return version, asking_responses.application_shown(id, version, state, await queries.supports(self.store, id))

    async def timeline(self, id: UUID, reader: Person) -> dict[str, Any]:
        await self.show(id, reader)
        return responses.timeline(await self._executor.history(self._applications, id))

    async def _acting(self, id: UUID, kind: type[Command], envelope: Wanted) -> tuple[Known, Actor, Grant]:
        state, _ = await self.show(id, envelope.person)
        rules = d.RULES if kind in d.RULES else s.RULES
        who = rules[kind].who(self._policies.at(envelope.at))
        return state, *access.by_grant(envelope.person, who, state.heading.municipality)

    async def _run(self, id: UUID, command: Command, envelope: Wanted, grant: Grant) -> Outcome[State]:
        context = envelope.context(command, grant, policy=self._policies.at(envelope.at).version)
        return await self._executor.execute(
            self._applications, id, command, context, expected=envelope.expected, receipt=envelope.receipt
        )

    async def _take(
        self, list: UUID, id: UUID, by: Actor, grant: Grant, envelope: Wanted
    ) -> Outcome[school_list.State]:
        return await self._lists.beside(list, ld.TakeList(by=by, at=envelope.at, application=id), envelope, grant)

    async def _release_unless_included(self, id: UUID, list: UUID, by: Actor, grant: Grant, envelope: Wanted) -> None:
        state, _ = await self._executor.state(self._applications, id)
        if isinstance(state, Unformed) or list not in state.lists:
            await self._lists.beside(list, ld.ReleaseList(by=by, at=envelope.at, application=id), envelope, grant)

    async def _came_before(self, envelope: Wanted) -> bool:
        return envelope.receipt is not None and await self.store.receipt(envelope.receipt[0]) is not None

    def _naming(self, state: State, id: UUID, naming: Naming, by: Actor, envelope: Wanted) -> s.NameMethodist:
        heading = d.supported(state, naming.teacher_id)
        whose = s.Heading(
            application=id,
            municipality=heading.municipality,
            year=heading.year,
            person=naming.teacher_id,
            methodist=naming.methodist_id,
        )
        return s.NameMethodist(by=by, at=envelope.at, heading=whose)

    async def _support(
        self, heading: s.Heading, command: Command, envelope: Wanted, grant: Grant, key: str = ""
    ) -> Outcome[s.State]:
        """*key* makes of one request's key a key of each of its namings, so that a repeat undoes no recall."""
        receipt = envelope.receipt
        if key and receipt is not None:
            receipt = uuid5(receipt[0], key), receipt[1]
        context = envelope.context(command, grant, policy=self._policies.at(envelope.at).version)
        expected = None if key else envelope.expected
        return await self._executor.execute(
            self._supports, s.support_id(heading), command, context, expected=expected, receipt=receipt
        )


def inclusion(list: UUID, listed: school_list.Known, by: Actor, envelope: Wanted) -> d.IncludeList:
    teachers = tuple(Asked(person=person, direction=each.direction) for person, each in listed.teachers.items())
    return d.IncludeList(by=by, at=envelope.at, list=list, heading=listed.heading, teachers=teachers)


def reading_router(applications: ConsolidatedApplications) -> APIRouter:
    router = APIRouter(tags=["applications"])

    @router.get("/applications")
    async def index(
        reader: Caller,
        status: Code | None = None,
        municipality: Code | None = None,
        year: Year | None = None,
        after: UUID | None = None,
        limit: Page = 50,
    ) -> dict[str, Any]:
        """The applications of the municipalities where the caller may look."""
        places = access.looking(reader, access.READERS - access.SCHOOL)
        wish = queries.AskingWish(status, municipality, None, year, after, places, limit)
        return responses.page(await queries.applications(applications.store, wish), limit)

    @router.get("/waiting")
    async def waiting(reader: Caller, limit: Page = 50) -> dict[str, Any]:
        """What waits for the caller: own lists to finish, submitted lists to take, applications to send or decide."""
        wish = queries.AskingWish(None, None, None, None, None, access.moving(reader), limit)
        return {
            "lists": responses.page(await queries.school_lists(applications.store, wish), limit)["items"],
            "applications": responses.page(await queries.applications(applications.store, wish), limit)["items"],
        }

    @router.get("/applications/{id}")
    async def one(id: UUID, reader: Caller, response: Response) -> dict[str, Any]:
        version, told = await applications.shown(id, reader)
        response.headers["ETag"] = etag(version)
        return told

    @router.get("/applications/{id}/timeline")
    async def timeline(id: UUID, reader: Caller) -> dict[str, Any]:
        return await applications.timeline(id, reader)

    return router


def commands_router(applications: ConsolidatedApplications) -> APIRouter:
    router = APIRouter(prefix="/applications", tags=["applications"])

    @router.post("", status_code=201)
    async def form(body: NewApplication, envelope: Envelope, response: Response) -> dict[str, Any]:
        """The municipality begins an application; one that is there already is answered as it is."""
        return answer(await applications.form(body, envelope), response, 201)

    @router.post("/{id}/lists")
    async def include(id: UUID, body: ListWanted, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await applications.include(id, body.list_id, envelope), response)

    @router.post("/{id}/lists/{list}/removal")
    async def exclude(
        id: UUID, list: UUID, envelope: Envelope, response: Response, _: Nothing | None = None
    ) -> dict[str, Any]:
        return answer(await applications.exclude(id, list, envelope), response)

    @router.post("/{id}/submission")
    async def submit(id: UUID, envelope: Envelope, response: Response, _: Nothing | None = None) -> dict[str, Any]:
        return answer(await applications.submit(id, envelope), response)

    return router


def centre_router(applications: ConsolidatedApplications) -> APIRouter:
    router = APIRouter(prefix="/applications", tags=["applications"])

    @router.post("/{id}/acceptance")
    async def accept(
        id: UUID, envelope: Envelope, response: Response, body: Acceptance | None = None
    ) -> dict[str, Any]:
        return answer(await applications.accept(id, body.methodists if body else (), envelope), response)

    @router.post("/{id}/return")
    async def give_back(id: UUID, body: Reason, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await applications.do(id, d.ReturnApplication, envelope, reason=body.reason), response)

    @router.post("/{id}/methodists")
    async def name(id: UUID, body: Naming, envelope: Envelope, response: Response) -> dict[str, Any]:
        """The answer's id and version are those of this support."""
        return answer(await applications.name(id, body, envelope), response)

    @router.post("/{id}/methodist-recall")
    async def recall(id: UUID, body: Naming, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await applications.recall(id, body, envelope), response)

    return router
