"""The navigator of educational resources over HTTP: who fills it, how it is searched, and what a route picks of it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.routes import catalogue
from services.routes.categories import RESOURCES
from services.routes.domain.calendar import local_day
from services.routes.domain.resource import decider as d
from services.routes.domain.resource.records import STATUS, Absent, Declined, Entry, Included, Known, Proposed, State
from services.routes.domain.resource.records import Withdrawn as TakenOut
from services.routes.domain.route.picking import Offered
from services.routes.entries import DeclinedBecause, Filters, NewProposal, NewResource
from services.routes.responses import row_shown, shown, timeline
from services.routes.themes import Caller, Envelope, Nothing, Themes
from services.routes.vocabularies import Vocabularies, spoken
from shared.http.commands import Wanted, answer, etag
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Grant, Person
from shared.store.execute import Executor, Outcome
from shared.store.types import Store

# Who sees what has not been included: proposals, those that were declined, and by whom an entry was changed.
KEEPERS = frozenset({"municipal_coordinator", "regional_centre", "auditor"})


class Navigator:
    """What the addresses below share."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        themes: Themes,
        words: Vocabularies,
        clock: Callable[[], datetime],
        zone: str,
    ) -> None:
        self.store = store
        self._executor = executor
        self._themes = themes
        self._words = words
        self._clock = clock
        self._zone = zone

    async def propose(self, body: NewProposal, envelope: Wanted) -> Outcome[State]:
        grant = permitted(envelope.person, d.Propose, body.municipality)
        command = d.Propose(
            entry=self._entry(body, envelope),
            municipality=body.municipality,
            proposer=envelope.person.id,
            **await self._circumstances(envelope, body.track),
        )
        return await self._run(envelope.new_id("resource"), command, envelope, grant)

    async def publish(self, body: NewResource, envelope: Wanted) -> Outcome[State]:
        grant = permitted(envelope.person, d.Publish)
        command = d.Publish(entry=self._entry(body, envelope), **await self._circumstances(envelope, body.track))
        return await self._run(envelope.new_id("resource"), command, envelope, grant)

    async def include(self, id: UUID, envelope: Wanted) -> Outcome[State]:
        state, grant = await self._known(id, d.Include, envelope.person)
        command = d.Include(**await self._circumstances(envelope, state.entry.track))
        return await self._run(id, command, envelope, grant)

    async def decline(self, id: UUID, body: DeclinedBecause, envelope: Wanted) -> Outcome[State]:
        _, grant = await self._known(id, d.Decline, envelope.person)
        return await self._run(id, d.Decline(reason=body.reason, at=envelope.at), envelope, grant)

    async def revise(self, id: UUID, body: NewResource, envelope: Wanted) -> Outcome[State]:
        _, grant = await self._known(id, d.Revise, envelope.person)
        command = d.Revise(entry=self._entry(body, envelope), **await self._circumstances(envelope, body.track))
        return await self._run(id, command, envelope, grant)

    async def withdraw(self, id: UUID, envelope: Wanted) -> Outcome[State]:
        _, grant = await self._known(id, d.Withdraw, envelope.person)
        return await self._run(id, d.Withdraw(at=envelope.at), envelope, grant)

    async def search(self, filters: Filters, reader: Person) -> dict[str, Any]:
        today = local_day(self._clock(), self._zone)
        places = tuple(municipality for municipality, school in reader.places(KEEPERS) if not school)
        return page(await catalogue.found(self.store, filters.search(today, places)), filters.limit)

    async def show(self, id: UUID, reader: Person, revision: int | None) -> tuple[int, Known]:
        """The entry now, or as it was in a revision; raises NotFound for one it has not had."""
        state, version = await self._executor.state(RESOURCES, id)
        now = visible(reader, state)
        if revision is None:
            return version, now
        past: State = Absent()
        found: tuple[int, Known] | None = None
        for fact in await self._executor.history(RESOURCES, id):
            past = RESOURCES.decider.evolve(past, fact.event)
            if isinstance(past, Included) and past.revision == revision:
                found = fact.version, past
        if found is None:
            raise NotFound
        return found

    async def timeline(self, id: UUID, reader: Person) -> dict[str, Any]:
        state, _ = await self._executor.state(RESOURCES, id)
        if not keeps(reader, visible(reader, state)):
            raise Forbidden
        return timeline(await self._executor.history(RESOURCES, id))

    async def offered(self, ids: Iterable[UUID], today: date) -> Mapping[UUID, Offered]:
        """Those of the entries that are, or were, in the catalogue, for routes to pick."""
        states = {id: (await self._executor.state(RESOURCES, id))[0] for id in set(ids)}
        return {
            id: Offered(
                id=id, revision=state.revision, entry=state.entry, listed=isinstance(state, Included), today=today
            )
            for id, state in states.items()
            if isinstance(state, Included | TakenOut)
        }

    def _entry(self, body: NewResource, envelope: Wanted) -> Entry:
        """Raises RequestValidationError for a word that the region's vocabulary does not have."""
        spoken(body, self._words.on(local_day(envelope.at, self._zone)))
        return body.entry()

    async def _circumstances(self, envelope: Wanted, track: str) -> dict[str, Any]:
        """What a decision on an entry needs to know besides the entry."""
        track_open = not track or await self._themes.is_open(track)
        return {"today": local_day(envelope.at, self._zone), "track_open": track_open, "at": envelope.at}

    async def _known(self, id: UUID, command: type[d.Command], person: Person) -> tuple[Known, Grant]:
        """The entry, and the grant by which the person gives the command; NotFound before Forbidden."""
        state, _ = await self._executor.state(RESOURCES, id)
        known = visible(person, state)
        return known, permitted(person, command, known.municipality)

    async def _run(self, id: UUID, command: d.Command, envelope: Wanted, grant: Grant) -> Outcome[State]:
        context = envelope.context(command, grant)
        return await self._executor.execute(
            RESOURCES, id, command, context, expected=envelope.expected, receipt=envelope.receipt
        )


