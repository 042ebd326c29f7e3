"""An append that keeps less than it should, or says more."""

import asyncio
import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from tests.faults.defects.planting import defect, swap, without


@defect(
    "expected version not checked",
    breaks="a command is decided on a state that is no longer true",
    experiment="two processes, one claim",
    finding="decided_in_order",
)
def version_unchecked() -> None:
    swap("shared.store.postgres:PostgresStore.append", without("expected", None))


@defect(
    "state at hand believed",
    breaks="a process refuses what another process has made possible",
    experiment="two processes, one claim",
    finding="answers_are_right",
)
def stale_cache() -> None:
    def make(load: Any) -> Any:
        async def believed(self: Any, category: Any, stream: str) -> Any:
            known = self._cached(stream)
            return replace(known, fresh=True) if known else await load(self, category, stream)

        return believed

    swap("shared.store.execute:Executor._load", make)


@defect(
    "receipt not written",
    breaks="a repeated request is refused or done again",
    experiment="load",
    finding="receipts_match",
)
def no_receipt() -> None:
    swap("shared.store.postgres:PostgresStore.append", without("receipt", None))


@defect(
    "receipt in another transaction",
    breaks="a command is done, and its repeat is not known",
    experiment="death behind the append",
    finding="receipts_match",
)
def late_receipt() -> None:
    def make(original: Any) -> Any:
        async def append(self: Any, wanted: Any) -> Any:
            done = await original(self, msgspec.structs.replace(wanted, receipt=None))
            if (receipt := wanted.receipt) is not None:
                sql = "INSERT INTO commands (id, fingerprint, result) VALUES ($1, $2, $3)"
                await self.fetch(sql, receipt.id, receipt.fingerprint, receipt.result)
            return done

        return append

    swap("shared.store.postgres:PostgresStore.append", make)


@defect(
    "read-model row in a second transaction",
    breaks="people read what is not true until the next change",
    experiment="death behind the append",
    finding="read_model_is_replay",
)
def late_rows() -> None:
    def make(original: Any) -> Any:
        async def append(self: Any, wanted: Any) -> Any:
            done = await original(self, msgspec.structs.replace(wanted, rows=()))
            for row in wanted.rows:
                if hasattr(row, "values"):
                    await self.fetch("SELECT put_rows($1, ARRAY[$2::jsonb])", row.table, plain(row.values))
            return done

        return append

    swap("shared.store.postgres:PostgresStore.append", make)


def plain(values: Any) -> Any:
    return msgspec.to_builtins(dict(values))


@defect(
    "answer before the commit",
    breaks="what was acknowledged is lost with the process",
    experiment="death before the append",
    finding="no_acknowledged_loss",
)
def early_answer() -> None:
    def make(write: Any) -> Any:
        async def early(self: Any, one: Any) -> Any:
            loop = asyncio.get_running_loop()
            later = copy.copy(one)  # whose caller has its answer already
            later.answer = loop.create_future()
            loop.call_later(0.05, lambda: asyncio.ensure_future(write(self, later)))
            one.written((one.append.expected or 0) + len(one.ids), datetime.now(UTC))
            return await one.answer

        return early

    swap("shared.store.writer:Writer.write", make)


@defect(
    "append sent again without a look at its facts",
    breaks="a command that was done is answered with a no",
    experiment="lost answer",
    finding="no_ghost",
)
def blind_retry() -> None:
    def make(sql: str) -> str:
        assert "own.id = g.fact" in sql
        return sql.replace("own.id = g.fact", "false")

    swap("shared.store.statements:JUDGE_SQL", make)


@defect(
    "data key kept in memory only",
    breaks="personal texts are unreadable after a restart",
    experiment="load",
    finding="personal_texts_open",
)
def forgetful_keys() -> None:
    from shared.store.keys import MemoryKeyTable

    swap("shared.store.postgres:PostgresKeys", lambda _: lambda store: MemoryKeyTable())
