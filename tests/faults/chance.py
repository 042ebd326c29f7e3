"""The faults that strike at random under load: each does its harm, heals it, and says what it chose."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from aio_pika import Message

from shared.bus.connect import connect
from shared.bus.republish import republish
from shared.bus.suspects import SUSPECT
from shared.bus.topology import dead_queue, inbox_queue
from tests.faults.checker import ready_messages
from tests.faults.history import kept
from tests.faults.scenes import trapped
from tests.faults.shuffler import turned_around
from tests.faults.stage import NAMES, READERS, Stage
from tests.faults.world import SERVICES, until

BOTH = ("broker", "database")
WIRES = tuple((name, kind) for name in NAMES for kind in BOTH)
# The shortest stop that matters is longer than a lease (0.4 s here), the longest than a heartbeat's patience (20 s).
SHORT, LONG = (0.5, 3.0), (21.0, 24.0)
ROUNDS = 2  # in the long run every fault strikes so often at least


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Strikes one of `victims`, if it has any: each of them once before any of them again."""

    name: str
    harm: Callable[..., Awaitable[str]]
    victims: Sequence[Any]

    @property
    def times(self) -> int:
        """How often it strikes in the long run."""
        return max(ROUNDS, len(self.victims))

    async def __call__(self, stage: Stage) -> str:
        return await self.harm(stage, *([stage.deck.draw(self.name, self.victims)] if self.victims else []))


FAULTS: dict[str, Fault] = {}


def fault(name: str, victims: Sequence[Any] = ()) -> Callable[..., Any]:
    def register(harm: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[str]]:
        FAULTS[name] = Fault(name=name, harm=harm, victims=victims)
        return harm

    return register


def held(victims: Sequence[Any]) -> tuple[tuple[Any, tuple[float, float]], ...]:
    """Each of them for a short while, and at another time beyond every patience."""
    return tuple((victim, bounds) for victim in victims for bounds in (SHORT, LONG))


async def hold(stage: Stage, bounds: tuple[float, float]) -> str:
    """Let the harm last for a while."""
    chosen = round(stage.chance.uniform(*bounds), 1)
    await asyncio.sleep(chosen)
    return f"{chosen:g} s"


@fault("service killed", NAMES)
async def service_killed(stage: Stage, name: str) -> str:
    """SIGKILL of a process, which is started again at once."""
    stage.world.kill(name)
    await stage.restarted(name)
    return name


@fault("service stopped", held(NAMES))
async def service_stopped(stage: Stage, victim: tuple[str, tuple[float, float]]) -> str:
    """SIGSTOP of a process, which goes on later."""
    name, bounds = victim
    stage.world.freeze(name)
    lasted = await hold(stage, bounds)
    stage.world.thaw(name)
    return f"{name}, {lasted}"


@fault("active reader killed for good")
async def active_reader_killed(stage: Stage) -> str:
    """SIGKILL of the process that is given the messages; the one that stands by must do without it."""
    reader = await until(lambda: active(stage), "somebody reads")
    stage.world.kill(reader)
    stage.heals()
    await stage.drained(within=30.0)
    return str(reader)


async def active(stage: Stage) -> str:
    """Who was given a message last."""
    received = {name: (await stage.world.status(name)).get("received", "") for name in READERS}
    name = max(received, key=lambda name: str(received[name]))
    return name if received[name] else ""


@fault("broker killed")
async def broker_killed(stage: Stage) -> str:
    """SIGKILL of the broker, which is started again at once."""
    stage.servers.kill("broker")
    await stage.server_restarted("broker")
    return ""


@fault("database killed")
async def database_killed(stage: Stage) -> str:
    """SIGKILL of the database and all its backends, which is started again at once."""
    stage.servers.kill("database")
    await stage.server_restarted("database")
    return ""


@fault("server stopped", held(BOTH))
async def server_stopped(stage: Stage, victim: tuple[str, tuple[float, float]]) -> str:
    """SIGSTOP of the broker, or of the database with all its backends."""
    name, bounds = victim
    stage.servers.freeze(name)
    try:
        return f"{name}, {await hold(stage, bounds)}"
    finally:
        stage.servers.thaw(name)


@fault("wire cut", WIRES)
async def wire_cut(stage: Stage, wire: tuple[str, str]) -> str:
    """TCP connections of one process to the broker or to its database end without a word."""
    stage.wires[wire].cut()
    return " to ".join(wire)


@fault("wire cut at an answer", (("writing", "database"), ("writing", "broker"), ("hearing", "database")))
async def wire_cut_at_an_answer(stage: Stage, victim: tuple[str, str]) -> str:
    """The connection ends where the answer to an append's commit, or a confirm, was to be handed on."""
    service, kind = victim
    name = service if service == "writing" else await until(lambda: active(stage), "somebody reads")
    wire, nth = stage.wires[name, kind], stage.chance.randint(1, 20)
    before = wire.cuts
    wire.cut_at_answer(nth)

    async def was_cut() -> bool:
        return wire.cuts > before

    await until(was_cut, f"{nth} answers come to {name}", 20.0)
    return f"{name} to {kind}, the {nth}. answer"


