"""What a file with schools and staff says, whatever its form; and what is wrong with it, by row and column."""

from dataclasses import dataclass, field
from datetime import date

from services.people.domain.organisation import Kind
from services.people.domain.person.facts import Details
from shared.domain import Refusal

MOST_ROWS = 200_000
MOST_FAULTS = 1_000  # told at once; the rest is counted


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` is the number that a spreadsheet shows, 0 for the file as a whole."""

    file: str
    row: int
    column: str
    detail: str


class ImportRejected(Refusal):
    """The file has rows that cannot be imported, so nothing of it was."""

    clause = "3.1.3"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    file: str
    row: int

    def fault(self, column: str, detail: str) -> Fault:
        return Fault(self.file, self.row, column, detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    kind: Kind
    code: str
    name: str
    parent: str | None
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """`gone` is a role that the file takes back."""

    role: str
    municipality: str | None
    school: str | None
    since: date | None = None
    until: date | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """`key` is what the file knows the person by, the same in its next edition."""

    key: str
    details: Details
    school: str | None
    municipality: str | None
    roles: tuple[Role, ...]
    where: Where


@dataclass(slots=True)
class Roster:
    """`passed_over` counts rows that are no business of ours: pupils, parents, roles that mean nothing here."""

    places: list[Place] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    passed_over: int = 0
    columns: dict[str, str] = field(default_factory=dict)  # our fields by what the file calls them
