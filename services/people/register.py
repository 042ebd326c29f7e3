"""Commands of people, from the caller's wish to the stream: registering, granting, consenting."""

import logging
from dataclasses import replace
from uuid import UUID, uuid5

from services.people import access
from services.people.categories import ORGANISATIONS, PERSONS
from services.people.credentials import Credentials
from services.people.domain import organisation, person
from services.people.domain.organisation import NAMES, OrganisationUnknown, organisation_id
from shared.domain import Refusal
from shared.http.commands import Wanted
from shared.http.problems import Forbidden, KeyMissing, NotFound
from shared.http.tokens import Grant as Held
from shared.store.execute import Executor, Outcome
from shared.store.types import Context, KeyReused, Store

log = logging.getLogger(__name__)


class EmailTaken(Refusal):
    """The e-mail address belongs to another person."""

    clause = "3.1.3"


class OwnAdministration(Refusal):
    """An administrator does not withdraw their own administration: somebody must be left to give it again."""

    clause = "3.1.3"


class Register:
    """What the addresses share."""

    def __init__(self, store: Store, executor: Executor, credentials: Credentials) -> None:
        self._store = store
        self._executor = executor
        self._credentials = credentials

    async def add_organisation(
        self, command: organisation.RegisterOrganisation, envelope: Wanted
    ) -> Outcome[organisation.State]:
        held = access.administrator(envelope.person)
        if command.kind == "school" and command.parent:
            await self.known_organisation("municipality", command.parent)
        return await self._executor.execute(
            ORGANISATIONS,
            organisation_id(command.kind, command.code),
            command,
            envelope.context(command, held),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )

    async def known_organisation(self, kind: organisation.Kind, code: str) -> organisation.Organisation:
        state, _ = await self._executor.state(ORGANISATIONS, organisation_id(kind, code))
        if not isinstance(state, organisation.Organisation):
            raise OrganisationUnknown
        return state

    async def add_person(
        self, details: person.Details, school: str | None, password: str, envelope: Wanted
    ) -> Outcome[person.State]:
        held = access.leading(envelope.person, school)
        municipality = (await self.known_organisation("school", school)).parent if school else None
        sealed = self._sealed(envelope)
        id = await self._new_person(sealed)
        if not await self._credentials.claim(details.email, id, password):
            raise EmailTaken
        command = person.Register(person=id, details=details, municipality=municipality, school=school, at=envelope.at)
        return await self._run(id, command, sealed, held)

    async def grant(self, id: UUID, wish: person.Grant, envelope: Wanted) -> Outcome[person.State]:
        held, grant = await self._allowed(id, wish, envelope)
        return await self._run(id, person.GrantRole(grant=grant, at=envelope.at), envelope, held)

    async def revoke(self, id: UUID, wish: person.Grant, envelope: Wanted) -> Outcome[person.State]:
        """Tokens that say otherwise end within a quarter of an hour."""
        held, grant = await self._allowed(id, wish, envelope)
        if grant.role == "administrator" and envelope.person.id == id:
            raise OwnAdministration
        return await self._run(id, person.RevokeRole(grant=grant, at=envelope.at), envelope, held)

    async def _allowed(self, id: UUID, wish: person.Grant, envelope: Wanted) -> tuple[Held, person.Grant]:
        """By what right the caller decides on this role of this person, and the role with its whole place."""
        held = access.granting(envelope.person, wish)
        known = await self.known_person(id)
        if held.role != "administrator" and known.about.school != wish.school:
            raise NotFound
        if wish.school:
            school = await self.known_organisation("school", wish.school)
            if wish.municipality not in (None, school.parent):
                raise OrganisationUnknown
            wish = replace(wish, municipality=school.parent)
        elif wish.municipality:
            await self.known_organisation("municipality", wish.municipality)
        return held, wish

    async def own(self, id: UUID, command: person.Command, envelope: Wanted) -> Outcome[person.State]:
        """A command only the person themselves may give."""
        if envelope.person.id != id:
            known = await self.known_person(id)
            raise Forbidden if access.may_read(envelope.person, id, known) else NotFound
        return await self._run(id, command, envelope, None)

    async def known_person(self, id: UUID) -> person.Person:
        state, _ = await self._executor.state(PERSONS, id)
        if not isinstance(state, person.Person):
            raise NotFound
        return state

    async def first_administrator(self, details: person.Details, password: str, context: Context) -> None:
        """Make sure there was one: what others decided on this person since, and their password, stays."""
        id, at = uuid5(NAMES, self._credentials.mark(details.email).hex()), context.occurred_at
        if not await self._credentials.claim(details.email, id, password):
            log.warning("the first administrator's address is another person's, who keeps it")
            return
        _, version = await self._executor.state(PERSONS, id)
        if version == 0:
            registered = person.Register(person=id, details=details, municipality=None, school=None, at=at)
            await self._executor.execute(PERSONS, id, registered, context)
        if version <= 1:
            grant = person.Grant(role="administrator", municipality=None, school=None)
            await self._executor.execute(PERSONS, id, person.GrantRole(grant=grant, at=at), context)

    async def _new_person(self, sealed: Wanted) -> UUID:
        """The same for the same request, and another one for another: a claim then never mixes two requests."""
        if sealed.receipt is None:
            raise KeyMissing
        key, fingerprint = sealed.receipt
        used = await self._store.receipt(key)
        if used is not None and used.fingerprint != fingerprint:
            raise KeyReused
        return sealed.new_id(f"person {fingerprint.hex()}")

    def _sealed(self, envelope: Wanted) -> Wanted:
        """The envelope with a fingerprint that does not let a kept receipt be tried against guessed passwords."""
        if envelope.receipt is None:
            return envelope
        key, fingerprint = envelope.receipt
        return replace(envelope, receipt=(key, self._credentials.fingerprint(fingerprint)))

    async def _run(
        self, id: UUID, command: person.Command, envelope: Wanted, held: Held | None
    ) -> Outcome[person.State]:
        return await self._executor.execute(
            PERSONS,
            id,
            command,
            envelope.context(command, held),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )
