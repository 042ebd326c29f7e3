"""The cabinet (p. 3.1.3): one's own details, consents, address and password."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.people import mailing
from services.people.categories import PERSONS
from services.people.codes import Codes, digest
from services.people.documents import Library
from services.people.domain.person import cabinet, consents, decider, facts
from services.people.register import EmailTaken, Register
from shared.domain import Refusal
from shared.http.commands import Wanted
from shared.http.problems import KeyMissing, TryLater
from shared.mail.letter import UnfitAddress
from shared.mail.post import No, ServerAway, Unanswered
from shared.store.execute import Outcome

EMAIL_CODE_LASTS = timedelta(hours=24)


class WrongPassword(Refusal):
    """This is not the password of the person who asks."""

    clause = "3.1.3"


class AddressRefused(Refusal):
    """The mail server does not take letters for this address."""

    clause = "3.1.3"


class Cabinet:
    """What a person does with what is known of them."""

    def __init__(self, register: Register, library: Library, codes: Codes, desk: mailing.Desk) -> None:
        self._register = register
        self._library = library
        self._codes = codes
        self._desk = desk

    async def change(self, id: UUID, changes: Mapping[str, Any], envelope: Wanted) -> Outcome[facts.State]:
        held, _ = await self._register.acting_on(id, cabinet.ChangeDetails, envelope)
        command = cabinet.ChangeDetails(person=id, changes=changes, at=envelope.at)
        return await self._register.run(id, command, envelope, held)

    async def consent(self, id: UUID, kind: str, document: str, envelope: Wanted) -> Outcome[facts.State]:
        """Only to the text that is published now; its hash tells that it was the one that was shown."""
        await self._register.acting_on(id, consents.GiveConsent, envelope)
        shown = self._library.shown(kind, document, self._register.today())
        command = consents.GiveConsent(document=document, kind=kind, version=shown.version, at=envelope.at)
        return await self._register.run(id, command, envelope, None)

    async def withdraw(self, id: UUID, kind: str, envelope: Wanted) -> Outcome[facts.State]:
        await self._register.acting_on(id, consents.WithdrawConsent, envelope)
        return await self._register.run(id, consents.WithdrawConsent(kind=kind, at=envelope.at), envelope, None)

    async def new_password(self, old: str, new: str, envelope: Wanted) -> Outcome[facts.State]:
        """A repeat finds the new password set: it then only writes the fact that may be missing."""
        id, credentials = envelope.person.id, self._register.credentials
        await self._register.acting_on(id, cabinet.ChangePassword, envelope)
        if not await credentials.is_password_of(id, old):
            sealed = self._register.sealed(envelope)
            done = sealed.receipt and await self._register.store.receipt(sealed.receipt[0])
            if not done and not await credentials.is_password_of(id, new):
                raise WrongPassword
        else:
            await credentials.set_password(id, new)
        command = cabinet.ChangePassword(at=envelope.at)
        return await self._register.run(id, command, self._register.sealed(envelope), None)

    async def ask_email(self, email: str, password: str, envelope: Wanted) -> Outcome[facts.State]:
        """Sends a secret to the new address; while the mail server is away the same request may be repeated."""
        id, credentials = envelope.person.id, self._register.credentials
        await self._register.acting_on(id, cabinet.AskEmailChange, envelope)
        if not await credentials.is_password_of(id, password):
            raise WrongPassword
        if await credentials.owner(email) not in (None, id):
            raise EmailTaken
        if envelope.receipt is None:
            raise KeyMissing
        letter = envelope.new_id("email")
        command = cabinet.AskEmailChange(
            person=id,
            email=email,
            digest=self._codes.digest_of(letter),
            expires_at=envelope.at + EMAIL_CODE_LASTS,
            at=envelope.at,
        )
        outcome = await self._register.run(id, command, self._register.sealed(envelope), None)
        await self._send(letter, email, envelope)
        return outcome

    async def _send(self, letter: UUID, email: str, envelope: Wanted) -> None:
        try:
            await self._desk.send(mailing.email_code(letter, email, self._codes.of(letter), envelope.at))
        except (ServerAway, Unanswered) as fault:
            raise TryLater from fault
        except (No, UnfitAddress) as fault:
            raise AddressRefused from fault

    async def confirm_email(self, code: str, envelope: Wanted) -> Outcome[facts.State]:
        """The address is moved before the fact, since it must be unique; a repeat completes what was broken off."""
        id = envelope.person.id
        await self._register.acting_on(id, cabinet.ConfirmEmail, envelope)
        command = cabinet.ConfirmEmail(digest=digest(code), at=envelope.at)
        sealed = self._register.sealed(envelope)
        if sealed.receipt is None or await self._register.store.receipt(sealed.receipt[0]) is None:
            await self._move(id, command)
        return await self._register.run(id, command, sealed, None)

    async def _move(self, id: UUID, command: cabinet.ConfirmEmail) -> None:
        state, _ = await self._register.executor.state(PERSONS, id)
        decider.decide(command, state)  # a wrong code moves nothing
        asked = state.asked if isinstance(state, facts.Person) else None
        email = asked.email.text if asked else None
        if email and not await self._register.credentials.move(id, email):
            raise EmailTaken
