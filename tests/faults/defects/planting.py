"""Defects planted one by one into a process of the fault suite, from outside: each must be found by its experiment.

An experiment that does not find its defect proves nothing. Every plant insists that what it changes is there, so that a
change of the kit cannot turn it into nothing.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import msgspec


@dataclass(frozen=True, kw_only=True)
class Defect:
    """What is wrong in *service*, what it breaks, and the experiment whose finding has the name *finding*. `quiet` is
    False where the world does not come to rest with it, however long one waits."""

    name: str
    service: str
    breaks: str
    experiment: str
    finding: str
    quiet: bool
    plant: Callable[[], None]


DEFECTS: dict[str, Defect] = {}


def defect(
    name: str, *, service: str = "writing", breaks: str, experiment: str, finding: str, quiet: bool = True
) -> Callable[..., Any]:
    def register(plant: Callable[[], None]) -> Callable[[], None]:
        DEFECTS[name] = Defect(
            name=name,
            service=service,
            breaks=breaks,
            experiment=experiment,
            finding=finding,
            quiet=quiet,
            plant=plant,
        )
        return plant

    return register


def swap(place: str, make: Callable[[Any], Any]) -> None:
    """Put make(original) where "module:Class.attribute" stands."""
    module, _, path = place.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, attribute = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    setattr(owner, attribute, make(getattr(owner, attribute)))


def schema(*changes: tuple[str, str]) -> None:
    """Change the SQL that the migration is given."""

    def changed(files: Any) -> Any:
        text = files("shared.store").joinpath("schema.sql").read_text()
        for old, new in changes:
            assert old in text, f"the schema has no {old!r} any more"
            text = text.replace(old, new)
        return lambda _: SimpleNamespace(joinpath=lambda _: SimpleNamespace(read_text=lambda: text))

    swap("shared.store.migrate:files", changed)


def without(name: str, value: Any) -> Callable[[Any], Any]:
    """An append that leaves a part out."""

    def make(original: Any) -> Any:
        async def append(self: Any, wanted: Any) -> Any:
            return await original(self, msgspec.structs.replace(wanted, **{name: value}))

        return append

    return make
