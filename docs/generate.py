"""`make docs`: the pages that are made of the code, so that they cannot say anything else than it does."""

import ast
import importlib
import inspect
import json
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.routes import texts
from services.routes.access import PARTS, READERS
from services.routes.domain.route.decider import RULES
from services.routes.policies import PUBLISHED, read_policies
from shared.domain import Refusal
from shared.http.tokens import ROLES

DOCS = Path(__file__).parent
ROOT = DOCS.parent
SERVICES = ("routes", "diagnostics", "certificates", "notifications", "people")
NAMED = re.compile(r"test_(\d+(?:_\d+)*)_")
SCOPES = {
    "tutee": "свои маршруты",
    "tutor": "маршруты, где назван тьютором (в региональной модели — с согласием)",
    "methodist": "маршруты, на которые назначен",
    "school_administrator": "своя школа",
    "school_coordinator": "своя школа",
    "school_curator": "своя школа",
    "municipal_coordinator": "свой муниципалитет",
    "regional_centre": "регион",
    "auditor": "регион или муниципалитет, только чтение",
}


@dataclass
class Traced:
    """What stands behind one clause."""

    commands: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    refusals: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)


def clauses() -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = json.loads((DOCS / "clauses.json").read_text(encoding="utf-8"))
    return known


def trace() -> dict[str, Traced]:
    """Clause -> everything that names it."""
    found: dict[str, Traced] = defaultdict(Traced)
    for command, rule in RULES.items():
        found[rule.clause].commands.add(command.__name__)
    for kind, (_, clause) in texts.FACTS.items():
        found[clause].facts.add(kind)
    for refusal in refusals():
        if refusal.clause:
            found[refusal.clause].refusals.add(refusal.__name__)
    for clause, test in tests():
        found[clause].tests.add(test)
    return dict(found)


def refusals() -> Iterator[type[Refusal]]:
    for service in SERVICES:
        package = importlib.import_module(f"services.{service}")
        for module in pkgutil.walk_packages(package.__path__, f"services.{service}."):
            if not module.name.endswith("__main__"):
                yield from refusals_of(importlib.import_module(module.name))


def refusals_of(module: Any) -> Iterator[type[Refusal]]:
    for thing in vars(module).values():
        if inspect.isclass(thing) and issubclass(thing, Refusal) and thing.__module__ == module.__name__:
            yield thing


def tests() -> Iterator[tuple[str, str]]:
    """(clause, test) of every test that is named after a clause, and of every case of the table of refusals."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        short = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (named := NAMED.match(node.name)):
                yield named.group(1).replace("_", "."), f"{short}::{node.name}"
                for also in re.findall(r"_and_(\d+(?:_\d+)+)_", node.name):
                    yield also.replace("_", "."), f"{short}::{node.name}"
    cases = importlib.import_module("tests.routes.test_refusals").CASES
    for case in cases:
        yield case[0], "tests/routes/test_refusals.py::test_the_regulation_says_no"


def regulation() -> str:
    """Every clause with what stands behind it."""
    found = trace()
    lines = [
        "# Положение в программе",
        "",
        "Страница сделана командой `make docs` из кода: для каждого пункта — команды, факты, отказы и проверки.",
        "",
        "| Пункт | О чём | Команды | Факты | Отказы | Проверки |",
        "|---|---|---|---|---|---|",
    ]
    for clause, about in clauses().items():
        behind = found.get(clause, Traced())
        cells = [listed(behind.commands), listed(behind.facts), listed(behind.refusals), str(len(behind.tests) or "")]
        lines.append(f"| {clause} | {about['title']}{remark(about)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def remark(about: dict[str, Any]) -> str:
    if "covered" in about:
        return f" (см. п. {about['covered']})"
    return " (ещё не сделано)" if about.get("later") else ""


def listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def roles() -> str:
    """Every command with who may give it, and every role with its scope."""
    policy = read_policies(PUBLISHED, "UTC").versions[-1]
    columns = sorted(PARTS) + sorted(ROLES - PARTS - {"teacher", "administrator", "subscriber"})
    lines = [
        "# Кто что может в маршруте",
        "",
        f"Страница сделана командой `make docs` из кода и политики версии {policy.version}. Вне своей области человек",
        "получает «не найдено»: о чужом маршруте он не узнаёт.",
        "",
        "| Роль | Область | Читает |",
        "|---|---|---|",
        *(f"| `{role}` | {SCOPES[role]} | {'да' if role in READERS | PARTS else 'нет'} |" for role in columns),
        "",
        f"| Команда | Пункт | {' | '.join(f'`{role}`' for role in columns)} |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for command, rule in RULES.items():
        marks = ["+" if role in rule.who(policy) else "" for role in columns]
        if any(marks):
            lines.append(f"| `{command.__name__}` | {rule.clause} | {' | '.join(marks)} |")
    lines += ["", "План маршрута тьютор пишет только в школьной модели, вместе с тьюторантом (пп. 1.5, 3.2.2)."]
    return "\n".join(lines) + "\n"


PAGES = {"regulation.md": regulation, "roles.md": roles}


def main() -> None:
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
