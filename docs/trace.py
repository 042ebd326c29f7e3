"""Clause by clause: the commands, facts, refusals and tests that name it."""

import ast
import importlib
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docs.rights import SERVICES, modules, rules
from shared.domain import Refusal

DOCS = Path(__file__).parent
ROOT = DOCS.parent
NAMED = re.compile(r"test_(\d+(?:_\d+)*)_")
ALSO = re.compile(r"_and_(\d+(?:_\d+)+)(?=_)")


@dataclass
class Traced:
    """What stands behind one clause."""

    commands: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    refusals: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)


def clauses() -> dict[str, dict[str, Any]]:
    """Every clause and duty in the order of the regulation; a remark says why one needs no test, or not yet."""
    known: dict[str, dict[str, Any]] = json.loads((DOCS / "clauses.json").read_text(encoding="utf-8"))
    return known


def trace() -> dict[str, Traced]:
    """Clause -> everything that names it."""
    found: dict[str, Traced] = defaultdict(Traced)
    for each in (stated for of in rules() for stated in of.stated):
        for clause in (each.clause, *each.functions):
            found[clause].commands.add(each.command)
    for clause, kind in facts():
        found[clause].facts.add(kind)
    for refusal in refusals():
        found[refusal.clause].refusals.add(refusal.__name__)
    for clause, test in tests():
        found[clause].tests.add(test)
    found.pop("", None)  # what serves the system itself
    return dict(found)


def facts() -> Iterator[tuple[str, str]]:
    """(clause, kind) of every fact whose service tells people its clause."""
    for service in SERVICES:
        texts = importlib.import_module(f"services.{service}.texts")
        for kind, told in getattr(texts, "FACTS", {}).items():
            if isinstance(told, tuple) and len(told) == 2:
                yield told[1], kind


def refusals() -> Iterator[type[Refusal]]:
    for service in SERVICES:
        for module in modules(service):
            for thing in vars(module).values():
                if inspect.isclass(thing) and issubclass(thing, Refusal) and thing.__module__ == module.__name__:
                    yield thing


def tests() -> Iterator[tuple[str, str]]:
    """(clause, test) of every test that is named after a clause, and of every case of the tables of refusals."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        short = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for clause in named(node.name):
                    yield clause, f"{short}::{node.name}"
    for case in importlib.import_module("tests.routes.test_refusals").CASES:
        yield case[0], "tests/routes/test_refusals.py::test_the_regulation_says_no"


def named(test: str) -> Iterator[str]:
    """test_2_8_3_2_and_3_1_1_a_school_… -> 2.8.3.2, 3.1.1."""
    if first := NAMED.match(test):
        yield first.group(1).replace("_", ".")
        for also in ALSO.findall(test):
            yield also.replace("_", ".")
