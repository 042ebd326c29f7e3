"""What a service does about one message: read it, react to it, and have each effect once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ValidationError

from shared.bus.envelope import Envelope, Unreadable, contract_of, parse
from shared.bus.lanes import Lanes
from shared.bus.trace import continued
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


class Abandoned(Exception):
    """The service is going away in the middle of a wait: the message stays with the broker."""


def by_contract(hearings: Sequence[Hearing]) -> Mapping[str, Hearing]:
    found = {contract_of(hearing.reads): hearing for hearing in hearings}
    if len(found) < len(hearings):
        raise ValueError("a contract is heard twice: the inbox would drop the second one's effects")
    return found


class Listener:
    """One service's ear. Counts what it met: `refused`, `unread` (contracts nobody here hears), `rejected`."""

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
        self._service = service
        self._executor = executor
        self._hearings = by_contract(hearings)
        self._tries = tries
        self._pauses = (first_pause, longest_pause)
        self._lanes = Lanes()

    async def hear(self, body: bytes, label: str) -> bool:
        """True when the message is done with, False when it belongs to the dead letters.

        Returns after the effects are committed. *label* names the message in the log while its own id is not known.
        """
        try:
            message = parse(body)
            hearing = self._hearings.get(message.type)
            if hearing is None:
                self.unread += 1
                return True
            promise = message.read(hearing.reads)
        except (Unreadable, ValidationError) as error:
            return self._reject(label, f"unreadable: {_why(error)}")
        async with self._lanes.turn(message.subject):
            with continued(f"hear {message.type}", message.traceparent) as trace:
                return await self._settle(message, hearing, promise, trace)

    def give_up(self, label: str) -> None:
        """Count and tell a message that is not even tried any more."""
        self._reject(label, "its readers died of it")

    async def _settle(self, message: Envelope, hearing: Hearing, promise: BaseModel, trace: str) -> bool:
        pause = growing(*self._pauses)
        faults = 0
        while True:
            try:
                await self._react(message, hearing, promise, trace)
            except PASSING as error:
                self.last_error = told(error)
                log.warning("%s %s waits: %s", message.type, message.id, self.last_error)
            except Exception as error:
                faults += 1
                self.last_error = told(error)
                log.warning("%s %s failed, try %d: %s", message.type, message.id, faults, self.last_error)
                if faults >= self._tries:
                    return self._reject(f"{message.type} {message.id}", self.last_error)
            else:
                self.last_error = ""
                return True
            await self._wait(pause())

    async def _react(self, message: Envelope, hearing: Hearing, promise: BaseModel, trace: str) -> None:
        heard = Heard(message=message.id, contract=message.type, stream=message.subject, version=message.streamversion)
        for wish in hearing.react(promise, heard):
            try:
                await self._executor.execute(
                    wish.category, wish.id, wish.command, self._context(message, wish, trace), heard=heard
                )
            except Refusal as refusal:
                self.refused += 1
                log.info("%s %s: refused by %s", message.type, message.id, type(refusal).__name__)

    def _context(self, message: Envelope, wish: Wish, trace: str) -> Context:
        return Context(
            actor=None,
            role="service",
            scope=f"service:{self._service}",
            # The same message asks the same stream under the same name, however often it is delivered.
            command=uuid5(NAMESPACE_URL, f"{message.id}/{wish.category.stream(wish.id)}"),
            command_name=type(wish.command).__name__,
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


def _why(error: Exception) -> str:
    """The fault without the values that have it."""
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'data'}: {one['type']}" for one in found[:5])
    return str(error)
