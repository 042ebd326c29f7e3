"""What a service does about one message: read it, react to it, and have each effect once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from pydantic import BaseModel, ValidationError

from shared.bus.envelope import Envelope, Unreadable, contract_of, parse
from shared.bus.suspects import Company
from shared.bus.trace import continued
from shared.bus.trail import predecessor
from shared.bus.turns import Abandoned, Turns
from shared.domain import Refusal
from shared.store.types import Category, Context, Heard, StaleVersion, StoreUnavailable
from shared.supervise import growing, told

TRIES = 5
# The world's faults, not the message's: they are waited out, however long it takes.
PASSING = (StoreUnavailable, StaleVersion, OSError)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A command that a message asks for, and the stream it is meant for."""

    category: Category[Any, Any, Any]
    id: UUID
    command: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """A promise that is read (with `contract` in its class) and what is wished because of it; `react` is pure."""

    reads: type[BaseModel]
    react: Callable[[Any, Heard], Iterable[Wish]]


class Executes(Protocol):
    """The part of the store's Executor that is needed here."""

    async def execute(
        self,
        category: Category[Any, Any, Any],
        id: UUID,
        command: Any,
        context: Context,
        *,
        expected: int | None = None,
        receipt: tuple[UUID, bytes] | None = None,
        heard: Heard | None = None,
    ) -> object: ...

    async def settle(self, heard: Heard, context: Context) -> None: ...

    async def heard_up_to(self, stream: str) -> int: ...


def by_contract(hearings: Sequence[Hearing]) -> Mapping[str, Hearing]:
    found = {contract_of(hearing.reads): hearing for hearing in hearings}
    if len(found) < len(hearings):
        raise ValueError("a contract is heard twice: the inbox would drop the second one's effects")
    return found


class Listener:
    """One service's ear. Counts what it met: `refused`, `unread` (contracts nobody here hears), `rejected`, and `gaps`
    (messages that went on without their predecessor)."""

    def __init__(
        self,
        service: str,
        executor: Executes,
        hearings: Sequence[Hearing],
        *,
        tries: int = TRIES,
        first_pause: float = 0.2,
        longest_pause: float = 10.0,
    ) -> None:
        self.refused = self.unread = self.rejected = 0
        self.last_error = ""
        self.leaving = asyncio.Event()
        self.turns = Turns(self._heard_up_to)
        self._service = service
        self._executor = executor
        self._hearings = by_contract(hearings)
        self._tries = tries
        self._pauses = (first_pause, longest_pause)
        self._company = Company()

    @property
    def gaps(self) -> int:
        return self.turns.gaps

    def leave(self) -> None:
        """End every wait: what waits stays with the broker, and so does what is behind it in its stream."""
        self.leaving.set()
        self.turns.leave()

    async def hear(self, body: bytes, label: str, company: Company | None = None) -> bool:
        """True when the message is done with, False when it belongs to the dead letters.

        Returns after the effects are committed. *label* names the message in the log while its own id is not known.
        *company* says how a suspect is handled. Raises Abandoned where the message is to stay with the broker.
        """
        try:
            message = parse(body)
        except Unreadable as error:
            return self._reject(label, f"unreadable: {error}")
        hearing = self._hearings.get(message.type)
        if hearing is None:
            self.unread += 1
            return True
        company = company or self._company
        follows = predecessor(message, self._hearings)
        async with self.turns.turn(message.subject, message.streamversion, follows, company.aside):
            hopeless = company.is_hopeless()
            with continued(f"hear {message.type}", message.traceparent) as trace:
                return await self._settle(message, hearing, trace, hopeless)

    async def _settle(self, message: Envelope, hearing: Hearing, trace: str, hopeless: bool) -> bool:
        label = f"{message.type} {message.id}"
        if hopeless:
            return await self._give_up(message, label, "its readers died of it")
        try:
            promise = message.read(hearing.reads)
        except ValidationError as error:
            return await self._give_up(message, label, f"unreadable: {_why(error)}")
        if await self._insist(label, lambda: self._react(message, hearing, promise, trace)):
            return True
        return await self._give_up(message, label, self.last_error)

    async def _give_up(self, message: Envelope, label: str, reason: str) -> bool:
        """Nothing of its stream waits for it; given back by an operator, it may still have its effects."""
        error = self.last_error
        await self._insist(label, lambda: self._executor.settle(_heard(message), self._context(message)))
        self.last_error = self.last_error or error
        return self._reject(label, reason)

    async def _insist(self, label: str, step: Callable[[], Awaitable[None]]) -> bool:
        """Do *step* as often as it takes while the world is at fault; False when it fails by itself, every time."""
        pause = growing(*self._pauses)
        faults = 0
        while True:
            try:
                await step()
            except PASSING as error:
                self.last_error = told(error)
                log.warning("%s waits: %s", label, self.last_error)
            except Abandoned:
                raise
            except Exception as error:
                faults += 1
                self.last_error = told(error)
                log.warning("%s failed, try %d: %s", label, faults, self.last_error)
                if faults >= self._tries:
                    return False
            else:
                self.last_error = ""
                return True
            await self._wait(pause())

    async def _react(self, message: Envelope, hearing: Hearing, promise: BaseModel, trace: str) -> None:
        heard = _heard(message)
        wishes = list(hearing.react(promise, heard))
        for left, wish in zip(reversed(range(len(wishes))), wishes, strict=True):
            stream, name = wish.category.stream(wish.id), type(wish.command).__name__
            settled = msgspec.structs.replace(heard, version=0) if left else heard
            try:
                await self._executor.execute(
                    wish.category, wish.id, wish.command, self._context(message, stream, name, trace), heard=settled
                )
            except Refusal as refusal:
                self.refused += 1
                log.info("%s %s: refused by %s", message.type, message.id, type(refusal).__name__)
        if not wishes:
            await self._executor.settle(heard, self._context(message))

    async def _heard_up_to(self, stream: str) -> int:
        """Of a turn that depends on it: where nobody can tell, the message's own handling will find out why."""
        found = 0

        async def ask() -> None:
            nonlocal found
            found = await self._executor.heard_up_to(stream)

        await self._insist(f"the place in {stream}", ask)
        return found

    def _context(self, message: Envelope, stream: str = "", command: str = "", trace: str = "") -> Context:
        return Context(
            actor=None,
            role="service",
            scope=f"service:{self._service}",
            # The same message asks the same stream under the same name, however often it is delivered.
            command=uuid5(NAMESPACE_URL, f"{message.id}/{stream}"),
            command_name=command,
            causation=message.id,
            correlation=message.correlation or message.id,
            trace=trace,
            occurred_at=datetime.now(UTC),
        )

    def _reject(self, label: str, reason: str) -> bool:
        self.rejected += 1
        log.error("%s goes to the dead letters: %s", label, reason)
        return False

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.leaving.wait()
        except TimeoutError:
            return
        raise Abandoned


def _heard(message: Envelope) -> Heard:
    return Heard(message=message.id, contract=message.type, stream=message.subject, version=message.streamversion)


def _why(error: ValidationError) -> str:
    """The fault without the values that have it."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'data'}: {one['type']}" for one in found[:5])