@fault("wire half open", held(WIRES))
async def wire_half_open(stage: Stage, victim: tuple[tuple[str, str], tuple[float, float]]) -> str:
    """Nothing passes for a while, and no end is told; then it passes again, or the connection is cut."""
    ends, bounds = victim
    wire, cut = stage.wires[ends], stage.deck.draw("cut at last", (True, False))
    wire.hush()
    lasted = await hold(stage, bounds)
    if cut:
        wire.cut()
    wire.speak()
    return f"{' to '.join(ends)}, {lasted}{', then cut' if cut else ''}"


@fault("disk alarm")
async def disk_alarm(stage: Stage) -> str:
    """The broker's disk is full: publishers block, whoever asks for a command is still served, and the service says
    that it is degraded."""
    await stage.servers.fill_the_disk()
    try:

        async def degraded() -> bool:
            return any("publish" in worry for worry in (await stage.world.status("writing")).get("worries", ()))

        await until(degraded, "writing says that it is degraded", 20.0)
        acknowledged = sum(1 for _ in stage.world.ledger.acknowledged())

        async def served() -> bool:
            return sum(1 for _ in stage.world.ledger.acknowledged()) > acknowledged

        await until(served, "commands are done meanwhile", 20.0)
    finally:
        await stage.servers.empty_the_disk()
    stage.heals()
    await stage.moved()
    return ""


@fault("broker wiped")
async def broker_wiped(stage: Stage) -> str:
    """The broker has lost everything; the operator's procedure of docs/broker.md feeds it again from the logs."""
    for name in NAMES:
        code = await asyncio.to_thread(stage.world.stop, name)  # the wires go through this loop
        assert code == 0, stage.world.log(name)[-3000:]
    stage.servers.wipe_broker()
    stage.world.ledger.poison = 0  # what was no promise is in no log
    await stage.servers.start_again("broker")
    stage.world.make_vhost()
    await stage.world.declare()
    await until(stage.servers.streams_are_known, "the broker has written down that it has streams")
    facts = sum([await republish(stage.world.urls[service]) for service in SERVICES])
    stage.heals()
    for name in NAMES:
        stage.world.start(name)
    return f"{facts} facts"


@fault("duplicates in disorder")
async def duplicates(stage: Stage) -> str:
    """The last fifty messages of the history come to the inbox again, shuffled; those aside that no reader can take."""
    connection = await connect(stage.world.broker)
    try:
        channel = await connection.channel()
        lately = await kept(channel, datetime.now(UTC) - timedelta(minutes=1))
        copies = [message.body for message in lately if not msgspec.json.decode(message.body)["data"].get("trap")][-50:]
        assert copies, "nothing was promised lately"
        stage.chance.shuffle(copies)
        for body in copies:
            await channel.default_exchange.publish(Message(body), inbox_queue("hearing"), mandatory=True)
    finally:
        await connection.close()
    return f"{len(copies)} copies"


@fault("first deliveries turned around")
async def first_turned_around(stage: Stage) -> str:
    """What is promised meanwhile comes to the inbox for the first time in blocks of up to fifty, each shuffled."""
    async with turned_around(stage.world, stage.chance) as shuffler:

        async def enough() -> bool:
            return shuffler.turned > 100

        await until(enough, "messages are turned around")
    return f"{shuffler.turned} messages"


@fault("unreadable message")
async def unreadable(stage: Stage) -> str:
    """A message that is no promise lies in the inbox."""
    await stage.world.poison()
    return ""


@fault("message that fails")
async def failing(stage: Stage) -> str:
    """A message that its reader fails at, every time."""
    await trapped(stage.world)
    return ""


@fault("crash loop")
async def crash_loop(stage: Stage) -> str:
    """A message that is the death of every process that reads it, each time; who died is started again, until the
    message is given up."""
    trap = f"exit {len(stage.world.ledger.traps)}"
    connection = await connect(stage.world.broker)
    try:
        channel, deaths, ledger = await connection.channel(), 0, stage.world.ledger
        await trapped(stage.world, trap)

        async def goes_on() -> str:
            dead = await ready_messages(channel, dead_queue("hearing"))
            fallen = next((name for name in READERS if not stage.world.running(name)), "")
            return fallen or ("given up" if dead >= len(ledger.traps) + ledger.poison else "")

        while (fallen := await until(goes_on, "it kills again or is given up", 30.0)) != "given up":
            deaths += 1
            stage.world.start(fallen)
    finally:
        await connection.close()
    assert deaths >= SUSPECT, f"it was given up after {deaths} deaths"
    for name in READERS:  # what is promised again, to a broker that lost it, must not begin all this anew
        setup = stage.world.setups[name]
        stage.world.setups[name] = replace(setup, mended=(*setup.mended, trap))
    return f"{deaths} deaths"


@fault("clock an hour back", NAMES)
async def clock_back(stage: Stage, name: str) -> str:
    """A process lives with a clock that is an hour late; later it is started with the right one again."""
    stage.world.kill(name)
    stage.world.start(name, late=3600.0)
    await stage.world.ready(name)
    await stage.moved(20)
    stage.world.kill(name)
    await stage.restarted(name)
    return name
