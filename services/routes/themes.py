"""Tracks and priority directions over HTTP: what routes may belong to, and who sets it."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routes import queries
from services.routes.categories import PRIORITIES, TRACKS
from services.routes.domain import priority, track
from services.routes.domain.calendar import local_day
from services.routes.fields import MOST, Code, Day, Line
from shared.http.commands import Wanted, answer, caller, wanted
from shared.http.problems import Forbidden
from shared.http.tokens import Person
from shared.store.execute import Executor, Outcome
from shared.store.types import Category, Store

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]
Year = Annotated[int, Field(ge=2000, le=2099)]
RULES: Final = {**track.RULES, **priority.RULES}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewTrack(Body):
    code: Code
    title: Line
    opens: Day | None = None
    closes: Day | None = None


class NewDirection(Body):
    code: Code
    title: Line


class NewPriorities(Body):
    municipality: Code
    year: Year
    directions: Annotated[tuple[NewDirection, ...], Field(min_length=1, max_length=MOST)]
    basis: Line


class Nothing(Body):
    """A command that needs no words; its body is {} or absent."""


class Themes:
    """What the addresses below share."""

    def __init__(self, store: Store, executor: Executor, zone: str) -> None:
        self.store = store
        self._executor = executor
        self._zone = zone

    async def publish(self, body: NewTrack, envelope: Wanted) -> Outcome[track.State]:
        command = track.PublishTrack(**body.model_dump(), at=envelope.at)
        return await self._run(TRACKS, track.track_id(body.code), command, envelope)

    async def close(self, code: str, envelope: Wanted) -> Outcome[track.State]:
        command = track.CloseTrack(at=envelope.at)
        return await self._run(TRACKS, track.track_id(code), command, envelope)

    async def prioritise(self, body: NewPriorities, envelope: Wanted) -> Outcome[priority.State]:
        directions = tuple(priority.Direction(code=each.code, title=each.title) for each in body.directions)
        command = priority.SetPriorities(
            municipality=body.municipality,
            year=body.year,
            directions=directions,
            basis=body.basis,
            at=envelope.at,
        )
        id = priority.priorities_id(body.municipality, body.year)
        return await self._run(PRIORITIES, id, command, envelope, body.municipality)

    async def joinable(self, code: str, today: date) -> None:
        """Refuses a track that no new route may belong to today."""
        state, _ = await self._executor.state(TRACKS, track.track_id(code))
        if not isinstance(state, track.Track) or not state.takes(today):
            raise track.TrackUnavailable

    async def is_open(self, code: str) -> bool:
        """Whether new routes may belong to this track."""
        state, _ = await self._executor.state(TRACKS, track.track_id(code))
        return isinstance(state, track.Track) and not state.closed

    async def directed(self, municipality: str, code: str, envelope: Wanted) -> None:
        """Refuses a direction that the municipality has not set for this year."""
        await self.direction_set(municipality, local_day(envelope.at, self._zone).year, code)

    async def direction_set(self, municipality: str, year: int, code: str) -> None:
        """As `directed`, for any year."""
        state, _ = await self._executor.state(PRIORITIES, priority.priorities_id(municipality, year))
        known = state.directions if isinstance(state, priority.Priorities) else ()
        if code not in {direction.code for direction in known}:
            raise priority.DirectionUnknown

    async def _run(
        self, category: Category[Any, Any, Any], id: UUID, command: object, envelope: Wanted, municipality: str = ""
    ) -> Outcome[Any]:
        grant = envelope.person.role_at(RULES[type(command)].who, municipality, "")
        if grant is None:
            raise Forbidden
        context = envelope.context(command, grant)
        return await self._executor.execute(
            category, id, command, context, expected=envelope.expected, receipt=envelope.receipt
        )


def themes_router(themes: Themes) -> APIRouter:
    router = APIRouter(tags=["themes"])

    @router.post("/tracks", status_code=201)
    async def publish(body: NewTrack, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await themes.publish(body, envelope), response, 201)

    @router.post("/tracks/{code}/closing")
    async def close(code: Code, envelope: Envelope, response: Response, _: Nothing | None = None) -> dict[str, Any]:
        return answer(await themes.close(code, envelope), response)

    @router.get("/tracks")
    async def tracks(_: Caller) -> dict[str, Any]:
        return {"items": await queries.tracks(themes.store)}

    @router.post("/priorities", status_code=201)
    async def prioritise(body: NewPriorities, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await themes.prioritise(body, envelope), response, 201)

    @router.get("/priorities")
    async def priorities(_: Caller, municipality: Code, year: Year) -> dict[str, Any]:
        return {"items": await queries.priorities(themes.store, municipality, year)}

    return router
