"""A stream's messages have their effects in their order, whoever reads them and however readers come and go."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.faults.checker import check
from tests.faults.conftest import Worlds
from tests.faults.load import Load
from tests.faults.world import World

STOPS = 6


@pytest_asyncio.fixture
async def world(worlds: Worlds) -> AsyncIterator[World]:
    made = await worlds.fresh()
    for name in ("hearing", "writing"):
        made.start(name)
    await made.ready()
    yield made
    await made.drop()


async def test_a_reader_that_leaves_gives_back_what_it_holds_in_order(world: World) -> None:
    async with Load(world, clients=8) as clients:
        for _ in range(STOPS):
            await clients.acknowledged(80)
            assert world.stop("hearing") == 0
            world.start("hearing")
            await world.ready("hearing")
    assert await check(world) == []


async def test_a_second_reader_does_not_overtake_the_first(world: World) -> None:
    async with Load(world, clients=8) as clients:
        world.start("hearing-2")
        await world.ready()
        await clients.acknowledged(200)
        world.kill("hearing")
        await clients.acknowledged(100)
        await world.recover()
    assert await check(world) == []
