"""What every service's domain says of its commands: the clause each follows and who may give it, found, not listed."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from services.routes.policies import PUBLISHED, read_policies

SERVICES = ("routes", "diagnostics", "people", "certificates", "notifications")


@dataclass(frozen=True)
class Stated:
    """One command as the domain states it."""

    command: str
    clause: str
    functions: tuple[str, ...]
    who: frozenset[str]


@dataclass(frozen=True)
class RulesOf:
    """The commands of one aggregate, in the order of its code."""

    service: str
    aggregate: str
    stated: tuple[Stated, ...]


def modules(service: str, below: str = "") -> Iterator[ModuleType]:
    """Every module of a service, or of a package below it."""
    name = f"services.{service}{below}"
    for found in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def rules() -> list[RulesOf]:
    """Every mapping called RULES in a domain, each command once, under the aggregate it is defined in."""
    found: dict[tuple[str, str], dict[str, Stated]] = defaultdict(dict)
    for service in SERVICES:
        for module in modules(service, ".domain"):
            for command, rule in mapping(module).items():
                found[service, aggregate(module.__name__)].setdefault(command.__name__, stated(command, rule, service))
    return [RulesOf(service, name, tuple(each.values())) for (service, name), each in found.items()]


def mapping(module: ModuleType) -> Mapping[type, Any]:
    known: Mapping[type, Any] = getattr(module, "RULES", {})
    return known


def aggregate(module: str) -> str:
    """services.routes.domain.route.running -> route; services.routes.domain.track -> track."""
    return module.split(".")[3]


def stated(command: type, rule: Any, service: str) -> Stated:
    """The rule's words, whether `who` is a set of roles or asks the policy."""
    policy = read_policies(PUBLISHED, "UTC").versions[-1] if service == "routes" else None
    who = rule.who(policy) if callable(rule.who) else rule.who
    return Stated(command.__name__, rule.clause, tuple(getattr(rule, "functions", ())), frozenset(who))
