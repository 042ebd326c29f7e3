"""Runs a command: load, decide, append, and again when somebody else was faster."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID

import msgspec

from shared.domain import C, E, Refusal, S
from shared.store.codec import has_personal
from shared.store.keys import CACHE_SECONDS
from shared.store.turns import StreamTurns
from shared.store.types import (
    Append,
    Appended,
    Category,
    Context,
    Heard,
    KeyReused,
    Receipt,
    Recorded,
    Repeated,
    StaleVersion,
    Store,
)

MOST_TRIES = 10
CACHED_STATES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[S]):
    """What a command did; when it is repeated, what it did the first time."""

    id: UUID
    version: int
    facts: list[Recorded[Any]]
    state: S
    repeated: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What a receipt keeps of an outcome: enough to give it again, even where a repeat names a new stream."""

    id: UUID
    version: int
    facts: int


@dataclass(slots=True)
class Known(Generic[S]):
    """A state as of a version; fresh when it was read for this very command."""

    state: S
    version: int
    fresh: bool
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Generic[C, S, E]):
    """A command with everything that says how to run it."""

    category: Category[C, S, E]
    id: UUID
    stream: str
    command: C
    context: Context
    expected: int | None
    receipt: tuple[UUID, bytes] | None
    heard: Heard | None


