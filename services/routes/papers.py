"""Routes kept on paper over HTTP: the school's register of them (pp. 2.7, 4.1, 4.4)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from services.routes import access, queries
from services.routes.categories import Papers
from services.routes.domain import paper
from services.routes.domain.calendar import local_day
from services.routes.domain.policy import Policies
from services.routes.domain.route.records import Model, Term, Whose
from services.routes.fields import Code, Day, Line
from services.routes.responses import page, shown
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Person
from shared.store.execute import Executor, Outcome
from shared.store.types import Store

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]
Kept = paper.Open | paper.Closed


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPaper(Body):
    teacher_id: UUID
    municipality: Code
    school: Code
    tutor_id: UUID | None = None
    model: Model
    start: Day
    end: Day
    place: Line

    def command(self, envelope: Wanted) -> paper.RegisterPaper:
        return paper.RegisterPaper(
            whose=Whose(tutee=self.teacher_id, municipality=self.municipality, school=self.school),
            tutor=self.tutor_id,
            model=self.model,
            term=Term(start=self.start, end=self.end),
            place=self.place,
            at=envelope.at,
        )


class MovedEnd(Body):
    end: Day


class PaperEnd(Body):
    closed_on: Day
    achieved: bool


class Archive:
    """The paper routes that a school keeps."""

    def __init__(self, store: Store, executor: Executor, papers: Papers, policies: Policies) -> None:
        self.store = store
        self._executor = executor
        self._papers = papers
        self._policies = policies

    async def register(self, body: NewPaper, envelope: Wanted) -> Outcome[paper.State]:
        command = body.command(envelope)
        return await self._run(envelope.new_id("paper"), command, command.whose, envelope)

    async def move(self, id: UUID, body: MovedEnd, envelope: Wanted) -> Outcome[paper.State]:
        kept, _ = await self.known(id, envelope.person)
        return await self._run(id, paper.MovePaperEnd(end=body.end, at=envelope.at), whose(kept), envelope)

    async def close(self, id: UUID, body: PaperEnd, envelope: Wanted) -> Outcome[paper.State]:
        kept, _ = await self.known(id, envelope.person)
        today = local_day(envelope.at, self._policies.zone)
        command = paper.ClosePaper(on=body.closed_on, achieved=body.achieved, today=today, at=envelope.at)
        return await self._run(id, command, whose(kept), envelope)

    async def known(self, id: UUID, reader: Person) -> tuple[Kept, int]:
        """Raises NotFound for somebody who may not know of it."""
        state, version = await self._executor.state(self._papers, id)
        if isinstance(state, paper.Unregistered):
            raise NotFound
        kept = state.was if isinstance(state, paper.Closed) else state
        if (
            reader.id not in (kept.whose.tutee, kept.tutor)
            and access.granted(reader, access.READERS, kept.whose) is None
        ):
            raise NotFound
        return state, version

    async def _run(self, id: UUID, command: paper.Command, of: Whose, envelope: Wanted) -> Outcome[paper.State]:
        policy = self._policies.at(envelope.at)
        grant = access.granted(envelope.person, paper.RULES[type(command)].who(policy), of)
        if grant is None:
            raise Forbidden
        context = envelope.context(command, grant, policy=policy.version)
        return await self._executor.execute(
            self._papers, id, command, context, expected=envelope.expected, receipt=envelope.receipt
        )


def whose(kept: Kept) -> Whose:
    return kept.was.whose if isinstance(kept, paper.Closed) else kept.whose


def papers_router(archive: Archive) -> APIRouter:
    router = APIRouter(prefix="/paper-routes", tags=["paper routes"])

    @router.post("", status_code=201)
    async def register(body: NewPaper, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await archive.register(body, envelope), response, 201)

    @router.post("/{id}/term")
    async def move(id: UUID, body: MovedEnd, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await archive.move(id, body, envelope), response)

    @router.post("/{id}/closing")
    async def close(id: UUID, body: PaperEnd, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await archive.close(id, body, envelope), response)

    @router.get("")
    async def papers(
        reader: Caller,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        kept_until: Day | None = None,
    ) -> dict[str, Any]:
        """The caller's own and those of their places; `kept_until` leaves those whose keeping ends by that day."""
        places = reader.places(access.READERS)
        rows = await queries.papers(archive.store, reader.id, places, kept_until, after, limit)
        return page(rows, limit)

    @router.get("/{id}")
    async def one(id: UUID, reader: Caller, response: Response) -> dict[str, Any]:
        kept, version = await archive.known(id, reader)
        response.headers["ETag"] = etag(version)
        closed: dict[str, Any] = shown(kept) if isinstance(kept, paper.Closed) else {}
        told: dict[str, Any] = closed.pop("was", None) or shown(kept)
        return {"id": str(id), "version": version, **told, **closed}

    return router
