"""What every address of diagnostics shares: the store, the published instruments and how a command is run."""

from datetime import date, datetime, tzinfo
from typing import Any, TypeVar
from uuid import UUID

from services.diagnostics import queries
from services.diagnostics.categories import INSTRUMENTS
from services.diagnostics.domain.authoring import UnknownInstrument
from services.diagnostics.domain.authoring_facts import Published, Retired
from services.diagnostics.domain.conduct import Conduct
from services.diagnostics.domain.instrument import Instrument, instrument_id
from shared.domain import Refusal
from shared.http.commands import Wanted
from shared.http.tokens import Grant
from shared.store.execute import Executor, Outcome
from shared.store.types import Category, Store

C = TypeVar("C")
S = TypeVar("S")


class RetiredInstrument(Refusal):
    """The instrument was retired, and nothing new is measured with it."""

    clause = "2.8.1"


class Desk:
    def __init__(self, store: Store, executor: Executor, conduct: Conduct, zone: tzinfo) -> None:
        self.store = store
        self.executor = executor
        self.conduct = conduct
        self._zone = zone

    def today(self, at: datetime) -> date:
        """The day of the region's calendar."""
        return at.astimezone(self._zone).date()

    async def published(self, code: str, version: int | None) -> Instrument:
        """An instrument to measure with, the newest when no version is named."""
        version = version or await queries.latest_version(self.store, code)
        if version is None:
            raise UnknownInstrument
        state, _ = await self.executor.state(INSTRUMENTS, instrument_id(code, version))
        if isinstance(state, Retired):
            raise RetiredInstrument
        if not isinstance(state, Published):
            raise UnknownInstrument
        return state.instrument

    async def instrument(self, code: str, version: int) -> Instrument:
        """An instrument that something was measured with: retired ones still explain old results."""
        state, _ = await self.executor.state(INSTRUMENTS, instrument_id(code, version))
        if not isinstance(state, Published | Retired):
            raise UnknownInstrument
        return state.instrument

    async def all_published(self) -> list[Instrument]:
        """What is measured with now."""
        ids = await queries.instrument_ids(self.store, "published")
        states = [(await self.executor.state(INSTRUMENTS, id))[0] for id in ids]
        return [state.instrument for state in states if isinstance(state, Published)]

    async def run(
        self, category: Category[C, S, Any], id: UUID, command: C, envelope: Wanted, grant: Grant | None = None
    ) -> Outcome[S]:
        return await self.executor.execute(
            category,
            id,
            command,
            envelope.context(command, grant, policy=self.conduct.version),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )
