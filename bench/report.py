"""What a measurement is, and how it is printed and kept."""

import json
import math
import statistics
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ENOUGH = 5  # rounds: the spread of fewer says little, and is marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Ratios over interleaved rounds, and over how many."""

    min: float
    median: float
    max: float
    rounds: int

    def __str__(self) -> str:
        told = f"{self.min:.2f} · {self.median:.2f} · {self.max:.2f}"
        return told if self.rounds >= ENOUGH else f"{told} (rounds: only {self.rounds})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One line of the report: *value* in *unit*; for a comparison, against what and by how much.

    Name and comparison say which line it replaces in what is kept: figures that may change belong into values.
    """

    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: Spread | None = None


def compared(name: str, unit: str, against: str, ours: Sequence[float], theirs: Sequence[float]) -> Measurement:
    """A measurement beside its floor or peer; round n of *ours* ran next to round n of *theirs*."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    spread = Spread(min=min(ratios), median=statistics.median(ratios), max=max(ratios), rounds=len(ratios))
    return Measurement(name=name, value=statistics.median(ours), unit=unit, against=against, ratio=spread)


async def interleaved(rounds: int, tries: Mapping[str, Callable[[], Awaitable[float]]]) -> dict[str, list[float]]:
    """What each try gave, round by round. Each round begins with the next try, so that a drift favours none of them."""
    names, found = list(tries), {name: list[float]() for name in tries}
    for n in range(rounds):
        first = n % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(await tries[name]())
    return found


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least *share* (0..1) of all samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def show(measurements: Sequence[Measurement]) -> None:
    table = Table(title="Measured in this run; ratios count, absolute numbers belong to this machine")
    for heading in ("what", "value", "unit", "against", "ratio: min · median · max"):
        table.add_column(heading)
    for m in measurements:
        digits = 0 if m.value >= 100 or isinstance(m.value, int) else 2
        table.add_row(m.name, f"{m.value:,.{digits}f}", m.unit, m.against or "", str(m.ratio or ""))
    Console(width=None if sys.stdout.isatty() else 150).print(table)


def keep(measurements: Sequence[Measurement], path: Path) -> None:
    """Write the measurements into the JSON list at *path*; what others measured stays there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {_key(one): one for one in (json.loads(path.read_text()) if path.exists() else [])}
    kept.update({_key(one): one for one in map(asdict, measurements)})
    fresh = path.with_suffix(".fresh")
    fresh.write_text(json.dumps(list(kept.values()), ensure_ascii=False, indent=2) + "\n")
    fresh.replace(path)  # a run that is broken off here leaves the old file or the new one


def _key(one: Mapping[str, Any]) -> tuple[str, str | None]:
    """One thing may be held against several floors."""
    return one["name"], one["against"]
