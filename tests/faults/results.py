"""What the random runs measured, kept in .local/faults.json; README.md shows the last run of each kind."""

import json
from datetime import UTC, datetime
from typing import Any

from deploy.paths import local


def path() -> Any:
    return local() / "faults.json"


def kept() -> dict[str, Any]:
    return json.loads(path().read_text()) if path().exists() else {}


def keep(kind: str, seed: str, seconds: float, counts: dict[str, float], rows: list[dict[str, Any]]) -> None:
    """The last run of a *kind* stands for it; a run that failed is told by the test and not kept."""
    found = kept()
    when = datetime.now(UTC).isoformat(timespec="minutes")
    found[kind] = {"seed": seed, "when": when, "seconds": round(seconds, 1), "counts": counts, "rows": rows}
    path().parent.mkdir(exist_ok=True)
    path().write_text(json.dumps(found, indent=2) + "\n")