class Executor:
    """Runs commands against a store, with the states it met last at hand.

    A state at hand may be behind another process's facts. That does no harm: an append names the version it was decided
    on, and before a "no" or a "nothing to do" is said, the newer facts are read.
    """

    def __init__(
        self, store: Store, *, cached_states: int = CACHED_STATES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._size = cached_states
        self._clock = clock
        self._states: OrderedDict[str, Known[Any]] = OrderedDict()
        self._personal: dict[str, bool] = {}
        self._turns = StreamTurns()

    async def execute(
        self,
        category: Category[C, S, E],
        id: UUID,
        command: C,
        context: Context,
        *,
        expected: int | None = None,
        receipt: tuple[UUID, bytes] | None = None,
        heard: Heard | None = None,
    ) -> Outcome[S]:
        """Run *command* on stream *id*; *receipt* is (key, fingerprint of the request), *heard* the message behind it.

        Raises the decider's Refusal, StaleVersion when the stream is not at *expected*, and KeyReused when the key came
        before with another request. A command whose key or message came before has its first outcome and no effect; a
        message's command that was refused is written down too, and a copy of it has no effect either.
        """
        wanted = Wanted(
            category=category,
            id=id,
            stream=category.stream(id),
            command=command,
            context=context,
            expected=expected,
            receipt=receipt,
            heard=heard,
        )
        # Of two that write to one stream the slower would lose every race: it must read what the other has at hand.
        async with self._turns.turn(wanted.stream):
            return await self._insist(wanted)

    async def _insist(self, wanted: Wanted[C, S, E]) -> Outcome[S]:
        """Decide and append, again where another process was faster."""
        category, id, expected = wanted.category, wanted.id, wanted.expected
        known = self._at_hand(category, wanted.stream)
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return await self._attempt(wanted, known)
            except (Refusal, StaleVersion) as no:
                if known.fresh and (first := await self._first_outcome(wanted)):
                    return first
                racing = isinstance(no, StaleVersion) and expected is None and attempt < MOST_TRIES
                if known.fresh and not racing:
                    if isinstance(no, Refusal) and await self._heard_before(wanted):
                        return Outcome(id=id, version=known.version, facts=[], state=known.state, repeated=True)
                    raise
            known = await self._load(category, wanted.stream)
        raise StaleVersion

    async def settle(self, heard: Heard, context: Context) -> None:
        """Write down that nothing more comes of this message."""
        await self._store.append(self._nothing(f"heard-{heard.message}", context, heard))

    async def heard_up_to(self, stream: str) -> int:
        return await self._store.heard_up_to(stream)

    async def state(self, category: Category[C, S, E], id: UUID) -> tuple[S, int]:
        """The state of stream *id* now, and its version."""
        known = await self._load(category, category.stream(id))
        return known.state, known.version

    async def history(self, category: Category[C, S, E], id: UUID) -> list[Recorded[E]]:
        return await self._store.read(category.stream(id))

    async def _attempt(self, wanted: Wanted[C, S, E], known: Known[S]) -> Outcome[S]:
        category = wanted.category
        if wanted.expected is not None and wanted.expected != known.version:
            raise StaleVersion
        facts = category.decider.decide(wanted.command, known.state)
        if not facts and not known.fresh:
            known = await self._load(category, wanted.stream)
            return await self._attempt(wanted, known)
        version = known.version + len(facts)
        state = category.decider.fold(facts, known.state)
        if not facts and wanted.receipt is None and wanted.heard is None:
            return Outcome(id=wanted.id, version=version, facts=[], state=state)
        done = await self._store.append(self._append(wanted, known.version, facts, state))
        if isinstance(done, Appended):
            self._remember(category, wanted.stream, state, version)
            return Outcome(id=wanted.id, version=version, facts=done.facts, state=state)
        return await self._repeated(wanted, done)

    def _append(self, wanted: Wanted[C, S, E], version: int, facts: list[E], state: S) -> Append:
        receipt = None
        if wanted.receipt is not None:
            result = msgspec.json.encode(Answer(id=wanted.id, version=version + len(facts), facts=len(facts)))
            receipt = Receipt(id=wanted.receipt[0], fingerprint=wanted.receipt[1], result=result)
        rows = tuple(wanted.category.view(wanted.id, version + len(facts), state)) if facts else ()
        return Append(
            stream=wanted.stream,
            expected=version,
            facts=facts,
            context=wanted.context,
            rows=rows,
            receipt=receipt,
            heard=wanted.heard,
        )

    def _nothing(self, stream: str, context: Context, heard: Heard) -> Append:
        return Append(stream=stream, expected=None, facts=(), context=context, heard=heard)

    async def _heard_before(self, wanted: Wanted[C, S, E]) -> bool:
        """Whether this is a copy of a message; if not, its refusal is written down."""
        if wanted.heard is None:
            return False
        done = await self._store.append(self._nothing(wanted.stream, wanted.context, wanted.heard))
        return isinstance(done, Repeated)

    async def _first_outcome(self, wanted: Wanted[C, S, E]) -> Outcome[S] | None:
        """The outcome of the same command when it came before; only then may a "no" be unsaid."""
        if wanted.receipt is None:
            return None
        receipt = await self._store.receipt(wanted.receipt[0])
        if receipt is None:
            return None
        if receipt.fingerprint != wanted.receipt[1]:
            raise KeyReused
        return await self._again(wanted, receipt.result)

    async def _repeated(self, wanted: Wanted[C, S, E], done: Repeated) -> Outcome[S]:
        return await self._first_outcome(wanted) or await self._again(wanted, done.result)

    async def _again(self, wanted: Wanted[C, S, E], result: bytes) -> Outcome[S]:
        if not result:  # a message: what it did then is not kept, and nobody waits for it
            known = await self._load(wanted.category, wanted.stream)
            return Outcome(id=wanted.id, version=known.version, facts=[], state=known.state, repeated=True)
        first = msgspec.json.decode(result, type=Answer)
        stream = wanted.category.stream(first.id)
        known = await self._load(wanted.category, stream)
        facts = await self._store.read(stream, first.version - first.facts, first.facts) if first.facts else []
        return Outcome(id=first.id, version=first.version, facts=facts, state=known.state, repeated=True)

    def _cached(self, stream: str) -> Known[Any] | None:
        known = self._states.get(stream)
        if known is not None and known.until < self._clock():
            del self._states[stream]
            return None
        return known

    def _at_hand(self, category: Category[C, S, E], stream: str) -> Known[S]:
        """The state met last; a stream that was never met is taken for a new one, which saves new ones a read.

        Where it is not new, the command is refused or its append fails, and it is tried on the state that is read then.
        """
        known = self._cached(stream)
        if known is None:
            return Known(category.decider.initial, 0, False, 0.0)
        return Known(known.state, known.version, False, known.until)

    async def _load(self, category: Category[C, S, E], stream: str) -> Known[S]:
        """The state as it is stored now."""
        known: Known[S] | None = self._cached(stream)
        facts = await self._store.read(stream, known.version if known else 0)
        state = category.decider.fold((fact.event for fact in facts), known.state if known else None)
        version = facts[-1].version if facts else known.version if known else 0
        self._remember(category, stream, state, version, known.until if known else None)
        return Known(state, version, True, 0.0)

    def _remember(
        self, category: Category[C, S, E], stream: str, state: S, version: int, until: float | None = None
    ) -> None:
        before = self._states.pop(stream, None)
        if before is not None and before.version > version:  # another command was faster
            self._states[stream] = before
            return
        if until is None:
            until = before.until if before else self._clock() + self._seconds(category)
        self._states[stream] = Known(state, version, False, until)
        while len(self._states) > self._size:
            self._states.popitem(last=False)

    def _seconds(self, category: Category[C, S, E]) -> float:
        """How long a state may be kept: one with personal texts must not outlive their keys."""
        if category.name not in self._personal:
            self._personal[category.name] = any_personal(category.facts)
        return CACHE_SECONDS if self._personal[category.name] else float("inf")


def any_personal(facts: Iterable[type]) -> bool:
    return any(has_personal(fact) for fact in facts)
