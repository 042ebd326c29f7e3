"""A broker that has lost everything is fed again from the logs, by the procedure of docs/broker.md."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from shared.bus.republish import StillRuns, republish
from tests.faults.checker import SETTLED_SQL, check, names
from tests.faults.conftest import Worlds
from tests.faults.load import Load
from tests.faults.staging import begin, noted
from tests.faults.world import SERVICES, World, until


@pytest_asyncio.fixture
async def world(worlds: Worlds) -> AsyncIterator[World]:
    made = await worlds.fresh()
    yield made
    await made.drop()


async def published(world: World) -> bool:
    connection = await asyncpg.connect(world.urls["writing"], timeout=10)
    try:
        return bool(await connection.fetchval(SETTLED_SQL))
    finally:
        await connection.close(timeout=10)


async def test_a_wiped_broker_is_fed_again_and_nothing_is_doubled(world: World) -> None:
    await begin(world)
    async with Load(world) as clients:
        await clients.acknowledged(40)
    world.stop("hearing")
    await noted(world, 8)
    await until(lambda: published(world), "the last notes wait in the inbox")
    world.stop("writing")
    world.empty_vhost()
    await world.declare()

    await begin(world)
    found = names(await check(world))
    assert "each_effect_once" in found, "the broker has lost nothing"
    assert "quiet" not in found, "the finding may be one of slowness"
    with pytest.raises(StillRuns):
        await republish(world.urls["writing"])
    for service in SERVICES:
        world.stop(service)
        await republish(world.urls[service])
    await begin(world)
    assert await check(world) == []


async def test_what_every_reader_has_heard_may_be_spared(world: World) -> None:
    await begin(world)
    await noted(world, 4)
    await until(lambda: published(world), "all is published")
    last = (await world.status("writing"))["position"]
    world.stop("writing")
    assert await republish(world.urls["writing"], after=last - 1) == 1
    assert await republish(world.urls["writing"], after=last + 5) == 0, "a checkpoint is never moved on"
    await begin(world, "writing")
    assert await check(world) == []
