"""The project's source as text and as syntax."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("services", "shared", "deploy", "bench", "tests")
DOMAIN_SERVICES = ("routes", "diagnostics", "certificates", "notifications", "people")


def python(*folders: str) -> list[Path]:
    assert all((ROOT / folder).is_dir() for folder in folders), folders
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), short(path))


def imports(path: Path) -> Iterator[str]:
    """Every module that *path* imports, in full."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{short(path)} imports relatively"
            yield node.module or ""
