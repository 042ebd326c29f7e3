"""Who may import whom: import-linter keeps the house rules, and it has teeth."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on the tree in *folder*, not on the installed one."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_house_rules_hold():
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


PLANTED = {
    "The kit knows no service": ("shared/domain.py", "import services.certificates.texts"),
    "Services know each other by promises only": (
        "services/certificates/texts.py",
        "from services.diagnostics import texts",
    ),
    "Within a service imports go downwards only": (
        "services/certificates/queries.py",
        "from services.certificates import consumers",
    ),
    "A domain is pure": ("services/diagnostics/domain/levels.py", "import random"),
    "A domain is pure: no clock": ("services/notifications/domain/notice.py", "import shared.store.types"),
}


@pytest.mark.parametrize(("rule", "plant"), PLANTED.items(), ids=PLANTED)
def test_a_broken_rule_is_found(rule: str, plant: tuple[str, str], tmp_path: Path):
    path, line = plant
    for folder in ("shared", "services"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    with (tmp_path / path).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    found = lint(tmp_path)
    assert found.returncode != 0
    broken = [line for line in found.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(rule) for line in broken), found.stdout
