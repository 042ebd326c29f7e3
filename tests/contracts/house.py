"""Where promises are made, read and shown."""

import importlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
SAMPLES = Path(__file__).parent / "samples"
SERVICES = tuple(sorted(path.parent.name for path in ROOT.glob("services/*/__init__.py")))


def module(service: str, name: str) -> ModuleType | None:
    full = f"services.{service}.{name}"
    return importlib.import_module(full) if find_spec(full) else None


@cache
def promises(name: str) -> tuple[type[BaseModel], ...]:
    """Every model with a contract that the services' modules called *name* define."""
    found = (vars(made).values() for service in SERVICES if (made := module(service, name)))
    return tuple(model for models in found for model in models if is_promise(model, name))


def is_promise(thing: object, name: str) -> bool:
    return (
        isinstance(thing, type)
        and issubclass(thing, BaseModel)
        and "contract" in vars(thing)
        and thing.__module__.split(".")[0] == "services"
        and name in thing.__module__
    )


def contract(model: type[BaseModel]) -> str:
    return str(vars(model)["contract"])


def makers() -> dict[str, type[BaseModel]]:
    return {contract(model): model for model in promises("published")}


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.json").read_text(encoding="utf-8")


def samples() -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*.json"))}
