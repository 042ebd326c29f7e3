"""Commands on local acts (pp. 2.8.3, 4.1), and who may read them."""

from collections.abc import Callable
from datetime import date
from typing import Literal
from uuid import UUID

from services.people import access
from services.people.categories import ACTS
from services.people.domain import act
from services.people.filing import Files, examined
from services.people.register import Register
from shared.http.commands import Wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Person
from shared.store.execute import Executor, Outcome


class Acts:
    """The school's documents."""

    def __init__(self, register: Register, executor: Executor, files: Files, today: Callable[[], date]) -> None:
        self._register = register
        self._executor = executor
        self._files = files
        self._today = today

    async def add(
        self, school: str, number: str, day: date, title: str, kind: act.Kind, content: bytes, envelope: Wanted
    ) -> Outcome[act.State]:
        place = await self._register.known_organisation("school", school)
        held = access.leading(envelope.person, act.RegisterAct, place.parent, school)
        id, file = act.act_id(school, number, day), examined(content)
        command = act.RegisterAct(
            act=id,
            municipality=place.parent or "",
            school=school,
            number=number,
            day=day,
            title=title,
            kind=kind,
            file=file,
            today=self._today(),
            at=envelope.at,
        )
        act.act.decide(command, (await self._executor.state(ACTS, id))[0])  # or a refused act would leave its bytes
        await self._files.keep(id, file, content)
        return await self._executor.execute(
            ACTS,
            id,
            command,
            envelope.context(command, held),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )

    async def end(
        self, id: UUID, how: Literal["replaced", "cancelled"], by: UUID, envelope: Wanted
    ) -> Outcome[act.State]:
        known, _ = await self.known(id, envelope.person)
        registered = known.registered
        held = access.granted(envelope.person, act.EndAct, registered.municipality, registered.school)
        if held is None:
            raise Forbidden
        later, _ = await self._executor.state(ACTS, by)
        act.basis(later, registered.school)
        assert isinstance(later, act.Act)  # noqa: S101 - what may be a basis is there
        command = act.EndAct(
            how=how, by=by, by_school=later.registered.school, by_day=later.registered.day, at=envelope.at
        )
        return await self._executor.execute(
            ACTS,
            id,
            command,
            envelope.context(command, held),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )

    async def known(self, id: UUID, reader: Person) -> tuple[act.Act, int]:
        """Raises NotFound for an act of a school the reader has no part in."""
        state, version = await self._executor.state(ACTS, id)
        if not isinstance(state, act.Act):
            raise NotFound
        place = state.registered.municipality, state.registered.school
        if not access.may_read_school(reader, access.SCHOOL_READERS, *place):
            raise NotFound
        return state, version

    async def content(self, id: UUID, reader: Person) -> tuple[act.File, bytes]:
        known, _ = await self.known(id, reader)
        file = known.registered.file
        found = await self._files.find(id, file)
        if found is None:
            raise NotFound
        return file, found
