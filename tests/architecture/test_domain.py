"""A domain decides by its arguments alone: what it may import and call is listed, everything else is forbidden."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import DOMAIN_SERVICES, ROOT, imports, parsed, short

ALLOWED = {
    *("__future__", "bisect", "calendar", "collections", "collections.abc", "dataclasses", "datetime", "decimal"),
    *("enum", "fractions", "functools", "hashlib", "heapq", "itertools", "math", "operator", "re", "statistics"),
    *("string", "types", "typing", "unicodedata", "uuid", "zoneinfo"),
    "shared.domain",
}
CLOCKS_AND_CHANCE = {
    *("now", "utcnow", "today", "time", "uuid1", "uuid4", "uuid7", "random", "urandom", "token_hex"),
    *("open", "print", "input"),
}
FILES = [path for name in DOMAIN_SERVICES for path in sorted((ROOT / "services" / name / "domain").rglob("*.py"))]


@pytest.mark.parametrize("path", FILES, ids=short)
def test_a_domain_imports_only_words_and_pure_functions(path: Path):
    service = path.relative_to(ROOT / "services").parts[0]
    own = f"services.{service}.domain"
    foreign = {name for name in imports(path) if name not in ALLOWED and name != own and not name.startswith(own + ".")}
    assert not foreign


@pytest.mark.parametrize("path", FILES, ids=short)
def test_a_domain_reads_no_clock_throws_no_dice_and_waits_for_nothing(path: Path):
    for node in ast.walk(parsed(path)):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), f"{short(path)}:{node.lineno} waits"
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name not in CLOCKS_AND_CHANCE, f"{short(path)}:{node.lineno} calls {name}"
