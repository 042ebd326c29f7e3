"""Experiments with more than one process that reads an inbox."""

from tests.faults.checker import Finding, check
from tests.faults.staging import begin, experiment, noted
from tests.faults.world import World, until


@experiment("two readers", declared=False)
async def two_readers(world: World) -> list[Finding]:
    """Two processes read one inbox; the first is stopped while a claim is noted upon, and goes on later."""
    await begin(world, "hearing", "hearing-2", "writing")
    world.freeze("hearing")
    await noted(world, 8)

    async def given() -> bool:
        status = await world.status("writing")
        return bool(status["relayed"] == status["position"] and not (await world.status("hearing-2"))["in_hand"])

    await until(given, "the other reader has done what it was given")
    world.thaw("hearing")
    return await check(world)
