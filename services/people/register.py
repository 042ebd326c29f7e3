"""Commands of people, from the caller's wish to the stream: registering, granting, consenting."""

from dataclasses import replace
from uuid import UUID, uuid5

from services.people import access
from services.people.categories import ORGANISATIONS, PERSONS
from services.people.credentials import Credentials
from services.people.domain import organisation, person
from services.people.domain.organisation import NAMES, OrganisationUnknown, organisation_id
from shared.domain import Refusal
from shared.http.commands import Wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Grant as Held
from shared.store.execute import Executor, Outcome
from shared.store.types import Context


class EmailTaken(Refusal):
    """The e-mail address belongs to another person."""

    clause = "3.1.3"


class Register:
    """What the addresses share."""

    def __init__(self, executor: Executor, credentials: Credentials) -> None:
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
        id = envelope.new_id("person")
        if not await self._credentials.claim(details.email, id, password):
            raise EmailTaken
        command = person.Register(person=id, details=details, municipality=municipality, school=school, at=envelope.at)
        return await self._run(id, command, self._sealed(envelope), held)

    async def grant(self, id: UUID, wish: person.Grant, envelope: Wanted) -> Outcome[person.State]:
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
        return await self._run(id, person.GrantRole(grant=wish, at=envelope.at), envelope, held)

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
        """Make sure there is one; silent when there is."""
        id = uuid5(NAMES, self._credentials.mark(details.email).hex())
        if not await self._credentials.claim(details.email, id, password):
            return  # somebody has registered under this address since, and keeps it
        if isinstance((await self._executor.state(PERSONS, id))[0], person.Nobody):
            registered = person.Register(
                person=id, details=details, municipality=None, school=None, at=context.occurred_at
            )
            await self._executor.execute(PERSONS, id, registered, context)
        grant = person.Grant(role="administrator", municipality=None, school=None)
        await self._executor.execute(PERSONS, id, person.GrantRole(grant=grant, at=context.occurred_at), context)

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
