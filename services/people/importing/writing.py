"""Writes a checked plan: organisations first, then the workers, many side by side; killed, it may be repeated.

Every row is its own person's append, so a repeat finds what is there and adds what is not. A row's digests are kept
after its facts: at worst it is compared once more.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from services.people.categories import INVITATIONS, ORGANISATIONS, PERSONS
from services.people.codes import Codes
from services.people.credentials import Credentials
from services.people.domain import invitation, organisation
from services.people.domain.organisation import NAMES, organisation_id
from services.people.domain.person import cabinet, facts, roles
from services.people.importing.checking import Plan, Planned
from services.people.importing.roster import Place, Role
from shared.domain import Refusal
from shared.http.commands import Wanted
from shared.http.problems import slug
from shared.http.tokens import Grant as Held
from shared.store.execute import Executor
from shared.store.keys import KeyRing
from shared.store.types import Category, Store

BATCH: Final = 500
SIDE_BY_SIDE: Final = 64
KEEP = """
INSERT INTO imported_rows (row_key, person_id, digests)
SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::bytea[]) ORDER BY 1
ON CONFLICT (row_key) DO UPDATE SET person_id = excluded.person_id, digests = excluded.digests
"""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Progress:
    """`refused` are rows that another change got in the way of, since they were checked: row -> reason."""

    total: int
    done: int = 0
    registered: int = 0
    changed: int = 0
    invited: int = 0
    refused: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    store: Store
    executor: Executor
    credentials: Credentials
    keys: KeyRing
    codes: Codes
    lasting: timedelta
    today: Callable[[], date]


class Writing:
    """One run over a plan, by the right of whoever sent the file."""

    def __init__(self, tools: Tools, envelope: Wanted, held: Held, *, inviting: bool) -> None:
        self._tools = tools
        self._envelope = envelope
        self._held = held
        self._inviting = inviting
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def run(self, plan: Plan) -> AsyncIterator[Progress]:
        """Tells the progress after each batch."""
        progress = Progress(total=len(plan.workers))
        municipalities = [place for place in plan.places if place.kind == "municipality"]
        schools = [place for place in plan.places if place.kind == "school"]
        for group in (municipalities, schools):  # a school's municipality is there before it
            for start in range(0, len(group), BATCH):
                async with asyncio.TaskGroup() as together:
                    for place in group[start : start + BATCH]:
                        together.create_task(self._place(place))
        for start in range(0, len(plan.workers), BATCH):
            batch = plan.workers[start : start + BATCH]
            await self._batch(batch, progress)
            progress.done += len(batch)
            yield progress

    async def _place(self, place: Place) -> None:
        id = organisation_id(place.kind, place.code)
        async with self._places:
            state, _ = await self._tools.executor.state(ORGANISATIONS, id)
            command: organisation.Command
            if isinstance(state, organisation.Organisation):
                command = organisation.RenameOrganisation(name=place.name, at=self._envelope.at)
            else:
                command = organisation.RegisterOrganisation(
                    kind=place.kind, code=place.code, name=place.name, parent=place.parent, at=self._envelope.at
                )
            await self._execute(ORGANISATIONS, id, command)

    async def _batch(self, batch: Sequence[Planned], progress: Progress) -> None:
        """What many rows need is fetched for all of them at once: addresses, keys, and in the end the digests."""
        tools = self._tools
        await tools.credentials.claim_many([(each.mark, each.person) for each in batch if not each.registered])
        owners = {each.email: each for each in await tools.credentials.owners([each.mark for each in batch])}
        await tools.keys.for_sealing([each.person for each in batch])
        written: list[Planned] = []

        async def one(planned: Planned) -> None:
            owner = owners.get(planned.mark)
            async with self._places:
                try:
                    if not planned.registered and (owner is None or owner.person != planned.person):
                        raise EmailTakenMeanwhile
                    await self._worker(planned, progress)
                except Refusal as no:
                    where = planned.worker.where
                    progress.refused.append((where.file, where.row, slug(type(no))))
                else:
                    written.append(planned)

        async with asyncio.TaskGroup() as together:  # who is cut off leaves nothing running behind
            for each in batch:
                together.create_task(one(each))
        keys, persons = [each.row_key for each in written], [each.person for each in written]
        await tools.store.fetch(KEEP, keys, persons, [each.digests for each in written])

    async def _worker(self, planned: Planned, progress: Progress) -> None:
        if planned.registered or not await self._register(planned):
            changed = await self._change(planned)
            progress.changed += changed  # counted after the wait, or others' counts of meanwhile were lost
        else:
            progress.registered += 1
        if self._inviting and not planned.invited:
            invited = await self._invite(planned)
            progress.invited += invited

    async def _register(self, planned: Planned) -> bool:
        """False for somebody whom a run that was broken off has registered."""
        worker = planned.worker
        command = cabinet.RegisterWithRoles(
            person=planned.person,
            details=worker.details,
            municipality=worker.municipality,
            school=worker.school,
            roles=tuple(
                facts.Held(grant=grant_of(each), period=facts.Period(since=each.since, until=each.until))
                for each in worker.roles
                if not each.gone
            ),
            at=self._envelope.at,
        )
        try:
            outcome = await self._tools.executor.execute(
                PERSONS, planned.person, command, self._envelope.context(command, self._held)
            )
        except cabinet.PersonRegisteredOtherwise:
            return False
        return bool(outcome.facts)

    async def _change(self, planned: Planned) -> bool:
        """Only the fields that differ in the file since its last import; whether anything was different here too."""
        state, version = await self._tools.executor.state(PERSONS, planned.person)
        if not isinstance(state, facts.Person):
            return await self._register(planned)
        cabinet.remembered(state)
        worker, id, at = planned.worker, planned.person, self._envelope.at
        if "email" in planned.changed:
            await self._change_email(planned, state)
        names = planned.changed & set(facts.ABOUT)
        if names:
            changes = {name: getattr(worker.details, name) for name in names}
            await self._execute(PERSONS, id, cabinet.ChangeDetails(person=id, changes=changes, at=at))
        if planned.changed & {"school", "roles"}:
            await self._change_roles(planned, state)
        _, now = await self._tools.executor.state(PERSONS, id)
        return now > version

    async def _change_email(self, planned: Planned, state: facts.Person) -> None:
        """It is moved before the fact, since it must be unique; the address of the file counts as confirmed."""
        email = planned.worker.details.email
        if state.about.email.text == email:
            return
        if not await self._tools.credentials.move(planned.person, email):
            raise EmailTakenMeanwhile
        command = cabinet.ReplaceEmail(person=planned.person, email=email, at=self._envelope.at)
        await self._execute(PERSONS, planned.person, command)
        await self._take_back(planned.person, state.about.email.text or "")

    async def _take_back(self, person: UUID, email: str) -> None:
        """Whoever got the letter at the old address sets no password any more."""
        id = self._invitation_to(person, self._tools.credentials.mark(email))
        state, _ = await self._tools.executor.state(INVITATIONS, id)
        if isinstance(state, invitation.Open):
            await self._execute(INVITATIONS, id, invitation.RevokeInvitation(at=self._envelope.at))

    @staticmethod
    def _invitation_to(person: UUID, mark: bytes) -> UUID:
        return uuid5(NAMES, f"invited {person} {mark.hex()}")

    async def _change_roles(self, planned: Planned, state: facts.Person) -> None:
        worker, today, at = planned.worker, self._tools.today(), self._envelope.at
        moved = bool(worker.school) and state.about.school != worker.school
        if moved and worker.school:
            move = roles.Transfer(
                municipality=worker.municipality, school=worker.school, roles=(), on=today, today=today, at=at
            )
            await self._execute(PERSONS, planned.person, move)
        for each in worker.roles:
            command = role_change(each, state, today, since=today if moved else None)
            if command is not None:
                await self._execute(PERSONS, planned.person, replace(command, at=at))

    async def _invite(self, planned: Planned) -> bool:
        """One for each imported person and address; who lost it gets another one from their school."""
        worker = planned.worker
        id = self._invitation_to(planned.person, planned.mark)
        command = invitation.Invite(
            purpose="password",
            person=planned.person,
            municipality=worker.municipality,
            school=worker.school,
            roles=(),
            email=worker.details.email,
            digest=self._tools.codes.digest_of(id),
            expires_at=self._envelope.at + self._tools.lasting,
            at=self._envelope.at,
        )
        try:
            outcome = await self._tools.executor.execute(
                INVITATIONS, id, command, self._envelope.context(command, self._held)
            )
        except invitation.InvitedOtherwise:
            return False
        return bool(outcome.facts)

    async def _execute(self, category: Category[Any, Any, Any], id: UUID, command: Any) -> None:
        await self._tools.executor.execute(category, id, command, self._envelope.context(command, self._held))


class EmailTakenMeanwhile(Refusal):
    """The address became another person's after the file was checked."""

    clause = "3.1.3"


def grant_of(role: Role) -> facts.Grant:
    return facts.Grant(role=role.role, municipality=role.municipality, school=role.school)


def role_change(
    role: Role, state: facts.Person, today: date, since: date | None
) -> roles.GrantRole | roles.RevokeRole | None:
    """What the file says of a role that is not so; a file without days leaves the days that were set here."""
    grant, at = grant_of(role), state.about.at
    if role.gone:
        return roles.RevokeRole(grant=grant, at=at)
    if role.since is None and role.until is None and grant in state.grants_on(today):
        return None
    return roles.GrantRole(grant=grant, period=facts.Period(since=role.since or since, until=role.until), at=at)
