"""The tables of README.md, made of the code; `python -m tests.faults.tables` writes them down."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.faults import results, stage
from tests.faults.chance import FAULTS
from tests.faults.defects import DEFECTS, Defect
from tests.faults.experiments import EXPERIMENTS
from tests.faults.invariants import INVARIANTS
from tests.faults.points import TABLE, selected
from tests.faults.scenes import SCENES
from tests.faults.test_chance import SELECTION
from tests.faults.test_cluster import GAP
from tests.faults.test_database import KILLS, REFUSALS

README = Path(__file__).with_name("README.md")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def first_sentence(function: object) -> str:
    return " ".join((function.__doc__ or "").split())


def points() -> str:
    groups: dict[str, list[str]] = {}
    shown = {}
    for point in TABLE:
        moment = point.name.rpartition(", ")[2]
        groups.setdefault(point.group, []).append(f"**{moment}**" if point.name in selected() else moment)
        shown[point.group] = (point.service, f"`{point.call.removeprefix('sql:')}`", point.scene)
    rows = [
        [group, shown[group][0], shown[group][1], ", ".join(moments), shown[group][2]]
        for group, moments in groups.items()
    ]
    return table(["point", "process", "around", "moments", "scene"], rows)


def scenes() -> str:
    return table(["scene", "what happens"], [[name, first_sentence(scene)] for name, scene in SCENES.items()])


def strikes() -> str:
    rows: dict[tuple[str, str, str], list[str]] = {}
    for strike in KILLS + REFUSALS:
        key = (strike.service, strike.table, strike.action)
        rows.setdefault(key, []).append("**at commit**" if strike.at_commit else "at once")
    return table(
        ["process", "table", "what happens", "when"], [[*key, ", ".join(whens)] for key, whens in rows.items()]
    )


def experiments() -> str:
    return table(
        ["experiment", "what is staged"], [[each.name, first_sentence(each.run)] for each in EXPERIMENTS.values()]
    )


def defects() -> str:
    rows = [[each.name, each.service, each.breaks, each.experiment, found(each)] for each in DEFECTS.values()]
    return table(["defect", "planted in", "what it breaks", "experiment that catches it", "finding"], rows)


def found(defect: Defect) -> str:
    return f"`{defect.finding}`" + ("" if defect.quiet or defect.finding == "quiet" else " and `quiet`")


def invariants() -> str:
    return table(
        ["invariant", "what must hold"], [[f"`{name}`", first_sentence(each)] for name, each in INVARIANTS.items()]
    )


def faults() -> str:
    rows = [[f"**{name}**" if name in SELECTION else name, first_sentence(each.harm)] for name, each in FAULTS.items()]
    return table(["fault", "what is done"], rows)


def bounds() -> str:
    rows = [
        ["a process is ready after its start", stage.READY],
        ["all that waited is sent and read", stage.DRAINED],
        ["the same, when everything ever promised is sent again", stage.FED],
        ["nothing is confirmed, around a kill of the broker", stage.GAP],
        ["the same, around a node of three that is parted or killed", GAP],
        ["a command is answered, or told to come later", stage.CALL],
        ["a reading is answered, or told to come later", stage.READ],
    ]
    return table(["bound", "seconds"], [[what, f"{most:g}"] for what, most in rows])


def measured() -> str:
    """The last run of each kind, as it was kept; medians say little of so few, so the worst is told."""
    rows, heads = [], []
    for kind, run in results.kept().items():
        heads.append(f"{kind}: seed {run['seed']}, {run['when']}, {run['seconds']:.0f} s, {told_of(run['counts'])}")
        by_fault: dict[str, list[dict[str, Any]]] = {}
        for row in run["rows"]:
            by_fault.setdefault(row["fault"], []).append(row)
        rows += [[kind, name, str(len(each)), *(worst(each, what) for what in ("ready", "drained", "gap"))]
                 for name, each in sorted(by_fault.items())]  # fmt: skip
    head = ["run", "fault", "times", "ready, s", "drained, s", "gap, s"]
    return "\n".join([*(f"- {line}" for line in heads), "", table(head, rows)])


def told_of(counts: dict[str, float]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items())


def worst(rows: list[dict[str, Any]], what: str) -> str:
    found = [row[what] for row in rows if row[what] is not None]
    return f"{max(found):.1f}" if found else ""


TABLES = {
    "points": points, "scenes": scenes, "strikes": strikes, "faults": faults, "bounds": bounds,
    "experiments": experiments, "defects": defects, "invariants": invariants,
}  # fmt: skip


def written(text: str, tables: Mapping[str, Callable[[], str]] = TABLES) -> str:
    """*text* with every table between its marks as the code says it."""
    for name, make in tables.items():
        begin, end = f"<!-- {name} -->", "<!-- end -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        assert len(pattern.findall(text)) == 1, name
        text = pattern.sub(lambda _, made=make, begin=begin, end=end: f"{begin}\n{made()}\n{end}", text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    all_tables = {**TABLES, "measured": measured} if results.kept() else TABLES
    README.write_text(written(README.read_text(encoding="utf-8"), all_tables), encoding="utf-8")
