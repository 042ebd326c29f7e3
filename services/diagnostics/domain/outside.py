"""Results of diagnostics held elsewhere, taken over from a file as a whole or not at all."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from services.diagnostics.domain.diagnostic import NAMES, Finding, FoundLevel, Whose
from services.diagnostics.domain.instrument import Kind, Purpose
from services.diagnostics.domain.rules import Rule, only
from shared.domain import Decider, Row, message


@message
class OutsideLevel:
    competency: str
    level: str


@message
class OutsideResult:
    """One teacher, one procedure, one day."""

    person: UUID
    route: UUID | None
    purpose: Purpose
    kind: Kind
    instrument: str
    held_on: date
    municipality: str
    school: str
    levels: tuple[OutsideLevel, ...]

    @property
    def id(self) -> UUID:
        """Which procedure it was, whatever it gave."""
        parts = (self.person, self.route or "", self.purpose, self.kind, self.instrument, self.held_on.isoformat())
        return uuid5(NAMES, "outside:" + "|".join(map(str, parts)))

    @property
    def digest(self) -> str:
        """What it gave."""
        levels = "|".join(f"{each.competency}={each.level}" for each in self.levels)
        return sha256(f"{self.id}|{self.municipality}|{self.school}|{levels}".encode()).hexdigest()


@message
class Import:
    results: tuple[OutsideResult, ...]
    rows: int
    by: UUID
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class ResultsImported:
    results: tuple[OutsideResult, ...]
    rows: int
    by: UUID
    at: datetime


@message
class NotImported: ...


@message
class Imported:
    fact: ResultsImported


Command = Import
Event = ResultsImported
State = NotImported | Imported


def import_id(results: Iterable[OutsideResult]) -> UUID:
    """The same results are the same import, whatever file they come in."""
    return uuid5(NAMES, "import:" + "|".join(sorted(each.digest for each in results)))


def found(result: OutsideResult) -> tuple[Whose, Finding]:
    whose = Whose(
        person=result.person,
        route=result.route,
        purpose=result.purpose,
        municipality=result.municipality,
        school=result.school,
    )
    finding = Finding(
        id=result.id,
        source="import",
        kind=result.kind,
        instrument=result.instrument,
        instrument_version=0,
        levels=tuple(FoundLevel(competency=each.competency, level=each.level) for each in result.levels),
        held_on=result.held_on,
    )
    return whose, finding


def decide(command: Command, state: State) -> list[Event]:
    if isinstance(state, Imported) or not command.results:
        return []
    return [ResultsImported(results=command.results, rows=command.rows, by=command.by, at=command.at)]


def evolve(state: State, event: Event) -> State:
    return Imported(fact=event)


outside: Decider[Command, State, Event] = Decider(initial=NotImported(), decide=decide, evolve=evolve)


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    if isinstance(state, NotImported):
        return
    fact = state.fact
    row = {"id": id, "by_id": fact.by, "rows": fact.rows, "results": len(fact.results), "imported_at": fact.at}
    yield Row(table="imports", values=row)
    for each in fact.results:
        yield Row(table="outside_results", values={"import_id": id, "id": each.id, "digest": each.digest})


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {Import: Rule("2.8.1", only("regional_centre", "municipal_coordinator", "school_administrator"))}
)