def permitted(person: Person, command: type[d.Command], municipality: str = "") -> Grant:
    rule = d.RULES[command]
    grant = person.role_at(rule.who, municipality if rule.scope == "municipality" else "", "")
    if grant is None:
        raise Forbidden
    return grant


def keeps(person: Person, state: Known) -> bool:
    return person.role_at(KEEPERS, state.municipality, "") is not None


def visible(person: Person, state: State) -> Known:
    """What the catalogue holds or held is everybody's; the rest is between a municipality and the regional centre."""
    if isinstance(state, Absent):
        raise NotFound
    if isinstance(state, Proposed | Declined) and not keeps(person, state):
        raise NotFound
    return state


def entry_shown(id: UUID, version: int, state: Known) -> dict[str, Any]:
    told: dict[str, Any] = shown(state.entry)
    dates: dict[str, Any] = told.pop("dates")
    revision = state.revision if isinstance(state, Included | TakenOut) else 0
    head: dict[str, Any] = {"id": str(id), "version": version, "revision": revision, "status": STATUS[type(state)]}
    reason = {"reason": shown(state.reason)} if isinstance(state, Declined) else {}
    return head | {"municipality": state.municipality} | dates | told | reason


def page(rows: list[Mapping[str, Any]], limit: int) -> dict[str, Any]:
    """`next` is the cursor of the following page, null on the last one."""
    last = f"{rows[-1]['end']}.{rows[-1]['id']}" if len(rows) == limit else None
    return {"items": [row_shown(row) for row in rows], "next": last}


def navigator_router(navigator: Navigator) -> APIRouter:
    router = APIRouter(prefix="/resources", tags=["navigator"])

    @router.post("/proposals", status_code=201)
    async def propose(body: NewProposal, envelope: Envelope, response: Response) -> dict[str, Any]:
        """A municipal coordinator proposes an entry to the regional centre."""
        return answer(await navigator.propose(body, envelope), response, 201)

    @router.post("", status_code=201)
    async def publish(body: NewResource, envelope: Envelope, response: Response) -> dict[str, Any]:
        """The regional centre enters what it offers itself."""
        return answer(await navigator.publish(body, envelope), response, 201)

    @router.post("/{id}/inclusion")
    async def include(id: UUID, envelope: Envelope, response: Response, _: Nothing | None = None) -> dict[str, Any]:
        return answer(await navigator.include(id, envelope), response)

    @router.post("/{id}/decline")
    async def decline(id: UUID, body: DeclinedBecause, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await navigator.decline(id, body, envelope), response)

    @router.post("/{id}/revision")
    async def revise(id: UUID, body: NewResource, envelope: Envelope, response: Response) -> dict[str, Any]:
        """The whole entry as it shall stand; what routes picked before stays as it was picked."""
        return answer(await navigator.revise(id, body, envelope), response)

    @router.post("/{id}/withdrawal")
    async def withdraw(id: UUID, envelope: Envelope, response: Response, _: Nothing | None = None) -> dict[str, Any]:
        return answer(await navigator.withdraw(id, envelope), response)

    reading(router, navigator)
    return router


def reading(router: APIRouter, navigator: Navigator) -> None:
    @router.get("")
    async def search(reader: Caller, filters: Annotated[Filters, Query()]) -> dict[str, Any]:
        """The catalogue, what ends first before what ends later; proposals for those who keep it."""
        return await navigator.search(filters, reader)

    @router.get("/{id}")
    async def resource(
        id: UUID, reader: Caller, response: Response, revision: Annotated[int | None, Query(ge=1)] = None
    ) -> dict[str, Any]:
        """The entry now, or as it was in a revision that a route names."""
        version, state = await navigator.show(id, reader, revision)
        response.headers["ETag"] = etag(version)
        return entry_shown(id, version, state)

    @router.get("/{id}/timeline")
    async def history(id: UUID, reader: Caller) -> dict[str, Any]:
        return await navigator.timeline(id, reader)
