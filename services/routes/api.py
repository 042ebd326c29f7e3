"""Routes over HTTP: a request becomes a command, a state becomes an answer."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from services.routes import access, bodies, printing, queries, responses
from services.routes.addresses import ADDRESSES, Address
from services.routes.allowances import Allowances
from services.routes.bodies.body import Body, Given
from services.routes.categories import Routes
from services.routes.domain.calendar import local_day
from services.routes.domain.policy import Policies
from services.routes.domain.route.decider import RULES
from services.routes.domain.route.records import Whose
from services.routes.domain.route.reenact import reenact
from services.routes.domain.route.state import Absent, Nominated, Route, State
from services.routes.fields import Code
from services.routes.navigator import Navigator
from services.routes.themes import Themes
from services.routes.vocabularies import Vocabularies, spoken
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import NotFound
from shared.http.tokens import Grant, Person
from shared.store.execute import Executor, Outcome
from shared.store.types import Store

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]


class Desk:
    """What the addresses share: the store, the policy in force, and the days of the region's time zone."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        routes: Routes,
        policies: Policies,
        vocabularies: Vocabularies,
        themes: Themes,
        allowances: Allowances,
        navigator: Navigator,
    ) -> None:
        self.store = store
        self._executor = executor
        self._routes = routes
        self._policies = policies
        self._vocabularies = vocabularies
        self._themes = themes
        self._allowances = allowances
        self._navigator = navigator

    async def open(self, body: bodies.opening.NewRoute, envelope: Wanted) -> Outcome[State]:
        whose = body.whose(envelope.person.id)
        if body.priority:
            await self._themes.directed(whose.municipality, body.priority, envelope)
        by, grant = access.opening(envelope.person, whose, self._policies.at(envelope.at).nominating)
        command = body.command(by, whose, envelope.at, await self._tutee_of(body.continues))
        return await self._run(envelope.new_id("route"), command, envelope, grant)

    async def _tutee_of(self, route: UUID | None) -> UUID | None:
        state = (await self._executor.state(self._routes, route))[0] if route else None
        return state.whose.tutee if isinstance(state, Route) else None

    async def do(self, id: UUID, address: Address, body: Body, envelope: Wanted, item: UUID | None) -> Outcome[State]:
        state, _ = await self._executor.state(self._routes, id)
        by, grant = access.acting(envelope.person, state, RULES[address.command].who(self._policies.at(envelope.at)))
        today = local_day(envelope.at, self._policies.zone)
        if isinstance(body, bodies.preparing.ChosenModel) and body.track:
            await self._themes.joinable(body.track, today)
        offered = await self._navigator.offered(body.resources, today)
        body = body.completed(offered)
        spoken(body, self._vocabularies.on(today))
        beside = await self._beside(body, access.visible(envelope.person, state))
        given = Given(by=by, at=envelope.at, today=today, new=envelope.new_id, item=item, offered=offered, **beside)
        return await self._run(id, body.command(given), envelope, grant)

    async def _beside(self, body: Body, whose: Whose) -> dict[str, Any]:
        """What a command needs to know of other streams: the models of the school, the people of the mentors."""
        if isinstance(body, bodies.preparing.ChosenModel | bodies.preparing.ProposedModel):
            allowance = await self._allowances.of(whose.municipality, whose.school)
            return {"models": allowance.models}
        taken = {
            mentor: await queries.mentored(self.store, mentor, whose.tutee) for mentor in bodies.adjusting.mentors(body)
        }
        return {"mentored": lambda mentors: max((taken[mentor] for mentor in mentors), default=0)} if taken else {}

    async def show(self, id: UUID, person: Person, version: int | None) -> tuple[int, Nominated | Route]:
        """The route now, or as it was at a version; raises NotFound for a version it has not reached."""
        now, reached = await self._executor.state(self._routes, id)
        access.visible(person, now)
        if version is None or version == reached:
            return reached, known(now)
        if not 1 <= version < reached:
            raise NotFound
        history = await self.store.read(self._routes.stream(id), 0, version)
        return version, known(self._routes.decider.fold(fact.event for fact in history))

    async def printed(self, id: UUID, person: Person) -> str:
        _, state = await self.show(id, person, None)
        if isinstance(state, Nominated):
            raise NotFound
        return printing.printed(state, self._vocabularies.on(local_day(state.opened_at, self._policies.zone)))

    async def timeline(self, id: UUID, person: Person) -> dict[str, Any]:
        state, _ = await self._executor.state(self._routes, id)
        access.visible(person, state)
        return responses.timeline(await self._executor.history(self._routes, id))

    async def under(self, id: UUID, person: Person, version: str) -> dict[str, Any]:
        """What another version of the policy would have refused; raises NotFound for one that was never published."""
        policy = self._policies.version(version)
        state, _ = await self._executor.state(self._routes, id)
        access.visible(person, state)
        if policy is None:
            raise NotFound
        history = await self._executor.history(self._routes, id)
        return responses.judged_again(policy, reenact(map(responses.happened, history), policy))

    async def _run(self, id: UUID, command: Any, envelope: Wanted, grant: Grant | None) -> Outcome[State]:
        context = envelope.context(command, grant, policy=self._policies.at(envelope.at).version, own=command.by.role)
        return await self._executor.execute(
            self._routes, id, command, context, expected=envelope.expected, receipt=envelope.receipt
        )


