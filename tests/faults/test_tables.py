"""The pages of the fault suite say what its code does."""

from tests.faults.defects import DEFECTS
from tests.faults.experiments import EXPERIMENTS
from tests.faults.invariants import INVARIANTS
from tests.faults.points import TABLE, found, selected
from tests.faults.scenes import SCENES
from tests.faults.tables import README, written


def test_the_tables_are_those_of_the_code() -> None:
    text = README.read_text(encoding="utf-8")
    assert written(text) == text, "python -m tests.faults.tables"


def test_every_point_is_there_to_be_reached() -> None:
    assert len({point.name for point in TABLE}) == len(TABLE) >= 40
    assert {point.scene for point in TABLE} == SCENES.keys()
    for point in TABLE:
        if not point.call.startswith("sql:"):
            found(point.call)
    assert {point.group for point in TABLE if point.name in selected()} == {point.group for point in TABLE}


def test_every_experiment_has_a_defect_to_catch() -> None:
    assert len(DEFECTS) >= 15
    assert {defect.experiment for defect in DEFECTS.values()} == EXPERIMENTS.keys()
    elsewhere = {"quiet", "history_is_whole"}
    assert {defect.finding for defect in DEFECTS.values()} <= INVARIANTS.keys() | elsewhere
