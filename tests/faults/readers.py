"""Experiments with readers of an inbox that come, go and die."""

import random
import time
from uuid import uuid4

from aio_pika.abc import AbstractChannel

from shared.bus.connect import connect
from shared.bus.topology import dead_queue, inbox_queue
from tests.faults.checker import Finding, check, ready_messages
from tests.faults.load import Load
from tests.faults.shuffler import turned_around
from tests.faults.staging import ask, begin, client, experiment, noted
from tests.faults.world import World, until

LIMIT = 8  # deliveries of one message


@experiment("two readers", declared=False)
async def two_readers(world: World) -> list[Finding]:
    """Two processes read one inbox; the first is stopped while a claim is noted upon, and goes on later."""
    await begin(world, "hearing", "hearing-2", "writing")
    world.freeze("hearing")
    await noted(world, 8)

    connection = await connect(world.broker)
    try:
        channel = await connection.channel()

        async def given() -> bool:
            status = await world.status("writing")
            relayed = status["relayed"] == status["position"]
            return bool(relayed and not await ready_messages(channel, inbox_queue("hearing")))

        await until(given, "each message is with one of the readers")
    finally:
        await connection.close()
    await at_rest(world, "hearing-2")
    world.thaw("hearing")
    return await check(world)


async def at_rest(world: World, reader: str, seconds: float = 1.0) -> None:
    """Wait until *reader* has had nothing in hand for so long: by then what the broker just gave it has come."""
    since = time.monotonic()

    async def rested() -> bool:
        nonlocal since
        if (await world.status(reader))["in_hand"]:
            since = time.monotonic()
        return time.monotonic() - since > seconds

    await until(rested, f"{reader} has done what it was given")


@experiment("crash loop in company", declared=False)
async def crash_loop_in_company(world: World) -> list[Finding]:
    """One message kills its reader whenever it is given to it, and many good ones are in hand with it each time."""
    await begin(world, delivery_limit=LIMIT)
    world.stop("hearing")
    await noted(world, 5)
    async with client(world) as asking:
        claim = uuid4()
        await ask(asking, world, claim, "Open", "done", by="somebody")
        await ask(asking, world, claim, "Note", "done", numbers=[1])
        await ask(asking, world, claim, "Note", "done", numbers=[2], trap="exit")
    for _ in range(10):
        await noted(world, 3)
    world.start("hearing", delivery_limit=LIMIT)
    connection = await connect(world.broker)
    try:
        channel = await connection.channel()
        for _ in range(2 * LIMIT):
            if await until(lambda: outcome(world, channel), "it kills again or is given up") == "given up":
                break
            world.start("hearing", delivery_limit=LIMIT)
    finally:
        await connection.close()
    return await check(world)


@experiment("first deliveries turned around")
async def first_deliveries_turned_around(world: World) -> list[Finding]:
    """What hearing is given for the first time comes in blocks of up to fifty, each shuffled."""
    await begin(world)
    chance = random.Random(1)  # noqa: S311 - to be repeated
    async with turned_around(world, chance) as shuffler:
        async with Load(world, clients=8) as clients:
            await clients.acknowledged(200)

        async def relayed() -> bool:
            status = await world.status("writing")
            return bool(status["relayed"] == status["position"])

        await until(relayed, "all is promised")
    assert shuffler.turned > 100
    findings = await check(world)
    assert (await world.status("hearing"))["gaps"] == 0, "something was waited for in vain"
    return findings


async def outcome(world: World, channel: AbstractChannel) -> str:
    """ "killed" when the reader died, "given up" when a message is among the dead letters and it lives."""
    given_up = await ready_messages(channel, dead_queue("hearing"))
    if not world.running("hearing"):  # looked at last: what is a dead letter already kills nobody any more
        return "killed"
    return "given up" if given_up else ""
