"""Delivers one notice: at most once, whoever dies in the middle.

Until `SendingStarted` is a fact nothing has been handed over, and another attempt is safe. From then on only the one
who holds the attempt knows; if that process is gone, the notice is in doubt and is never sent again.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from services.notifications.categories import ADDRESSEES, NOTICES
from services.notifications.desk import Desk
from services.notifications.domain.addressee import Addressee as Consenting
from services.notifications.domain.notice import (
    AlreadyClosed,
    BeingSent,
    ConfirmSent,
    Delivered,
    Delivery,
    Doubt,
    GiveUp,
    Pending,
    PutOff,
    Sending,
    StartSending,
    Suppress,
)
from services.notifications.letter import Addressee, Stationery, write
from services.notifications.people import Directory, Entry
from shared.http.directory import PersonUnreadable
from shared.mail.letter import Letter, UnfitAddress
from shared.mail.post import No, Post, Unanswered
from shared.store.types import StoreUnavailable

PATIENCE: Final = timedelta(days=3)  # how long a notice waits for somebody people does not know, or has no address of
FAREWELL: Final = 4.0  # seconds a leaving process gives to the letter in its hands

log = logging.getLogger(__name__)


class NotYet(Exception):
    """People answers, and gives no address for this person: later it may."""


class Courier:
    def __init__(self, desk: Desk, directory: Directory, post: Post, stationery: Stationery) -> None:
        self._desk, self._directory, self._post, self._stationery = desk, directory, post, stationery

    async def deliver(self, id: UUID) -> bool:
        """Whether this call sent it; raises NotYet, DirectoryUnavailable or ServerAway when it must wait."""
        state = await self._desk.state(NOTICES, id)
        if not isinstance(state, Pending) or await self._withdrawn(id, state.notice.recipient):
            return False
        if state.not_before > self._desk.clock():
            return False
        letter = await self._letter(id, state)
        if letter is None or not await self._announced(id, letter):
            return False
        # From here a cancelled task finishes what it began, or a clean stop would leave doubts behind.
        handing = asyncio.create_task(self._hand_over(id, letter))
        try:
            return await asyncio.shield(handing)
        except asyncio.CancelledError:
            await asyncio.wait({handing}, timeout=FAREWELL)
            raise

    async def judge(self, id: UUID) -> bool:
        """Call a sending that nobody finished in doubt; if its sender lives after all, their word still counts."""
        state = await self._desk.state(NOTICES, id)
        if not isinstance(state, Sending):
            return False
        return await self._settled(id, Doubt(attempt=state.attempt, at=self._desk.clock()))

    async def _withdrawn(self, id: UUID, recipient: UUID) -> bool:
        """Suppresses the notice at once when it was heard that consent is withdrawn, whether people answers or not."""
        consent = await self._desk.state(ADDRESSEES, recipient)
        if not isinstance(consent, Consenting) or consent.consents:
            return False
        await self._suppress(id, "consent_withdrawn")
        return True

    async def _letter(self, id: UUID, state: Pending) -> Letter | None:
        try:
            entry = await self._directory.person(state.notice.recipient)
        except PersonUnreadable as error:
            raise NotYet(str(error)) from error
        if entry is not None and not entry.consented:  # withdrawn and not heard yet, or never given
            await self._suppress(id, "no_consent")
            return None
        if entry is None or not entry.email:
            await self._wait_or_suppress(id, state, entry)
            return None
        to = Addressee(name=entry.name, email=entry.email)
        try:
            return write(id, state.notice.matter, to, self._stationery, self._desk.clock())
        except UnfitAddress:
            await self._settled(id, GiveUp(attempt=None, reason="address_unfit", at=self._desk.clock()))
            return None

    async def _wait_or_suppress(self, id: UUID, state: Pending, entry: Entry | None) -> None:
        reason = "no_address" if entry else "unknown_person"
        if self._desk.clock() - state.notice.planned_at < PATIENCE:
            raise NotYet(reason)
        await self._suppress(id, reason)

    async def _suppress(self, id: UUID, reason: str) -> None:
        await self._settled(id, Suppress(reason=reason, at=self._desk.clock()))

    async def _announced(self, id: UUID, letter: Letter) -> bool:
        """Whether the server takes mail for this recipient."""
        try:
            await self._post.announce(letter)
        except No as no:
            await self._settled(id, self._refused(None, no))
            return False
        return True

    async def _hand_over(self, id: UUID, letter: Letter) -> bool:
        attempt = uuid4()
        if not await self._started(id, attempt):
            await self._post.leave()
            return False
        at = self._desk.clock
        try:
            await self._post.hand_over(letter)
        except No as no:
            return await self._insisted(id, self._refused(attempt, no))
        except Unanswered:
            log.warning("notice %s was handed over and the mail server did not answer", id)
            return await self._insisted(id, Doubt(attempt=attempt, at=at()))
        return await self._insisted(id, ConfirmSent(attempt=attempt, at=at()))

    async def _started(self, id: UUID, attempt: UUID) -> bool:
        """Whether this attempt is the one that sends; the fact is the claim, so of two processes one gets it."""
        try:
            outcome = await self._desk.do(NOTICES, id, StartSending(attempt=attempt, at=self._desk.clock()))
        except (BeingSent, AlreadyClosed):
            return False
        except (StoreUnavailable, OSError):
            # The fact may stand. Nothing was handed over, and only this process knows.
            await self._insisted(id, PutOff(attempt=attempt, reason="store_unavailable", at=self._desk.clock()))
            return False
        return isinstance(outcome.state, Sending) and outcome.state.attempt == attempt

    def _refused(self, attempt: UUID | None, no: No) -> PutOff | GiveUp:
        kind = GiveUp if no.lasting else PutOff
        return kind(attempt=attempt, reason=no.reason, at=self._desk.clock())

    async def _settled(self, id: UUID, command: Delivery) -> bool:
        """Whether it was recorded; False when another process decided first, which is as good."""
        try:
            return bool((await self._desk.do(NOTICES, id, command)).facts)
        except (BeingSent, AlreadyClosed):
            return False

    async def _insisted(self, id: UUID, command: Delivery) -> bool:
        try:
            return isinstance((await self._desk.insist(NOTICES, id, command)).state, Delivered)
        except (BeingSent, AlreadyClosed) as refusal:
            log.error("notice %s: %s came too late (%s)", id, type(command).__name__, type(refusal).__name__)
            return False
