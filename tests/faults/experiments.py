"""The experiments of the fault suite: each stages one kind of trouble and gives back what the checker finds.

Without a defect an experiment finds nothing; with the defect that it is meant for, it finds that one by name.
"""

import asyncio
from uuid import uuid4

from shared.bus.connect import connect
from shared.bus.topology import EVENTS, HISTORY, binding, inbox_queue
from tests.faults import database, readers
from tests.faults.checker import Finding, check
from tests.faults.history import history_is_whole
from tests.faults.load import Load
from tests.faults.proxy import Proxy
from tests.faults.scenes import trapped
from tests.faults.staging import EXPERIMENTS, Experiment, ask, begin, client, experiment, noted
from tests.faults.world import World, until

__all__ = ["EXPERIMENTS", "Experiment", "readers"]

NOTED = "NEW.kind = 'claim.noted'"


@experiment("load")
async def load(world: World) -> list[Finding]:
    """Four clients live through claims."""
    await begin(world)
    async with Load(world) as clients:
        await clients.acknowledged(80)
    return await check(world)


@experiment("two processes, one claim")
async def two_processes(world: World) -> list[Finding]:
    """Two processes of one service are asked about the same claim in turns, each behind the other's facts."""
    await begin(world, "hearing", "writing", "writing-2")
    claim = uuid4()
    async with client(world) as one, client(world, "writing-2") as two:
        await ask(one, world, claim, "Open", "done", by="somebody")
        await ask(one, world, claim, "Note", "done", numbers=[1])
        await ask(two, world, claim, "Note", "done", numbers=[2])
        await ask(one, world, claim, "Note", "done", numbers=[3])
        await ask(two, world, claim, "Note", "refused", numbers=[3])
        await ask(two, world, claim, "Note", "done", numbers=[4])
    return await check(world)


async def dies_at_a_note(world: World, point: str) -> list[Finding]:
    """Writing dies at *point* of its second append; the client does not ask again."""
    await begin(world, "hearing")
    await begin(world, "writing", point=point, nth=2)
    async with client(world) as asking:
        claim = uuid4()
        await ask(asking, world, claim, "Open", "done", by="somebody")
        await asking.try_once(world.ledger.ask(claim, "Note", {"numbers": [1]}))
        assert await world.dead("writing") == -9
    await world.recover()
    return await check(world)


@experiment("death before the append")
async def before_the_append(world: World) -> list[Finding]:
    """Writing dies before it sends a note to the database."""
    return await dies_at_a_note(world, "append, before")


@experiment("death behind the append")
async def behind_the_append(world: World) -> list[Finding]:
    """Writing dies after a note's commit, before anything else is done about it."""
    return await dies_at_a_note(world, "append, after")


@experiment("lost answer")
async def lost_answer(world: World) -> list[Finding]:
    """A note without a key is committed, and the connection dies with the answer."""
    await begin(world, "hearing")
    await begin(world, "writing", point="append, answer lost", nth=2)
    claim = uuid4()
    async with client(world) as asking:
        await ask(asking, world, claim, "Open", "done", by="somebody")
        await ask(asking, world, claim, "Note", "done", keyed=False, numbers=[1])
    assert world.deaths_of("writing") == ["append, answer lost"]
    return await check(world)


@experiment("sleeping sequencer")
async def sleeping_sequencer(world: World) -> list[Finding]:
    """The process that gives positions is stopped; another takes the lease; the first wakes and goes on."""
    await begin(world, "hearing", "writing", "writing-2")
    pair = ("writing", "writing-2")

    async def leader() -> str:
        for name in pair:
            if (await world.status(name)).get("leading"):
                return name
        return ""

    first = await until(leader, "somebody gives positions")
    other = next(name for name in pair if name != first)
    async with Load(world, name=first) as clients:
        await clients.acknowledged(20)
    world.freeze(first)

    async def taken() -> bool:
        return bool((await world.status(other))["leading"])

    await until(taken, "the other gives positions")
    async with Load(world, name=other, seed=2) as clients:
        await clients.acknowledged(20)
        world.thaw(first)
        await clients.acknowledged(20)
    async with Load(world, name=first, seed=3) as clients:
        await clients.acknowledged(20)
    return await check(world)


@experiment("death before a checkpoint")
async def before_a_checkpoint(world: World) -> list[Finding]:
    """Writing dies with positions given and not yet signed for."""
    await begin(world, "hearing")
    async with Load(world) as clients:
        world.start("writing", point="keeping of a checkpoint, before", nth=3)
        assert await world.dead("writing") == -9
        await world.recover()
        await clients.acknowledged(20)
    return await check(world)


