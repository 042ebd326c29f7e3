"""What happens to a world so that a process comes by its point: each scene ends with the process's death there."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import count
from uuid import uuid4

from tests.faults.checker import check
from tests.faults.load import Client, Load
from tests.faults.points import LOST, Point
from tests.faults.shuffler import turned_around
from tests.faults.world import World, until

Scene = Callable[[World, Point], Awaitable[None]]
SCENES: dict[str, Scene] = {}

_seeds = count(1)


def scene(function: Scene) -> Scene:
    SCENES[function.__name__] = function
    return function


def again(world: World, point: Point) -> None:
    """The process in a new life in which it will die at *point*."""
    path = world.setups[point.service].deaths if point.service in world.setups else None
    if path:
        path.unlink(missing_ok=True)
    if world.running(point.service):
        world.kill(point.service)
    world.start(point.service, point=point.name)


async def death(world: World, point: Point) -> None:
    """The process has died, and it died there; or, where only an answer is lost, it has come by."""
    if point.when == LOST:

        async def lost() -> bool:
            return world.deaths_of(point.service)[-1:] == [point.name]

        await until(lost, f"{point.service} comes by {point.name}")
        return
    code = await world.dead(point.service)
    assert (code, world.deaths_of(point.service)[-1:]) == (-9, [point.name]), world.log(point.service)[-2000:]


@scene
async def load(world: World, point: Point) -> None:
    """It dies at work and comes back while clients go on asking."""
    async with Load(world, seed=next(_seeds)) as clients:
        again(world, point)
        await death(world, point)
        await world.recover()
        await clients.acknowledged(10)


@scene
async def midway(world: World, point: Point) -> None:
    """It dies at work on what it began in an earlier life."""
    claim, ledger = uuid4(), world.ledger
    async with Client(world.setups["writing"].socket, ledger) as client:
        await client.insist(ledger.ask(claim, "Open", {"by": "somebody"}))
        await client.insist(ledger.ask(claim, "Note", {"numbers": [1]}))
        assert await check(world) == []  # and everything was heard
        again(world, point)
        async with Load(world, seed=next(_seeds)) as clients:
            await client.insist(ledger.ask(claim, "Note", {"numbers": [2]}))
            await death(world, point)
            await world.recover()
            await clients.acknowledged(10)


@scene
async def rest(world: World, point: Point) -> None:
    """It dies while nothing is asked of it."""
    again(world, point)
    await death(world, point)


@scene
async def stop(world: World, point: Point) -> None:
    """It dies of something else while it is told to stop."""

    async def leading() -> bool:
        status = await world.status(point.service)
        return bool(status.get("ready") and status["leading"])

    async with Load(world, seed=next(_seeds)) as clients:
        again(world, point)
        await until(leading, f"{point.service} gives positions")
        await clients.acknowledged(10)
        world.terminate(point.service)
        await death(world, point)
        await world.recover()
        await clients.acknowledged(10)


@scene
async def poison(world: World, point: Point) -> None:
    """It dies of a message that nobody can read."""
    async with Load(world, seed=next(_seeds)) as clients:
        again(world, point)
        await world.poison()
        await death(world, point)
        await world.recover()
        await clients.acknowledged(10)


async def trapped(world: World, trap: str = "raise") -> None:
    """A note that its reader fails at, or dies of, the last of its claim."""
    claim = uuid4()
    ledger = world.ledger
    async with Client(world.setups["writing"].socket, ledger) as client:
        await client.insist(ledger.ask(claim, "Open", {"by": "somebody"}))
        await client.insist(ledger.ask(claim, "Note", {"numbers": [1]}))
        await client.insist(ledger.ask(claim, "Note", {"numbers": [2], "trap": trap}))


@scene
async def trap(world: World, point: Point) -> None:
    """It dies while it waits to try again what failed."""
    again(world, point)
    await trapped(world)
    await death(world, point)


@scene
async def disorder(world: World, point: Point) -> None:
    """It dies while what it is given for the first time is turned around."""
    again(world, point)
    await world.ready(point.service)
    seed = next(_seeds)
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    async with turned_around(world, chance), Load(world, seed=seed) as clients:
        await death(world, point)
        await world.recover()
        await clients.acknowledged(10)


@scene
async def replay(world: World, point: Point) -> None:
    """An operator's command dies while it gives dead letters back to a reader that can take them now."""
    await trapped(world)

    async def dead() -> bool:
        return (await world.status("hearing")).get("rejected", 0) > 0

    world.kill("hearing")
    world.start("hearing")
    await until(dead, "the note is dead")
    world.kill("hearing")
    world.start("hearing", healed=True)
    world.ledger.healed |= world.ledger.traps
    again(world, point)
    await death(world, point)
    world.start("mender")
    assert await world.dead("mender") == 0


@scene
async def migrate(world: World, point: Point) -> None:
    """It dies while it makes its tables, in a world that has none."""
    again(world, point)
    await death(world, point)


async def settle(world: World) -> None:
    """Everybody back to work, and some work done."""
    for name in ("writing", "hearing"):
        if name not in world.names:
            world.start(name)
    await world.recover()
    async with Load(world, seed=next(_seeds)) as clients:
        await asyncio.wait_for(clients.acknowledged(10), 30)
