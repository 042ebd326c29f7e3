"""The register of what must hold: an invariant gives a sentence for each thing that contradicts it."""

from collections.abc import Callable, Iterator

from tests.faults.snapshot import View

Invariant = Callable[[View], Iterator[str]]
INVARIANTS: dict[str, Invariant] = {}


def invariant(function: Invariant) -> Invariant:
    INVARIANTS[function.__name__] = function
    return function