def known(state: State) -> Nominated | Route:
    if isinstance(state, Absent):
        raise NotFound
    return state


def reading_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/routes", tags=["routes"])

    @router.get("")
    async def routes(
        reader: Caller,
        status: Code | None = None,
        municipality: Code | None = None,
        school: Code | None = None,
        person: UUID | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The routes the caller may read, page by page."""
        places = reader.places(access.READERS)
        wish = queries.Wish(status, municipality, school, person, after, reader.id, places, limit)
        return responses.page(await queries.routes(desk.store, wish), limit)

    @router.get("/{id}")
    async def route(
        id: UUID, reader: Caller, response: Response, version: Annotated[int | None, Query(ge=1)] = None
    ) -> dict[str, Any]:
        """The whole route, now or as it was at a version of its history."""
        reached, state = await desk.show(id, reader, version)
        response.headers["ETag"] = etag(reached)
        return responses.route_shown(id, reached, state)

    history(router, desk)
    return router


def history(router: APIRouter, desk: Desk) -> None:
    """The route on paper, what happened to it, and what another policy would have said of it."""

    @router.get("/{id}/print", response_class=HTMLResponse)
    async def printed(id: UUID, reader: Caller) -> str:
        """The five sections on a page to print (p. 2.7)."""
        return await desk.printed(id, reader)

    @router.get("/{id}/timeline")
    async def timeline(id: UUID, reader: Caller) -> dict[str, Any]:
        """Everything that happened to the route: what, when, by whom and by which clause."""
        return await desk.timeline(id, reader)

    @router.get("/{id}/under/{policy}")
    async def under(id: UUID, policy: Code, reader: Caller) -> dict[str, Any]:
        """The route's history decided again under another version of the policy: what it would have refused."""
        return await desk.under(id, reader, policy)


def commands_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/routes", tags=["commands"])

    @router.post("", status_code=201)
    async def open_or_nominate(body: bodies.opening.NewRoute, envelope: Envelope, response: Response) -> dict[str, Any]:
        """A teacher opens a route of their own; a school nominates one of its teachers."""
        return answer(await desk.open(body, envelope), response, 201)

    for address in ADDRESSES:
        router.add_api_route(
            "/{id}/" + address.path,
            endpoint(desk, address),
            methods=["POST"],
            name=address.command.__name__,
            description=told(address),
        )
    return router


def told(address: Address) -> str:
    """What the command's class says of itself; a dataclass without words gets its signature, which says nothing."""
    words = address.command.__doc__ or ""
    return "" if words.startswith(address.command.__name__ + "(") else words


def endpoint(desk: Desk, address: Address) -> Callable[..., Any]:
    """The function FastAPI serves this command with; its body's type is what differs."""

    async def run(id: UUID, item: UUID | None, body: Body | None, envelope: Wanted, response: Response) -> Any:
        told = answer(await desk.do(id, address, body or absent(address.body), envelope, item), response)
        return told | {"item_id": str(envelope.new_id(address.makes))} if address.makes else told

    async def of_route(id: UUID, envelope: Envelope, response: Response, body: Any = None) -> Any:
        return await run(id, None, body, envelope, response)

    async def of_item(id: UUID, item: UUID, envelope: Envelope, response: Response, body: Any = None) -> Any:
        return await run(id, item, body, envelope, response)

    made = of_item if address.of_item else of_route
    made.__annotations__["body"] = address.body if needs_body(address.body) else address.body | None
    return made


def absent(body: type[Body]) -> Body:
    """No body at all is {}; the fields that are then missing are told like any others."""
    try:
        return body()
    except ValidationError as error:
        raise RequestValidationError([each | {"loc": ("body", *each["loc"])} for each in error.errors()]) from error


def needs_body(body: type[Body]) -> bool:
    return any(field.is_required() for field in body.model_fields.values())
