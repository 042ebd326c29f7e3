"""Every experiment finds nothing in the kit as it is, and each planted defect is found by name."""

from dataclasses import replace

import pytest

from tests.faults.checker import names
from tests.faults.conftest import Worlds
from tests.faults.defects import DEFECTS, Defect
from tests.faults.experiments import EXPERIMENTS, Experiment


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS.keys())
async def test_an_experiment_finds_nothing_where_nothing_is_wrong(worlds: Worlds, experiment: Experiment) -> None:
    world = await worlds.fresh(declared=experiment.declared)
    try:
        assert await experiment.run(world) == []
    finally:
        await world.drop()


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS.keys())
async def test_a_planted_defect_is_found(worlds: Worlds, defect: Defect) -> None:
    experiment = EXPERIMENTS[defect.experiment]
    world = await worlds.fresh(declared=experiment.declared)
    world.patience = 4.0
    try:
        for name in (defect.service, f"{defect.service}-2"):
            world.setups[name] = replace(world.setup_of(name), defects=(defect.name,))
        assert defect.finding in names(await experiment.run(world))
    finally:
        await world.drop()
