"""Invitations: a school issues them, whoever shows the secret registers or sets a password."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.people import access, queries
from services.people.categories import INVITATIONS, PERSONS
from services.people.codes import Codes, digest
from services.people.domain import invitation
from services.people.domain.invitation import InvitationUnknown, Open
from services.people.domain.person import cabinet, facts
from services.people.domain.person.roles import PersonUnknown
from services.people.register import EmailTaken, Register
from shared.domain import Refusal
from shared.http.commands import Wanted, traceparent
from shared.http.problems import Forbidden, NotFound, trace_id
from shared.http.tokens import Grant as Held
from shared.store.execute import Outcome
from shared.store.types import Context


class AddressNeeded(Refusal):
    """The invitation was handed over as a code: who registers names their address."""

    clause = "3.1.3"


class InvitedAtAnotherAddress(Refusal):
    """The invitation was sent to an address, and its owner registers with that one."""

    clause = "3.1.3"


class Inviting:
    """`lasting` is how long an invitation may be used."""

    def __init__(self, register: Register, codes: Codes, lasting: timedelta, clock: Callable[[], datetime]) -> None:
        self._register = register
        self._codes = codes
        self._lasting = lasting
        self._clock = clock

    async def invite(
        self, school: str, roles: tuple[str, ...], email: str | None, envelope: Wanted
    ) -> tuple[Outcome[invitation.State], str | None]:
        """The code is told where there is no address that it is sent to."""
        place = await self._register.known_organisation("school", school)
        held = access.leading(envelope.person, invitation.Invite, place.parent, school)
        if not all(access.gives(held, role) for role in roles):
            raise Forbidden
        id = envelope.new_id("invitation")
        offered = tuple(
            facts.Held(grant=facts.Grant(role=role, municipality=place.parent, school=school))
            for role in dict.fromkeys(roles)
        )
        if email and await self._register.credentials.owner(email) is not None:
            raise EmailTaken
        command = self._command(
            id, "registration", envelope, person=envelope.new_id("person"), roles=offered, email=email
        )
        command = replace(command, municipality=place.parent, school=school)
        outcome = await self._run(id, command, envelope, held)
        return outcome, None if email else self._codes.of(id)

    async def invite_known(self, person: UUID, envelope: Wanted) -> Outcome[invitation.State]:
        """Somebody who is registered gets a letter that lets them set a password."""
        held, known = await self._register.acting_on(person, invitation.Invite, envelope)
        if known.about.email.text is None:
            raise PersonUnknown
        id = envelope.new_id("invitation")
        command = self._command(id, "password", envelope, person=person, roles=(), email=known.about.email.text)
        command = replace(command, municipality=known.about.municipality, school=known.about.school)
        return await self._run(id, command, envelope, held)

    def _command(self, id: UUID, purpose: invitation.Purpose, envelope: Wanted, **who: Any) -> invitation.Invite:
        return invitation.Invite(
            purpose=purpose,
            municipality=None,
            school=None,
            digest=self._codes.digest_of(id),
            expires_at=envelope.at + self._lasting,
            at=envelope.at,
            **who,
        )

    async def revoke(self, id: UUID, envelope: Wanted) -> Outcome[invitation.State]:
        state, _ = await self._register.executor.state(INVITATIONS, id)
        if isinstance(state, invitation.NotIssued):
            raise NotFound
        issued = state.issued
        command = invitation.RevokeInvitation(at=envelope.at)
        held = access.granted(envelope.person, type(command), issued.municipality, issued.school)
        if held is None:
            raise NotFound  # who does not keep this school's staff knows of no invitation
        return await self._run(id, command, envelope, held)

    async def shown(self, code: str) -> tuple[UUID, Open]:
        """The open invitation of this secret; refuses any other, with the reason."""
        id = await queries.invitation_of(self._register.store, digest(code))
        if id is None:
            raise InvitationUnknown
        state, _ = await self._register.executor.state(INVITATIONS, id)
        invitation.usable(state, self._clock())
        assert isinstance(state, Open)  # noqa: S101 - what is usable is open
        return id, state

    async def register(
        self, code: str, about: Callable[[str], facts.Details], email: str | None, password: str
    ) -> UUID:
        """Everything of it may be repeated: a try that was broken off is completed by the same request."""
        id, found = await self.shown(code)
        issued = found.issued
        if issued.purpose != "registration":
            raise InvitationUnknown
        details = about(self._address(issued, email))
        if await self._register.credentials.owner(details.email) not in (None, issued.person):
            raise EmailTaken
        command = cabinet.RegisterWithRoles(
            person=issued.person,
            details=details,
            municipality=issued.municipality,
            school=issued.school,
            roles=issued.roles,
            at=self._clock(),
        )
        state, _ = await self._register.executor.state(PERSONS, issued.person)
        if isinstance(state, facts.Nobody):
            await self._begin(id, issued.person, f"{details!r} {password}")
            if not await self._register.credentials.claim_invited(details.email, issued.person, password):
                raise EmailTaken
        await self._as_invited(PERSONS, issued.person, command, issued.person)
        await self._finish(id, issued.person)
        return issued.person

    async def set_password(self, code: str, password: str) -> UUID:
        id, found = await self.shown(code)
        person = found.issued.person
        if found.issued.purpose != "password":
            raise InvitationUnknown
        await self._begin(id, person, password)
        if not await self._register.credentials.set_password(person, password):
            raise PersonUnknown
        await self._as_invited(PERSONS, person, cabinet.ChangePassword(at=self._clock()), person)
        await self._finish(id, person)
        return person

    @staticmethod
    def _address(issued: invitation.InvitationIssued, email: str | None) -> str:
        invited = issued.email.text if issued.email else None
        if invited is None and email is None:
            raise AddressNeeded
        if invited and email and invited.casefold() != email.casefold():
            raise InvitedAtAnotherAddress
        return invited or email or ""

    async def _begin(self, id: UUID, person: UUID, request: str) -> None:
        told = self._register.credentials.fingerprint(request.encode()).hex()
        await self._as_invited(INVITATIONS, id, invitation.Begin(request=told, at=self._clock()), person)

    async def _finish(self, id: UUID, person: UUID) -> None:
        await self._as_invited(INVITATIONS, id, invitation.Finish(at=self._clock()), person)

    async def _as_invited(self, category: Any, id: UUID, command: Any, person: UUID) -> None:
        """By the right of whoever shows the secret: there is no access token yet."""
        context = Context(
            actor=person,
            role="invited",
            scope="own",
            command=uuid4(),
            command_name=type(command).__name__,
            causation=None,
            correlation=trace_id(),
            trace=traceparent(),
            occurred_at=self._clock(),
        )
        await self._register.executor.execute(category, id, command, context)

    async def _run(
        self, id: UUID, command: invitation.Command, envelope: Wanted, held: Held | None
    ) -> Outcome[invitation.State]:
        return await self._register.executor.execute(
            INVITATIONS,
            id,
            command,
            envelope.context(command, held),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )
