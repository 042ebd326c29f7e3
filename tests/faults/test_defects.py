"""Every experiment finds nothing in the kit as it is, and each planted defect is found by name.

Both are given the same time to come to rest: a world that is only slow is no finding.
"""

import asyncio
from dataclasses import replace

import pytest

from tests.faults.checker import names
from tests.faults.conftest import Worlds
from tests.faults.defects import DEFECTS, Defect
from tests.faults.experiments import EXPERIMENTS, Experiment
from tests.faults.world import World

RESTLESS = [defect for defect in DEFECTS.values() if not defect.quiet]


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS.keys())
async def test_an_experiment_finds_nothing_where_nothing_is_wrong(worlds: Worlds, experiment: Experiment) -> None:
    world = await worlds.fresh(declared=experiment.declared)
    try:
        assert await experiment.run(world) == []
    finally:
        await world.drop()


@pytest.mark.parametrize("name", [name for name, defect in DEFECTS.items() if defect.quiet])
async def test_a_planted_defect_is_found_in_a_world_at_rest(worlds: Worlds, name: str) -> None:
    world = await planted(worlds, DEFECTS[name])
    try:
        found = names(await EXPERIMENTS[DEFECTS[name].experiment].run(world))
        assert DEFECTS[name].finding in found
        assert "quiet" not in found, "the finding may be one of slowness"
    finally:
        await world.drop()


async def test_a_defect_that_leaves_no_rest_is_found_after_all_the_time_that_others_have(worlds: Worlds) -> None:
    made = [await planted(worlds, defect) for defect in RESTLESS]
    try:
        runs = [EXPERIMENTS[defect.experiment].run(world) for defect, world in zip(RESTLESS, made, strict=True)]
        found = [names(findings) for findings in await asyncio.gather(*runs)]  # side by side, for all of them wait
        for defect, each in zip(RESTLESS, found, strict=True):
            assert {"quiet", defect.finding} <= each, defect.name
    finally:
        for world in made:
            await world.drop()


async def planted(worlds: Worlds, defect: Defect) -> World:
    world = await worlds.fresh(declared=EXPERIMENTS[defect.experiment].declared)
    for name in (defect.service, f"{defect.service}-2"):
        world.setups[name] = replace(world.setup_of(name), defects=(defect.name,))
    return world
