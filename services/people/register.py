"""Commands on organisations, persons and their roles, from the caller's wish to the stream."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

from services.people import access
from services.people.categories import ACTS, ORGANISATIONS, PERSONS
from services.people.credentials import Credentials
from services.people.domain import act, organisation
from services.people.domain.organisation import NAMES, OrganisationUnknown, organisation_id
from services.people.domain.person import cabinet, decider, facts, roles
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
    """What the addresses share. `today` is the day in the school's time zone."""

    def __init__(self, store: Store, executor: Executor, credentials: Credentials, today: Callable[[], date]) -> None:
        self.store = store
        self.executor = executor
        self.credentials = credentials
        self.today = today

    async def add_organisation(
        self, command: organisation.RegisterOrganisation, envelope: Wanted
    ) -> Outcome[organisation.State]:
        held = access.leading(envelope.person, type(command), None, None)
        if command.kind == "school" and command.parent:
            await self.known_organisation("municipality", command.parent)
        return await self._run_place(organisation_id(command.kind, command.code), command, envelope, held)

    async def rename_organisation(
        self, kind: organisation.Kind, code: str, name: str, envelope: Wanted
    ) -> Outcome[organisation.State]:
        command = organisation.RenameOrganisation(name=name, at=envelope.at)
        held = access.leading(envelope.person, type(command), None, None)
        await self.known_organisation(kind, code)
        return await self._run_place(organisation_id(kind, code), command, envelope, held)

    async def known_organisation(self, kind: organisation.Kind, code: str) -> organisation.Organisation:
        state, _ = await self.executor.state(ORGANISATIONS, organisation_id(kind, code))
        if not isinstance(state, organisation.Organisation):
            raise OrganisationUnknown
        return state

    async def add_person(
        self, details: facts.Details, school: str | None, password: str, envelope: Wanted
    ) -> Outcome[facts.State]:
        municipality = (await self.known_organisation("school", school)).parent if school else None
        held = access.leading(envelope.person, cabinet.Register, municipality, school)
        sealed = self.sealed(envelope)
        id = await self._new_person(sealed)
        if not await self.credentials.claim(details.email, id, password):
            raise EmailTaken
        command = cabinet.Register(person=id, details=details, municipality=municipality, school=school, at=envelope.at)
        return await self.run(id, command, sealed, held)

    async def grant(
        self, id: UUID, wish: facts.Grant, period: facts.Period, basis: UUID | None, envelope: Wanted
    ) -> Outcome[facts.State]:
        held, grant = await self._deciding_on(id, wish, roles.GrantRole, envelope)
        if basis is not None:
            state, _ = await self.executor.state(ACTS, basis)
            act.basis(state, grant.school)
        command = roles.GrantRole(grant=grant, period=period, basis=basis, at=envelope.at)
        return await self.run(id, command, envelope, held)

    async def revoke(self, id: UUID, wish: facts.Grant, envelope: Wanted) -> Outcome[facts.State]:
        """Tokens that say otherwise end within a quarter of an hour."""
        held, grant = await self._deciding_on(id, wish, roles.RevokeRole, envelope)
        if grant.role == "administrator" and envelope.person.id == id:
            raise OwnAdministration
        return await self.run(id, roles.RevokeRole(grant=grant, at=envelope.at), envelope, held)

    async def transfer(
        self, id: UUID, school: str, wanted: tuple[str, ...], on: date, envelope: Wanted
    ) -> Outcome[facts.State]:
        """By the school that lets the person go, or an administrator."""
        held, _ = await self.acting_on(id, roles.Transfer, envelope)
        if held and not all(access.gives(held, role) for role in wanted):
            raise Forbidden
        municipality = (await self.known_organisation("school", school)).parent
        command = roles.Transfer(
            municipality=municipality, school=school, roles=wanted, on=on, today=self.today(), at=envelope.at
        )
        return await self.run(id, command, envelope, held)

    async def acting_on(self, id: UUID, command: type, envelope: Wanted) -> tuple[Held | None, facts.Person]:
        """By what right the caller commands on this person, None for themselves; and who the person is.

        Raises NotFound for a person the caller may not know of, Forbidden for one they may.
        """
        known = await self.known_person(id)
        if envelope.person.id == id and "self" in access.RULES[command].who:
            return None, known
        held = access.granted(envelope.person, command, known.about.municipality, known.about.school)
        if held is None:
            raise self._no(id, known, envelope)
        return held, known

    async def _deciding_on(
        self, id: UUID, wish: facts.Grant, command: type, envelope: Wanted
    ) -> tuple[Held, facts.Grant]:
        """By what right the caller decides on this role of this person, and the role with its whole place."""
        known = await self.known_person(id)
        grant = await self._placed(wish)
        held = access.granted(envelope.person, command, grant.municipality, grant.school)
        at_home = held is not None and (held.role == "administrator" or known.about.school == grant.school)
        if held is None or not at_home or not access.gives(held, grant.role):
            raise self._no(id, known, envelope)
        return held, grant

    def _no(self, id: UUID, known: facts.Person, envelope: Wanted) -> Exception:
        return Forbidden() if access.may_read(envelope.person, id, known, self.today()) else NotFound()

    async def _placed(self, wish: facts.Grant) -> facts.Grant:
        if wish.school:
            school = await self.known_organisation("school", wish.school)
            if wish.municipality not in (None, school.parent):
                raise OrganisationUnknown
            return replace(wish, municipality=school.parent)
        if wish.municipality:
            await self.known_organisation("municipality", wish.municipality)
        return wish

    async def known_person(self, id: UUID) -> facts.Person:
        state, _ = await self.executor.state(PERSONS, id)
        if not isinstance(state, facts.Person):
            raise NotFound
        return state

    async def first_administrator(self, details: facts.Details, password: str, context: Context) -> None:
        """Make sure there was one: what others decided on this person since, and their password, stays."""
        id, at = uuid5(NAMES, self.credentials.mark(details.email).hex()), context.occurred_at
        _, version = await self.executor.state(PERSONS, id)
        if version > 1:
            return  # their address may be another one by now
        if not await self.credentials.claim(details.email, id, password):
            log.warning("the first administrator's address is another person's, who keeps it")
            return
        if version == 0:
            registered = cabinet.Register(person=id, details=details, municipality=None, school=None, at=at)
            await self.executor.execute(PERSONS, id, registered, context)
        grant = facts.Grant(role="administrator", municipality=None, school=None)
        await self.executor.execute(PERSONS, id, roles.GrantRole(grant=grant, at=at), context)

    async def _new_person(self, sealed: Wanted) -> UUID:
        """The same for the same request, and another one for another: a claim then never mixes two requests."""
        if sealed.receipt is None:
            raise KeyMissing
        key, fingerprint = sealed.receipt
        used = await self.store.receipt(key)
        if used is not None and used.fingerprint != fingerprint:
            raise KeyReused
        return sealed.new_id(f"person {fingerprint.hex()}")

    def sealed(self, envelope: Wanted) -> Wanted:
        """The envelope with a fingerprint that does not let a kept receipt be tried against guessed passwords."""
        if envelope.receipt is None:
            return envelope
        key, fingerprint = envelope.receipt
        return replace(envelope, receipt=(key, self.credentials.fingerprint(fingerprint)))

    async def run(
        self, id: UUID, command: decider.Command, envelope: Wanted, held: Held | None
    ) -> Outcome[facts.State]:
        return await self.executor.execute(
            PERSONS,
            id,
            command,
            envelope.context(command, held),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )

    async def _run_place(
        self, id: UUID, command: organisation.Command, envelope: Wanted, held: Held
    ) -> Outcome[organisation.State]:
        return await self.executor.execute(
            ORGANISATIONS,
            id,
            command,
            envelope.context(command, held),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )
