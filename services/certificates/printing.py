"""The printer: it turns every grant into a paper, whenever the holder's name can be had.

It may be killed at any moment and started twice: the number comes from the register, where a certificate is entered
once; the bytes depend on facts only and are kept under their hash; and only the first `Issue` is a fact.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import typst

from services.certificates import paper, queries
from services.certificates.categories import CERTIFICATES, REGISTERS
from services.certificates.domain import register
from services.certificates.domain.certificate import AlreadyRevoked, Awaiting, Document, Issue
from services.certificates.domain.number import number
from services.certificates.people import Directory, Holder, HolderUnknown
from shared.http.directory import DirectoryUnavailable
from shared.store.execute import Executor
from shared.store.types import Context, Moving, Store

BATCH: Final = 50
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
LONGEST_DEFERRAL: Final = 600.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What every paper of this installation has in common."""

    issuer: str
    public_url: str
    time_zone: ZoneInfo

    def address(self, code: str) -> str:
        return f"{self.public_url.rstrip('/')}/verify/{code}"


@dataclass(slots=True)
class Deferral:
    """A certificate that cannot be printed now and must not stand in the way of the others."""

    pause: float
    until: float


class Printer:
    """Prints what is granted; everything outside is given to it."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        directory: Directory,
        press: Press,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._executor = store, executor
        self._directory, self._press, self._clock = directory, press, clock
        self._deferred: dict[UUID, Deferral] = {}

    async def run(self, moving: Moving) -> None:
        """Print for ever. While people is absent the pause grows to half a minute; the caller supervises."""
        pause = FIRST_PAUSE
        while True:
            reached = moving.position
            try:
                printed = await self.print_waiting()
            except DirectoryUnavailable as error:
                log.warning("people does not answer (%s): printing again in %.1f s", error, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            if printed < BATCH:
                await moving.wait_beyond(reached, within=2)

    async def print_waiting(self) -> int:
        """Print one batch and tell how many papers it made; raises DirectoryUnavailable when nobody can be named."""
        now = time.monotonic()
        passing_over = [id for id, deferral in self._deferred.items() if deferral.until > now]
        printed = 0
        for id in await queries.waiting(self._store, passing_over, BATCH):
            try:
                printed += await self.print_one(id)
            except HolderUnknown as reason:
                self._defer(id, str(reason))
            except typst.TypstError:
                self._defer(id, "the template does not compile")  # its own words could quote the name
            else:
                self._deferred.pop(id, None)
        return printed

    async def print_one(self, id: UUID) -> bool:
        """Whether this call made the paper; False when it was made or revoked meanwhile."""
        state, _ = await self._executor.state(CERTIFICATES, id)
        if not isinstance(state, Awaiting):
            return False
        holder = await self._directory.holder(state.grounds.holder)
        context = await self._context(id)
        document = await self._keep(id, state, holder, await self._number(id, state, context))
        issue = Issue(document=document, name=holder.name, at=context.occurred_at)
        try:
            outcome = await self._executor.execute(CERTIFICATES, id, issue, context)
        except AlreadyRevoked:
            return False
        return bool(outcome.facts)

    async def _number(self, id: UUID, state: Awaiting, context: Context) -> str:
        year = state.grounds.completed_on.year  # not today's: a retry after New Year must find the same register
        enter = register.Enter(certificate=id, at=context.occurred_at)
        outcome = await self._executor.execute(REGISTERS, register.register_id(year), enter, context)
        serial = register.serial_of(id, outcome.state)
        if serial is None:
            raise RuntimeError(f"certificate {id} is not in the register of {year}")
        return number(year, serial)

    async def _keep(self, id: UUID, state: Awaiting, holder: Holder, number: str) -> Document:
        issued_on = state.granted_at.astimezone(self._press.time_zone).date()
        page = paper.Paper(
            number=number,
            name=holder.name,
            workplace=holder.workplace,
            issuer=self._press.issuer,
            address=self._press.address(state.code),
            issued_on=issued_on,
            grounds=state.grounds,
        )
        pdf = await asyncio.to_thread(paper.render, page)
        sha256 = paper.fingerprint(pdf)
        kept = queries.Kept(
            sha256=sha256, content=pdf, media_type=paper.MEDIA_TYPE, subject=state.grounds.holder, certificate=id
        )
        await queries.keep(self._store, kept)  # before the fact: a fact never names bytes that nobody has
        return Document(number=number, sha256=sha256, template=paper.TEMPLATE, issued_on=issued_on)

    async def _context(self, id: UUID) -> Context:
        granted = (await self._executor.history(CERTIFICATES, id))[0]
        return Context(
            actor=None,
            role="service",
            scope="service:certificates",
            command=uuid5(granted.id, "issue"),
            command_name="issue",
            causation=str(granted.id),
            correlation=granted.context.correlation,
            trace=granted.context.trace,
            occurred_at=self._clock(),
            policy=granted.context.policy,
        )

    def _defer(self, id: UUID, reason: str) -> None:
        before = self._deferred.get(id)
        pause = min(before.pause * 2, LONGEST_DEFERRAL) if before else 2.0
        self._deferred[id] = Deferral(pause=pause, until=time.monotonic() + pause)
        log.warning("certificate %s is not printed (%s): again in %.0f s", id, reason, pause)
