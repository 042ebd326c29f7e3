"""Every domain service is the same house, so that who knows one knows any."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain import Refusal
from tests.architecture.source import DOMAIN_SERVICES, ROOT, python, short

HOUSE = (
    *("README.md", "__init__.py", "__main__.py", "domain/__init__.py", "published.py", "subscribed.py", "reactions.py"),
    *("consumers.py", "queries.py", "api.py", "settings.py", "app.py", "schema.sql", "texts.py"),
)
TABLE = re.compile(r"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)


def service(name: str) -> Path:
    return ROOT / "services" / name


@pytest.mark.parametrize("name", DOMAIN_SERVICES)
def test_a_service_has_the_rooms_of_the_house(name: str):
    assert [room for room in HOUSE if not (service(name) / room).is_file()] == []


def test_the_portal_keeps_nothing():
    assert not (service("portal") / "schema.sql").exists()
    assert not (service("portal") / "domain").exists()
    for path in python("services/portal"):
        assert "shared.store" not in path.read_text(encoding="utf-8"), short(path)


def tables() -> dict[str, str]:
    """Read-model table -> its service; the kit's own tables are nobody's read model."""
    found: dict[str, str] = {}
    for schema in sorted((ROOT / "services").glob("*/schema.sql")):
        for table in TABLE.findall(schema.read_text(encoding="utf-8")):
            assert found.setdefault(table, schema.parent.name) == schema.parent.name, f"two services have {table}"
    return found


def uses(text: str, table: str) -> bool:
    sql = rf"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+{table}\b"
    row = rf"""\btable=["']{table}["']"""
    return re.search(f"{sql}|{row}", text) is not None


def test_a_read_model_is_named_in_one_service_only():
    owners = tables()
    assert owners
    strangers = [
        (short(path), table)
        for path in (ROOT / "services").rglob("*")
        if path.suffix in (".py", ".sql")
        for table, owner in owners.items()
        if path.relative_to(ROOT / "services").parts[0] != owner and uses(path.read_text(encoding="utf-8"), table)
    ]
    assert strangers == []


def modules(name: str) -> Iterator[str]:
    package = importlib.import_module(f"services.{name}")
    for found in pkgutil.walk_packages(package.__path__, f"services.{name}."):
        if not found.name.endswith("__main__"):
            yield found.name


def refusals(name: str) -> dict[str, type[Refusal]]:
    for module in modules(name):
        importlib.import_module(module)
    found: dict[str, type[Refusal]] = {}
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith(f"services.{name}."):
            found[re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()] = kind
    return found


@pytest.mark.parametrize("name", DOMAIN_SERVICES)
def test_every_refusal_tells_the_user_what_happened_and_what_to_do(name: str):
    texts = importlib.import_module(f"services.{name}.texts").REFUSALS
    assert sorted(set(refusals(name)) - set(texts)) == []
    for slug in refusals(name):
        title, next_step = texts[slug]
        for text in (title, next_step):
            assert re.search("[а-яё]", text), slug


@pytest.mark.parametrize("name", DOMAIN_SERVICES)
def test_every_refusal_tells_the_engineer_its_rule(name: str):
    found = refusals(name)
    assert found
    for kind in found.values():
        assert (kind.__doc__ or "").strip().endswith("."), kind.__name__
        assert re.fullmatch(r"(\d+(\.\d+)*)?", kind.clause), kind.__name__
