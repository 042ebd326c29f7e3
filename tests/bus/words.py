"""A small domain for the bus's own tests: a tally that hears numbers and adds them up."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
from pydantic import BaseModel, ConfigDict

from shared.bus.consumer import Hearing, Wish
from shared.domain import Decider, Refusal, Row, message
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from shared.store.types import Append, Category, Context, Heard, Recorded, Store

NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)
CONTEXT = Context(
    actor=None,
    role="service",
    scope="region",
    command=UUID(int=1),
    command_name="Add",
    causation=None,
    correlation="walk-1",
    trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    occurred_at=NOON,
)


@message
class Add:
    number: int


@message
class Added:
    number: int


class TooMuch(Refusal):
    """A tally takes no number above a thousand."""


def decide(command: Add, state: tuple[int, ...]) -> list[Added]:
    if command.number > 1000:
        raise TooMuch
    if command.number < 0:
        raise KeyError("a fault of ours")
    return [Added(number=command.number)]


def evolve(state: tuple[int, ...], fact: Added) -> tuple[int, ...]:
    return (*state, fact.number)


def view(id: UUID, version: int, state: tuple[int, ...]) -> Iterable[Row]:
    return ()


TALLY: Category[Add, tuple[int, ...], Added] = Category(
    name="tally", decider=Decider(initial=(), decide=decide, evolve=evolve), facts=(Added,), view=view
)


class Counted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str] = "sums.counted.v1"

    tally_id: UUID
    number: int
    municipality: str | None = "m-1"
    school: str | None = None


def publish(fact: Recorded[Any]) -> Counted | None:
    """Zero is nobody else's business."""
    return Counted(tally_id=fact.stream_id, number=fact.event.number) if fact.event.number else None


def react(promise: Counted, heard: Heard) -> Iterable[Wish]:
    yield Wish(category=TALLY, id=promise.tally_id, command=Add(number=promise.number))


HEARINGS = (Hearing(reads=Counted, react=react),)


async def record(store: Store, numbers: Iterable[int], id: UUID | None = None) -> UUID:
    """Facts in the log of the service that speaks."""
    id = id or uuid4()
    context = msgspec.structs.replace(CONTEXT, command=uuid4())
    for number in numbers:
        await store.append(
            Append(stream=TALLY.stream(id), expected=None, facts=[Added(number=number)], context=context)
        )
    return id


def recorded(number: int = 7, id: UUID | None = None, version: int = 1) -> Recorded[Added]:
    return Recorded(
        id=uuid4(),
        stream=TALLY.stream(id or uuid4()),
        version=version,
        kind="tally.added",
        event=Added(number=number),
        context=CONTEXT,
        recorded_at=NOON,
    )


class Failing(Executor):
    """An executor whose first calls fail as told, and which can be held back."""

    def __init__(self, store: MemoryStore, *errors: Exception) -> None:
        super().__init__(store)
        self.errors = list(errors)
        self.calls = 0
        self.contexts: list[Context] = []
        self.open = asyncio.Event()
        self.open.set()

    async def execute(self, category: Any, id: UUID, command: Any, context: Context, **more: Any) -> Any:
        self.calls += 1
        self.contexts.append(context)
        await self.open.wait()
        if self.errors:
            raise self.errors.pop(0)
        return await super().execute(category, id, command, context, **more)
