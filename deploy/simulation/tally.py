"""What is counted of a simulated year, and added up over its schools in an order of its own."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from services.certificates.domain.certificate import Granted
from shared.store.types import Recorded


@dataclass(slots=True)
class Tally:
    """Of one school, or of all of them; `digests` are of the facts of each part, in the region's order."""

    facts: Counter[str] = field(default_factory=Counter)  # by kind
    lives: Counter[str] = field(default_factory=Counter)  # by kind of life
    routes: Counter[tuple[str, int]] = field(default_factory=Counter)  # by status and stage
    meant: Counter[str] = field(default_factory=Counter)  # refusals that lives provoked, by name
    surprises: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    granted: list[Recorded[Granted]] = field(default_factory=list)  # certificates, which want a number
    due: list[UUID] = field(default_factory=list)  # routes that earned one

    def add(self, other: "Tally") -> None:
        for name in ("facts", "lives", "routes", "meant"):
            getattr(self, name).update(getattr(other, name))
        for name in ("surprises", "broken", "digests", "granted", "due"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def well(self) -> bool:
        return not self.surprises and not self.broken

    @property
    def digest(self) -> str:
        """Of all facts: equal for equal years."""
        return sha256("".join(self.digests).encode()).hexdigest()
