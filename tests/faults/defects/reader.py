"""Messages that are lost, doubled or turned around where they are heard."""

from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from tests.faults.defects.planting import defect, swap, without


def acknowledged_at(first: str) -> Callable[[Any], Any]:
    return lambda policies: SimpleNamespace(MANUAL=getattr(policies, first))


@defect(
    "acknowledge before the commit",
    service="hearing",
    breaks="a message is gone with the process that had it in hand",
    experiment="death of the reader",
    finding="each_effect_once",
)
def early_acknowledgement() -> None:
    swap("shared.bus.consumer:AckPolicy", acknowledged_at("ACK_FIRST"))


@defect(
    "no inbox",
    service="hearing",
    breaks="a message that comes twice has its effect twice",
    experiment="everything sent twice",
    finding="each_effect_once",
)
def no_inbox() -> None:
    swap("shared.store.postgres:PostgresStore.append", without("heard", None))


@defect(
    "inbox in another transaction",
    service="hearing",
    breaks="a message counts as heard before it had its effect",
    experiment="death of the reader",
    finding="each_effect_once",
)
def early_inbox() -> None:
    def make(original: Any) -> Any:
        async def append(self: Any, wanted: Any) -> Any:
            from shared.store.types import Repeated

            if (heard := wanted.heard) is not None:
                sql = "INSERT INTO inbox VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1"
                row = (heard.message, wanted.stream, heard.contract, heard.stream, heard.version)
                if not await self.fetch(sql, *row):
                    return Repeated(result=b"")
            return await original(self, replace(wanted, heard=None))

        return append

    swap("shared.store.postgres:PostgresStore.append", make)


@defect(
    "consumer swallows faults",
    service="hearing",
    breaks="a message is given up at the first fault of the database",
    experiment="passing fault",
    finding="each_effect_once",
)
def swallowed_faults() -> None:
    def make(react: Any) -> Any:
        async def careless(*args: Any) -> None:
            with suppress(Exception):
                await react(*args)

        return careless

    swap("shared.bus.hearing:Listener._react", make)


@defect(
    "no turns",
    service="hearing",
    breaks="a message overtakes another of its stream that is tried again",
    experiment="passing fault",
    finding="order_per_stream",
)
def no_turns() -> None:
    def make(_: Any) -> Any:
        @asynccontextmanager
        async def at_once(*_: Any) -> Any:
            yield

        return at_once

    swap("shared.bus.turns:Turns.turn", make)


@defect(
    "order of arrival believed",
    service="hearing",
    breaks="a message has its effect before another of its stream that was delivered later",
    experiment="first deliveries turned around",
    finding="order_per_stream",
)
def arrival_believed() -> None:
    swap("shared.bus.turns:Turns._may_go", lambda _: lambda self, stream, one: True)


@defect(
    "messages in hand acknowledged when leaving",
    service="hearing",
    breaks="a stop loses what was waiting for its next try",
    experiment="stop during a fault",
    finding="each_effect_once",
)
def hasty_leaving() -> None:
    def make(settle: Any) -> Any:
        async def settled(*args: Any) -> bool:
            from shared.bus.turns import Abandoned

            try:
                return bool(await settle(*args))
            except Abandoned:
                return True

        return settled

    swap("shared.bus.hearing:Listener._settle", make)


def inbox_arguments(**changes: Any) -> None:
    def make(original: Any) -> Any:
        def arguments(service: str) -> dict[str, Any]:
            found = {**original(service), **changes}
            return {name: value for name, value in found.items() if value is not None}

        return arguments

    swap("shared.bus.topology:inbox_arguments", make)


@defect(
    "delivery limit without dead letters",
    service="hearing",
    breaks="a message that nobody can read is dropped in silence",
    experiment="bad messages",
    finding="dead_letters_are_the_bad_ones",
)
def no_dead_letters() -> None:
    inbox_arguments(**{"x-dead-letter-exchange": None, "x-dead-letter-routing-key": None,
                       "x-dead-letter-strategy": None})  # fmt: skip


@defect(
    "no delivery limit",
    service="hearing",
    breaks="a message that kills its reader kills it for ever",
    experiment="crash loop",
    finding="quiet",
    quiet=False,
)
def no_delivery_limit() -> None:
    inbox_arguments(**{"x-delivery-limit": None})
    no_suspects()  # or the reader would give it up by itself


@defect(
    "an inbox for several readers at once",
    service="hearing",
    breaks="a message overtakes another of its stream that a slower process holds",
    experiment="two readers",
    finding="order_per_stream",
)
def in_turns() -> None:
    inbox_arguments(**{"x-single-active-consumer": None})


@defect(
    "suspects side by side",
    service="hearing",
    breaks="what was in hand with a message that kills its reader is buried with it",
    experiment="crash loop in company",
    finding="dead_letters_are_the_bad_ones",
)
def no_suspects() -> None:
    def make(_: Any) -> Any:
        from shared.bus.suspects import Company

        @asynccontextmanager
        async def at_once(self: Any, message: Any) -> Any:
            yield Company()

        return at_once

    swap("shared.bus.suspects:Suspects.turn", make)
