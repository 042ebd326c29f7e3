"""Certificates over HTTP: the register for those in whose scope it is, and revocation."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.certificates import access, paper, queries, responses
from services.certificates.categories import CERTIFICATES
from services.certificates.domain.certificate import RULES, Awaiting, Nothing, Revoke, State, Valid, Void
from services.certificates.domain.number import is_number
from services.certificates.printing import Press
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Person
from shared.store.execute import Executor, Outcome
from shared.store.types import Store

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]


def well_formed(number: str) -> str:
    """A mistyped number is told at once, by its check digits, and not searched for in vain."""
    if not is_number(number):
        raise ValueError("the check digits do not fit")
    return number


class Revocation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class Certificates:
    """What the addresses below share: the store of this service and the rules of who may do what."""

    def __init__(self, store: Store, executor: Executor, press: Press) -> None:
        self._store, self._executor, self._press = store, executor, press

    async def list(self, wish: queries.Wish) -> responses.Certificates:
        rows = await queries.certificates(self._store, wish)
        shown = rows[: wish.limit]
        return responses.Certificates(
            items=[responses.certificate(row, self._press.address(row["code"])) for row in shown],
            next=shown[-1]["id"] if len(rows) > wish.limit else None,
        )

    async def show(self, id: UUID, reader: Person) -> responses.Certificate:
        row = await queries.one(self._store, id)
        if row is None or not access.may_read(reader, row["holder_id"], row["municipality"], row["school"]):
            raise NotFound
        return responses.certificate(row, self._press.address(row["code"]))

    async def pdf(self, id: UUID, reader: Person) -> tuple[str, bytes]:
        """The number and the bytes, as they were issued; raises when the bytes are not what the fact names."""
        state = await self._known(id, reader)
        document = state.document if isinstance(state, Valid | Void) else None
        if document is None:
            raise NotFound
        found = await queries.document(self._store, document.sha256)
        if found is None:
            raise NotFound  # destroyed with its holder's other data
        if paper.fingerprint(found) != document.sha256:
            raise RuntimeError(f"the kept bytes of certificate {id} are not those that were issued")
        return document.number, found

    async def revoke(self, id: UUID, reason: str, envelope: Wanted) -> Outcome[State]:
        state = await self._known(id, envelope.person)
        grounds = state.grounds
        grant = envelope.person.role_at(RULES[Revoke].who, grounds.municipality, grounds.school)
        if grant is None:
            raise Forbidden
        command = Revoke(reason=reason, at=envelope.at)
        context = envelope.context(command, grant)
        return await self._executor.execute(
            CERTIFICATES, id, command, context, expected=envelope.expected, receipt=envelope.receipt
        )

    async def _known(self, id: UUID, reader: Person) -> Awaiting | Valid | Void:
        state, _ = await self._executor.state(CERTIFICATES, id)
        if isinstance(state, Nothing):
            raise NotFound
        grounds = state.grounds
        if not access.may_read(reader, grounds.holder, grounds.municipality, grounds.school):
            raise NotFound
        return state


def router(of: Certificates) -> APIRouter:
    made = APIRouter(prefix="/certificates", tags=["certificates"])

    @made.get("")
    async def register(
        reader: Caller,
        route: UUID | None = None,
        holder: UUID | None = None,
        number: Annotated[str | None, AfterValidator(well_formed)] = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> responses.Certificates:
        """Own certificates, and those of the places the reader's roles cover."""
        places = reader.places(access.READERS)
        return await of.list(queries.Wish(route, holder, number, after, reader.id, places, limit))

    @made.get("/{id}")
    async def show(id: UUID, reader: Caller, response: Response) -> responses.Certificate:
        shown = await of.show(id, reader)
        response.headers["ETag"] = etag(shown.version)
        return shown

    @made.get("/{id}/pdf", response_class=Response, responses={HTTPStatus.OK: {"content": {paper.MEDIA_TYPE: {}}}})
    async def pdf(id: UUID, reader: Caller) -> Response:
        number, content = await of.pdf(id, reader)
        headers = {
            "Content-Disposition": f'attachment; filename="certificate-{number}.pdf"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(content, media_type=paper.MEDIA_TYPE, headers=headers)

    @made.post("/{id}/revocation")
    async def revoke(id: UUID, body: Revocation, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await of.revoke(id, body.reason, envelope), response)

    return made
