"""A process dies at each named point, one by one, comes back, and nothing is lost, doubled or out of order."""

import pytest

from tests.faults.checker import check
from tests.faults.conftest import Worlds
from tests.faults.points import TABLE, Point, selected
from tests.faults.scenes import SCENES, settle


def cases() -> list[object]:
    now = selected()
    return [pytest.param(p, id=p.name, marks=() if p.name in now else pytest.mark.long) for p in TABLE]


@pytest.mark.parametrize("point", cases())
async def test_a_death_at_this_point_costs_nothing(worlds: Worlds, point: Point) -> None:
    fresh = point.scene == "migrate"
    world = await (worlds.fresh() if fresh else worlds.lend())
    kept = False
    try:
        await SCENES[point.scene](world, point)
        await settle(world)
        assert await check(world) == []
        kept = not fresh
    finally:
        await (worlds.give_back(world) if kept else world.drop())
