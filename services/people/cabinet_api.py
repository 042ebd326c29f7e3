"""The cabinet over HTTP: details, consents and their texts, password and address."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.people import bodies, responses
from services.people.cabinet import Cabinet, WrongPassword
from services.people.calling import Envelope
from services.people.documents import Library
from services.people.domain.person.facts import PERSONAL_DATA
from services.people.throttle import Throttle
from services.people.wording import Code
from shared.http.commands import Wanted, answer
from shared.http.problems import TooManyTries


def consents_router(cabinet: Cabinet) -> APIRouter:
    made = APIRouter(tags=["cabinet"])

    @made.post("/persons/{id}/consent")
    async def consent(id: UUID, body: bodies.Consent, envelope: Envelope, response: Response) -> dict[str, Any]:
        """To the processing of personal data."""
        return answer(await cabinet.consent(id, PERSONAL_DATA, body.document_hash, envelope), response)

    @made.post("/persons/{id}/consent-withdrawal")
    async def consent_withdrawal(
        id: UUID, envelope: Envelope, response: Response, _: bodies.Nothing | None = None
    ) -> dict[str, Any]:
        return answer(await cabinet.withdraw(id, PERSONAL_DATA, envelope), response)

    @made.post("/persons/{id}/consents/{kind}")
    async def other_consent(
        id: UUID, kind: bodies.ConsentKind, body: bodies.Consent, envelope: Envelope, response: Response
    ) -> dict[str, Any]:
        return answer(await cabinet.consent(id, kind, body.document_hash, envelope), response)

    @made.post("/persons/{id}/consents/{kind}/withdrawal")
    async def other_withdrawal(
        id: UUID,
        kind: bodies.ConsentKind,
        envelope: Envelope,
        response: Response,
        _: bodies.Nothing | None = None,
    ) -> dict[str, Any]:
        return answer(await cabinet.withdraw(id, kind, envelope), response)

    return made


def router(cabinet: Cabinet, guesses: Throttle) -> APIRouter:
    made = APIRouter(tags=["cabinet"])

    @made.post("/persons/{id}/details")
    async def details(id: UUID, body: bodies.Changes, envelope: Envelope, response: Response) -> dict[str, Any]:
        """Only what is told changes; null empties a field. With If-Match nobody overwrites another's change."""
        return answer(await cabinet.change(id, body.told, envelope), response)

    @made.post("/me/password")
    async def password(body: bodies.NewPassword, envelope: Envelope, response: Response) -> dict[str, Any]:
        old, new = body.old.get_secret_value(), body.new.get_secret_value()
        async with guess(guesses, envelope):
            return answer(await cabinet.new_password(old, new, envelope), response)

    @made.post("/me/email")
    async def email(body: bodies.NewEmail, envelope: Envelope, response: Response) -> dict[str, Any]:
        """The new address gets a code; the old one serves until the code comes back."""
        async with guess(guesses, envelope):
            return answer(await cabinet.ask_email(body.email, body.password.get_secret_value(), envelope), response)

    @made.post("/me/email-confirmation")
    async def email_confirmation(body: bodies.EmailCode, envelope: Envelope, response: Response) -> dict[str, Any]:
        return answer(await cabinet.confirm_email(body.code.get_secret_value(), envelope), response)

    return made


@asynccontextmanager
async def guess(guesses: Throttle, envelope: Wanted) -> AsyncIterator[None]:
    """Counts wrong passwords of whoever is signed in; raises TooManyTries."""
    who = envelope.person.id.bytes
    if not guesses.allows(who):
        raise TooManyTries
    try:
        yield
    except WrongPassword:
        raise
    except BaseException:
        guesses.undo(who)
        raise
    else:
        guesses.forgive(who)


def texts_router(library: Library, today: Callable[[], date]) -> APIRouter:
    """Anybody may read what people are asked to consent to."""
    made = APIRouter(tags=["consents"])

    @made.get("/consents")
    async def consents() -> responses.ConsentTexts:
        """The texts that are in force today, one of each kind."""
        current = library.all_current(today())
        return responses.ConsentTexts(items=[responses.consent_text(each) for each in current])

    @made.get("/consents/{kind}")
    async def current(kind: bodies.ConsentKind) -> responses.ConsentText:
        return responses.consent_text(library.current(kind, today()))

    @made.get("/consents/{kind}/{version}")
    async def version(kind: bodies.ConsentKind, version: Code) -> responses.ConsentText:
        """Also one that has been replaced: somebody consented to it."""
        return responses.consent_text(library.version(kind, version, today()))

    return made