@experiment("late commit")
async def late_commit(world: World) -> list[Finding]:
    """An append commits half a second after another one that began later."""
    await begin(world)
    url, slow, fast = world.urls["writing"], uuid4(), uuid4()
    async with client(world) as one, client(world) as two:
        await ask(one, world, slow, "Open", "done", by="somebody")
        await ask(two, world, fast, "Open", "done", by="somebody")
        await database.strike(url, "facts", "sleep", only=NOTED, at_commit=True)
        late = asyncio.create_task(ask(one, world, slow, "Note", "done", numbers=[1]))

        async def asleep() -> bool:
            return await database.struck(url) > 0

        await until(asleep, "the first note commits")
        await ask(two, world, fast, "Note", "done", numbers=[1])
        assert not late.done(), "the first note was not late"
        await late
        await database.heal(url)
        await ask(two, world, fast, "Decide", "done", decision=str(uuid4()))
    return await check(world)


@experiment("swallowed by the network")
async def swallowed(world: World) -> list[Finding]:
    """What the relay sends arrives nowhere for a while, and then the connection is cut."""
    await begin(world, "hearing")
    async with Proxy(world.broker) as proxy:
        await begin(world, "writing", broker=proxy.url)
        async with Load(world) as clients:
            await clients.acknowledged(20)
            proxy.swallowing = True
            await clients.acknowledged(20)

            async def sent() -> int:
                return proxy.swallowed

            await until(sent, "the relay sends")
            await asyncio.sleep(0.4)  # in which nothing may happen: a relay that moves its checkpoint now is wrong
            proxy.swallowing = False
            proxy.cut()
        return await check(world)


@experiment("everything sent twice")
async def sent_twice(world: World) -> list[Finding]:
    """The relay begins again at the beginning."""
    await begin(world)
    async with Load(world) as clients:
        await clients.acknowledged(40)
    assert await check(world) == [] or world.setups["writing"].defects or world.setups["hearing"].defects
    world.stop("writing")
    await database.run(world.urls["writing"], "UPDATE checkpoints SET position = 0")
    await begin(world, "writing")
    async with Load(world, seed=2) as clients:
        await clients.acknowledged(20)
    return await check(world)


@experiment("damaged topology")
async def damaged_topology(world: World) -> list[Finding]:
    """Somebody takes away every queue that gets our messages; what is sent then must not count as sent."""
    await begin(world)
    connection = await connect(world.broker)
    try:
        channel = await connection.channel()
        for queue, key in [(HISTORY, "#"), *((inbox_queue("hearing"), binding(f"writing.{name}.v1"))
                                             for name in ("note_taken", "claim_decided"))]:  # fmt: skip
            await (await channel.get_queue(queue)).unbind(EVENTS, key)
        async with Load(world, clients=1) as clients:
            await clients.acknowledged(20)
        return await history_is_whole(world, channel)
    finally:
        await connection.close()


@experiment("death of the reader")
async def reader_dies(world: World) -> list[Finding]:
    """Hearing dies with messages in hand, before the effect of the first."""
    await begin(world, "writing")
    await noted(world, 8)
    world.start("hearing", point="effect, before", nth=1)
    assert await world.dead("hearing") == -9
    await world.recover()
    return await check(world)


@experiment("passing fault")
async def passing_fault(world: World) -> list[Finding]:
    """Hearing's database refuses the first effect, twice, while many messages of the same stream wait."""
    await begin(world)
    world.stop("hearing")
    await noted(world, 8)
    await database.strike(world.urls["hearing"], "facts", "fail", 1, 2)
    await begin(world, "hearing")
    return await check(world)


@experiment("stop during a fault")
async def stop_during_a_fault(world: World) -> list[Finding]:
    """Hearing's database is too busy for any effect, and hearing is told to stop meanwhile."""
    await begin(world)
    await database.strike(world.urls["hearing"], "facts", "busy", 1, 1_000_000)
    async with Load(world) as clients:
        await clients.acknowledged(20)

    async def waiting() -> bool:
        status = await world.status("hearing")
        return bool(status["in_hand"] and status["consumer_error"])

    await until(waiting, "hearing waits for its database")
    assert world.stop("hearing") == 0
    await database.heal(world.urls["hearing"])
    await begin(world, "hearing")
    return await check(world)


@experiment("bad messages", declared=False)
async def bad_messages(world: World) -> list[Finding]:
    """One message that nobody can read and one that its reader always fails at, among good ones."""
    await begin(world)
    async with Load(world) as clients:
        await world.poison()
        await trapped(world)
        await clients.acknowledged(20)
    return await check(world)


@experiment("crash loop", declared=False)
async def crash_loop(world: World) -> list[Finding]:
    """One message kills its reader whenever it is given to it; the reader is started again and again."""
    limit, most = 3, 7
    await begin(world, delivery_limit=limit)
    async with client(world) as asking:
        claim = uuid4()
        await ask(asking, world, claim, "Open", "done", by="somebody")
        await ask(asking, world, claim, "Note", "done", numbers=[1], trap="exit")
    connection = await connect(world.broker)
    try:
        channel = await connection.channel()
        for _ in range(most):
            await world.dead("hearing")
            world.start("hearing", delivery_limit=limit)
            if (
                await until(lambda: readers.outcome(world, channel), "the message kills again or is given up")
                == "given up"
            ):
                break
    finally:
        await connection.close()
    return await check(world)
