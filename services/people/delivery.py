"""Sends the letters of invitations, oldest first; one that the mail server does not take now is tried again."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from services.people import mailing, queries
from services.people.categories import INVITATIONS
from services.people.codes import Codes
from services.people.domain import invitation
from shared.domain import local_day
from shared.mail.letter import UnfitAddress
from shared.mail.post import No, ServerAway, Unanswered
from shared.store.execute import Executor
from shared.store.types import Context, Store
from shared.supervise import told

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
REST: Final = 1.0  # seconds between two looks for invitations
PUT_OFF: Final = timedelta(minutes=5)  # before a letter that was refused for now is tried again
WAIT: Final = 15.0  # seconds before a mail server that is away is tried again


class Delivery:
    """A letter is written anew from its invitation's id, so no secret waits anywhere; sent twice, it is the same."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        codes: Codes,
        desk: mailing.Desk,
        clock: Callable[[], datetime],
        zone: str,
    ) -> None:
        self._store = store
        self._executor = executor
        self._codes = codes
        self._desk = desk
        self._clock = clock
        self._zone = zone
        self._put_off: dict[UUID, datetime] = {}  # what the mail server did not take for now, and until when

    async def run(self) -> None:
        while True:
            try:
                sent = await self.round()
            except (ServerAway, Unanswered) as fault:
                log.warning("invitations wait: %s", told(fault))
                await asyncio.sleep(WAIT)
                continue
            if sent < AT_ONCE:
                await self._desk.leave()
                await asyncio.sleep(REST)

    async def round(self) -> int:
        """Send some of those that wait; how many met their fate. Raises ServerAway or Unanswered."""
        now = self._clock()
        self._put_off = {id: until for id, until in self._put_off.items() if until > now}
        waiting = await queries.letters_to_send(self._store, now, AT_ONCE, self._put_off)
        return sum([await self._send(id) for id in waiting])

    async def _send(self, id: UUID) -> bool:
        state, _ = await self._executor.state(INVITATIONS, id)
        if not isinstance(state, invitation.Open) or state.letter != "wanted":
            return False
        email = state.issued.email.text if state.issued.email else None
        if email is None:  # forgotten meanwhile
            await self._note(id, False)
            return True
        try:
            await self._desk.send(await self._letter(id, email, state.issued))
        except UnfitAddress:
            await self._note(id, False)
        except No as no:
            if not no.lasting:
                self._put_off[id] = self._clock() + PUT_OFF
                return False
            await self._note(id, False)
        else:
            await self._note(id, True)
        return True

    async def _letter(self, id: UUID, email: str, issued: invitation.InvitationIssued) -> mailing.Message:
        code, until = self._codes.of(id), f"{local_day(issued.expires_at, self._zone):%d.%m.%Y}"
        if issued.purpose == "password":
            return mailing.password(id, email, code, until, self._clock())
        school = await queries.name_of(self._store, "school", issued.school)
        return mailing.invitation(id, email, code, school or "", until, self._clock())

    async def _note(self, id: UUID, delivered: bool) -> None:
        command = invitation.NoteSent(delivered=delivered, at=self._clock())
        context = Context(
            actor=None,
            role="service",
            scope="service:people",
            command=uuid4(),
            command_name="NoteSent",
            causation=None,
            correlation="",
            occurred_at=self._clock(),
        )
        await self._executor.execute(INVITATIONS, id, command, context)
