"""Where faults strike at random: a world on servers of its own, a wire to each of them, and what was measured."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from shared.bus.connect import connect
from tests.faults.checker import fence
from tests.faults.deck import Deck
from tests.faults.proxy import Proxy
from tests.faults.servers import Servers
from tests.faults.world import LOOK, SERVICES, NotInTime, World, until

# The bounds that are promised, in seconds.
READY, DRAINED, GAP, CALL = 5.0, 30.0, 15.0, 13.0
READ = 20.0  # two tries, each with five seconds for a connection and five for the answer
FED = 120.0  # where all that was ever promised is sent again
STANDBY = "hearing-2"
NAMES = (*SERVICES, STANDBY)
READERS = ("hearing", STANDBY)


@dataclass(slots=True, kw_only=True)
class Measured:
    """One fault and what followed: seconds until the process was ready again after its start, from the heal until all
    that waited was done, and the longest time in which nothing new was confirmed by the broker."""

    fault: str
    detail: str = ""
    ready: float | None = None
    drained: float = 0.0
    gap: float = 0.0

    @property
    def most(self) -> float:
        """Seconds until all that waited is done."""
        return FED if self.fault == "broker wiped" else DRAINED

    def broken(self) -> list[str]:
        """The bounds that were not kept."""
        bounds = [("ready", self.ready or 0.0, READY), ("drained", self.drained, self.most)]
        if self.fault == "broker killed":
            bounds.append(("gap", self.gap, GAP))
        return [f"{self.fault}: {name} {took:.1f} s of {most:g}" for name, took, most in bounds if took > most]


@dataclass(slots=True)
class Stage:
    """`wires` lead from each process to the broker and to its database: wires["hearing", "broker"]. `deck` says who is
    struck and how; `chance` is for what need not come round."""

    world: World
    servers: Servers
    chance: random.Random
    deck: Deck
    wires: dict[tuple[str, str], Proxy]
    moves: list[tuple[float, int]] = field(default_factory=list)  # when the relay was seen to have moved, and whither
    now: Measured = field(default_factory=lambda: Measured(fault=""))
    healed_at: float | None = None

    @classmethod
    @asynccontextmanager
    async def set(cls, servers: Servers, folder: Path, seed: str, *, wired: bool = True) -> AsyncIterator["Stage"]:
        """Everybody at work, behind wires unless told otherwise; dropped at the end."""
        world = await World.make(servers.postgres, servers.rabbitmq, folder)
        stage = cls(world, servers, random.Random(seed), Deck(seed), {})  # noqa: S311 - to be repeated
        try:
            for name in NAMES:
                if wired:
                    await stage._wire(name)
                world.start(name)
            await world.ready()
            watch = asyncio.create_task(stage._watch())
            try:
                yield stage
            finally:
                watch.cancel()
        finally:
            await world.drop()
            for wire in stage.wires.values():
                await wire.__aexit__(None)

    async def _wire(self, name: str) -> None:
        setup = self.world.setup_of(name)
        database = setup.database or self.world.urls[setup.service]
        for kind, target in (("broker", setup.broker), ("database", database)):
            self.wires[name, kind] = await Proxy(target).__aenter__()
        self.world.setups[name] = replace(
            setup, broker=self.wires[name, "broker"].url, database=self.wires[name, "database"].url
        )

    async def _watch(self) -> None:
        """Note each move of the relay, as it tells of itself."""
        while True:
            relayed = (await self.world.status("writing")).get("relayed", 0)
            if not self.moves or relayed > self.moves[-1][1]:
                self.moves.append((time.monotonic(), relayed))
            await asyncio.sleep(LOOK)

    async def strike(self, name: str, fault: Callable[["Stage"], Awaitable[str]]) -> Measured:
        """Let *fault* happen and heal, wait until everything has recovered, and measure it."""
        self.now, self.healed_at = Measured(fault=name), None
        began = time.monotonic()
        try:
            self.now.detail = await fault(self)
            if self.healed_at is None:
                self.heals()
            await self.world.recover(within=self.now.most)
            await self.drained(self.now.most)
        except NotInTime as late:
            raise AssertionError(f"{name} ({self.now.detail}): {late}; {await self.said()}") from late
        self.now.drained = time.monotonic() - self.healed_at
        self.now.gap = self._gap(began)
        return self.now

    def heals(self) -> None:
        """From now on nothing is in the way any more but what has to come back by itself: a server's or a process's
        own start counts. A fault that says nothing is healed when it returns."""
        self.healed_at = time.monotonic()

    async def said(self) -> str:
        """What everybody says of themselves, for who looks into a failure."""
        lines = [f"{name}: {await self.world.status(name)}\n{self.world.log(name)[-1500:]}" for name in NAMES]
        return "\n".join(lines)

    async def restarted(self, name: str) -> None:
        """Start a process that died, and measure how long it takes to be ready."""
        self.heals()
        began = time.monotonic()
        self.world.start(name)
        await self.world.ready(name)
        self.now.ready = time.monotonic() - began

    async def server_restarted(self, name: str) -> None:
        """Start a server that died, and wait until something goes through it."""
        self.heals()
        await self.servers.start_again(name)
        await self.moved()

    async def drained(self, within: float) -> None:
        """Wait until all that stands in the log and in the inbox now has been sent and read."""
        end = time.monotonic() + within
        last = 0

        async def relayed() -> bool:
            nonlocal last
            status = await self.world.status("writing")
            last = last or status.get("position", 0)
            return bool(last and status.get("relayed", 0) >= last)

        await until(relayed, "what waited is published", within)
        connection = await connect(self.world.broker)
        try:
            before = await self._unread()
            await fence(await connection.channel())

            async def read() -> bool:
                return await self._unread() > before

            await until(read, "what waited is read", end - time.monotonic())
        finally:
            await connection.close()

    async def _unread(self) -> int:
        readers = [name for name in self.world.names if name.startswith("hearing")]
        return sum([(await self.world.status(name)).get("unread", 0) for name in readers])

    def _gap(self, began: float) -> float:
        """The longest time between two moves of the relay, or since the last, of those that ended after *began*."""
        times = [at for at, _ in self.moves] + [time.monotonic()]
        ends = [(one, other) for one, other in pairwise(times) if other > began]
        return max((other - one for one, other in ends), default=0.0)

    async def moved(self, more: int = 1, within: float = DRAINED) -> None:
        """Wait until the broker has confirmed *more* than now."""
        wanted = (self.moves[-1][1] if self.moves else 0) + more

        async def beyond() -> bool:
            return bool(self.moves) and self.moves[-1][1] >= wanted

        await until(beyond, "promises are published", within)


def slow_calls(world: World) -> list[str]:
    """Calls that outlived their bound, the time aside in which the process that was asked was stopped."""
    asks = [(f"{ask.command} {ask.mark}", CALL, *one) for ask in world.ledger.asks.values() for one in ask.tries]
    reads = [(f"the reading of {what}", READ, asked_at, took) for what, asked_at, took in world.ledger.reads]
    found = []
    for what, most, asked_at, seconds in asks + reads:
        stopped = sum(
            max(0.0, min(asked_at + seconds, end) - max(asked_at, begin))
            for begin, end in world.pauses.get("writing", ())
        )
        if seconds - stopped > most:
            found.append(f"{what} was answered after {seconds - stopped:.1f} s")
    return found


def slowest(world: World) -> dict[str, float]:
    """The longest call of each sort, the process's own stops among it."""
    calls = [seconds for ask in world.ledger.asks.values() for _, seconds in ask.tries]
    reads = [seconds for _, _, seconds in world.ledger.reads]
    return {"slowest call": round(max(calls, default=0.0), 1), "slowest read": round(max(reads, default=0.0), 1)}


def told(measured: Measured) -> dict[str, Any]:
    return {
        "fault": measured.fault,
        "detail": measured.detail,
        "ready": None if measured.ready is None else round(measured.ready, 2),
        "drained": round(measured.drained, 2),
        "gap": round(measured.gap, 2),
    }
