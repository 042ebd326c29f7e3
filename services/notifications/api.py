"""Notifications over HTTP: one's own notices in the cabinet, and the record of all for an auditor."""

from collections.abc import Iterable
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.notifications import access, queries, responses
from services.notifications.categories import NOTICES
from services.notifications.domain.notice import MarkRead
from services.notifications.domain.sending import RULES
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import Forbidden, MalformedRequest, NotFound
from shared.http.tokens import Person
from shared.runtime import Runtime

MOST: Final = 200

Caller = Annotated[Person, Depends(caller)]


class Asked:
    """What a list is asked for: `after` is the `next` of the page before."""

    def __init__(
        self,
        person: Annotated[UUID | None, Query()] = None,
        route: Annotated[UUID | None, Query()] = None,
        unread: Annotated[bool, Query()] = False,
        after: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> None:
        self.person, self.route, self.unread, self.after, self.limit = person, route, unread, after, limit


def routers(runtime: Runtime) -> Iterable[APIRouter]:
    router = APIRouter(prefix="/notices", tags=["notices"])
    _reading(router, runtime)

    @router.post("/{id}/reading")
    async def read(id: UUID, envelope: Annotated[Wanted, Depends(wanted)], response: Response) -> dict[str, Any]:
        """The recipient has read it."""
        row = await queries.one(runtime.store, id)
        if row is None or not access.parts(envelope.person, row["recipient_id"]) & RULES[MarkRead].who:
            raise NotFound
        command = MarkRead(reader=envelope.person.id, at=envelope.at)
        outcome = await runtime.executor.execute(
            NOTICES, id, command, envelope.context(command), expected=envelope.expected, receipt=envelope.receipt
        )
        return answer(outcome, response)

    return (router,)


def _reading(router: APIRouter, runtime: Runtime) -> None:
    @router.get("")
    async def notices(person: Caller, asked: Annotated[Asked, Depends()]) -> responses.Notices:
        """One's own, newest first; an auditor or a service asks for others by person or route."""
        rows = await queries.notices(runtime.store, which(person, asked))
        return responses.page(rows, asked.limit)

    @router.get("/{id}")
    async def notice(id: UUID, person: Caller, response: Response) -> responses.Notice:
        """One notice, with its version as the ETag."""
        row = await queries.one(runtime.store, id)
        if row is None or not readable(person, row):
            raise NotFound
        response.headers["ETag"] = etag(row["version"])
        return responses.notice(row)


def which(person: Person, asked: Asked) -> queries.Wanted:
    """Without a person or a route one's own are meant; Forbidden when others' are not the reader's business."""
    places = access.readable_places(person)
    if asked.person not in (None, person.id) and not places:
        raise Forbidden
    others = bool(places) and (asked.person is not None or asked.route is not None)
    try:
        before = responses.place_of(asked.after) if asked.after else None
    except ValueError as error:
        raise MalformedRequest from error
    return queries.Wanted(
        recipient=asked.person if others else person.id,
        route=asked.route,
        before=before,
        unread=asked.unread,
        reader=person.id,
        places=places if others else (),
        limit=asked.limit + 1,
    )


def readable(person: Person, row: Any) -> bool:
    if row["recipient_id"] == person.id:
        return True
    places = access.readable_places(person)
    return any(m in ("", row["municipality"]) and s in ("", row["school"]) for m, s in places)
