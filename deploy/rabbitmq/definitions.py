"""Who hears what in this suite; `python -m deploy.rabbitmq.definitions` writes it down for the broker."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from shared.bus.topology import definitions

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("definitions.json")


def known() -> Mapping[str, list[str]]:
    """The contracts each service hears, as its `subscribed.py` says."""
    files = sorted((ROOT / "services").glob("*/subscribed.py"))
    return {file.parent.name: _contracts(file.parent.name) for file in files}


def _contracts(service: str) -> list[str]:
    module = importlib.import_module(f"services.{service}.subscribed")
    own = (one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__)
    return sorted(one.contract for one in own if issubclass(one, BaseModel) and hasattr(one, "contract"))


def document() -> str:
    return json.dumps(definitions(known()), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(document())
