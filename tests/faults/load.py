"""The load generator: clients that ask for commands and readers, who note everything in the ledger and never lose
patience."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tests.faults.ledger import Ask, Ledger
from tests.faults.world import LOOK, World

PATIENCE = 15.0  # seconds for one answer: the store's own bound, and what its last call may take
READ_PATIENCE = 25.0
READ_PAUSE = 0.1


class Client:
    """One connection to a writing process; when it breaks, what was not answered stays unknown."""

    def __init__(self, socket: Path, ledger: Ledger, pause: float = 0.0) -> None:
        self._socket, self._ledger, self._pause = socket, ledger, pause
        self._waiting: dict[int, asyncio.Future[dict[str, Any] | None]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._hang_up()

    async def try_once(self, ask: Ask) -> dict[str, Any] | None:
        """Ask; None when no answer came: the process died, or did not answer in time. Nothing is sent when nobody
        listens, and then the ask was not tried."""
        try:
            await self._connected()
        except OSError:
            return None
        self._ledger.sent(ask)
        try:
            found = await self._answer(ask.mark, ask.request(), PATIENCE)
        finally:
            self._ledger.ended(ask)
        if found is not None:
            self._ledger.answered(ask, found)
        return found

    async def read(self, what: str, **values: Any) -> dict[str, Any] | None:
        """Look at something; None as above."""
        try:
            await self._connected()
        except OSError:
            return None
        number, began = self._ledger.mark(), time.monotonic()
        try:
            return await self._answer(number, {"ask": number, "read": what, **values}, READ_PATIENCE)
        finally:
            self._ledger.reads.append((what, began, time.monotonic() - began))

    async def _answer(self, number: int, request: dict[str, Any], within: float) -> dict[str, Any] | None:
        answer: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(within):
                writer = await self._connected()
                writer.write(msgspec.json.encode(request) + b"\n")
                await writer.drain()
                return await answer
        except (OSError, TimeoutError):
            return None
        finally:
            self._waiting.pop(number, None)

    async def insist(self, ask: Ask, within: float = 30.0) -> dict[str, Any] | None:
        """Ask, under the same key, until there is an answer that is no shrug; None when there was none in time."""
        await asyncio.sleep(self._pause)
        end = time.monotonic() + within
        while time.monotonic() < end:
            answer = await self.try_once(ask)
            if answer is not None and "unavailable" not in answer:
                return answer
            await asyncio.sleep(LOOK)
        return None

    async def _connected(self) -> asyncio.StreamWriter:
        if self._writer is None or self._writer.is_closing():
            await self._hang_up()
            reader, self._writer = await asyncio.open_unix_connection(self._socket)
            self._reading = asyncio.create_task(self._read(reader, self._writer))
        return self._writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while line := await reader.readline():
                answer = msgspec.json.decode(line)
                waiting = self._waiting.get(answer["ask"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)
        writer.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(None)

    async def _hang_up(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
        self._reading = self._writer = None


class Load:
    """Clients that live through whole claims, each on its own, until told to stop.

    A life of a claim: it is opened, noted upon (some notes are two facts, many share a key), decided. In between come
    wishes that must be refused, keys that are used again for the same wish, and wishes given up when their answer was
    lost. `clients` work side by side, each rests for *pause* seconds before a wish; *seed* repeats what they choose.
    `readers` look at the same meanwhile, by each way there is.
    """

    def __init__(
        self,
        world: World,
        *,
        clients: int = 4,
        readers: int = 0,
        seed: int = 1,
        notes: int = 4,
        name: str = "writing",
        pause: float = 0.0,
    ) -> None:
        self._world = world
        self._socket = world.setups[name].socket
        self._clients, self._readers, self._seed, self._notes, self._pause = clients, readers, seed, notes, pause
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Load":
        self._tasks = [asyncio.create_task(self._live(number)) for number in range(self._clients)]
        self._tasks += [asyncio.create_task(self._look()) for _ in range(self._readers)]
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        self._stopping = True
        if kind is not None:
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=kind is not None)

    async def acknowledged(self, more: int, within: float = 20.0) -> None:
        """Wait until *more* asks than now are acknowledged."""
        wanted = sum(1 for _ in self._world.ledger.acknowledged()) + more
        end = time.monotonic() + within
        while sum(1 for _ in self._world.ledger.acknowledged()) < wanted:
            assert time.monotonic() < end, f"{more} more acknowledged asks: not within {within:g} s"
            await asyncio.sleep(LOOK)

    async def _live(self, number: int) -> None:
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 - to be repeated
        async with Client(self._socket, self._world.ledger, self._pause) as client:
            while not self._stopping:
                await claim_life(client, self._world.ledger, chance, self._notes, lambda: self._stopping)

    async def _look(self) -> None:
        ledger = self._world.ledger
        async with Client(self._socket, ledger) as client:
            while not self._stopping:
                claim = next((ask.stream for ask in reversed(ledger.asks.values())), "")
                for what, values in (("stream", {"stream": claim}), ("log", {}), ("rows", {})):
                    answer = await client.read(what, **values)
                    assert answer is None or "failed" not in answer, answer
                    await asyncio.sleep(READ_PAUSE)


async def claim_life(
    client: Client, ledger: Ledger, chance: random.Random, notes: int, stopping: Callable[[], bool] = lambda: False
) -> UUID:
    """One claim from its opening to its decision."""
    claim = uuid4()
    await client.insist(ledger.ask(claim, "Open", {"by": f"person {chance.randrange(1000)}"}, must="done"))
    told = 0
    for step in range(notes):
        if stopping():
            return claim
        numbers = list(range(told + 1, told + 1 + chance.choice((1, 1, 2))))
        key = f"{claim} {step // 2}" if chance.random() < 0.7 else ""
        ask = ledger.ask(claim, "Note", {"numbers": numbers, "key": key}, must="done")
        if await client.insist(ask) is None:
            return claim  # it is not known whether the numbers are taken
        told = numbers[-1]
        await disturb(client, ledger, chance, ask, told)
    await client.insist(ledger.ask(claim, "Decide", {"decision": str(uuid4())}, must="done"))
    return claim


async def disturb(client: Client, ledger: Ledger, chance: random.Random, ask: Ask, told: int) -> None:
    """Now and then: the same request again, a wish out of turn, a stale version, one that is not waited for."""
    kind = chance.random()
    if kind < 0.1:
        await client.try_once(ask)
    elif kind < 0.2:
        await client.try_once(ledger.ask(ask.claim, "Note", {"numbers": [told + 7]}, must="refused"))
    elif kind < 0.25:
        await client.try_once(ledger.ask(ask.claim, "Note", {"numbers": [told + 1]}, expected=1, must="stale"))
    elif kind < 0.3:
        await client.try_once(ledger.ask(uuid4(), "Open", {"by": "somebody"}, keyed=False, must="done"))
