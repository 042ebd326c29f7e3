"""A diagnostic: every procedure of one teacher at one end of a route, and the level each competency stands at.

Where procedures differ, the one that comes first in the policy's order stands; of two of one kind, the later. What a
teacher says of themselves stands beside it and never in its place (p. 1.3).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID, uuid5

from services.diagnostics.domain.appraisal_facts import AppraisalConcluded
from services.diagnostics.domain.instrument import Kind, Purpose
from services.diagnostics.domain.rules import SERVICE, Rule
from services.diagnostics.domain.session_facts import SessionScored
from shared.domain import Decider, Row, message

NAMES = UUID("8d1f3f0a-6b55-5c1e-9a77-2b8a4a0f6d11")  # the namespace of diagnostics without a route

Source = Literal["session", "appraisal", "import"]


@message
class Whose:
    person: UUID
    route: UUID | None
    purpose: Purpose
    municipality: str
    school: str


@message
class FoundLevel:
    competency: str
    level: str
    theta: str = ""  # of a test or a self-diagnosis
    se: str = ""
    points: str = ""  # of a rubric


@message
class Finding:
    """What one procedure gave."""

    id: UUID
    source: Source
    kind: Kind
    instrument: str
    instrument_version: int  # 0 of an instrument that is not ours
    levels: tuple[FoundLevel, ...]
    held_on: date


@message
class NoteFinding:
    whose: Whose
    finding: Finding
    precedence: tuple[Kind, ...]
    policy: str
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class FindingNoted:
    whose: Whose
    finding: Finding
    precedence: tuple[Kind, ...]
    policy: str
    at: datetime


@message
class Undiagnosed: ...


@message
class Diagnosed:
    whose: Whose
    findings: tuple[FindingNoted, ...]

    @property
    def precedence(self) -> tuple[Kind, ...]:
        """The order in force when the last procedure was noted."""
        return self.findings[-1].precedence


@message
class Standing:
    """Where a competency stands, by which finding; None where only the teacher's own word is known."""

    competency: str
    level: str | None
    kind: Kind | None
    finding: UUID | None
    self_level: str | None


Command = NoteFinding
Event = FindingNoted
State = Undiagnosed | Diagnosed


def diagnostic_id(whose: Whose) -> UUID:
    return uuid5(whose.route or NAMES, f"iom:diagnostics:diagnostic:{whose.person}:{whose.purpose}")


def of_session(session: UUID, scored: SessionScored, day: date) -> tuple[Whose, Finding]:
    task = scored.task
    whose = Whose(
        person=task.person,
        route=task.route,
        purpose=task.purpose,
        municipality=task.municipality,
        school=task.school,
    )
    levels = tuple(
        FoundLevel(competency=each.competency, level=each.level, theta=each.theta, se=each.se)
        for each in scored.competencies
    )
    finding = Finding(
        id=session,
        source="session",
        kind=task.kind,
        instrument=task.instrument,
        instrument_version=task.instrument_version,
        levels=levels,
        held_on=day,
    )
    return whose, finding


def of_appraisal(id: UUID, concluded: AppraisalConcluded, day: date) -> tuple[Whose, Finding]:
    held = concluded.appraisal
    whose = Whose(
        person=held.person, route=held.route, purpose=held.purpose, municipality=held.municipality, school=held.school
    )
    levels = tuple(
        FoundLevel(competency=each.competency, level=each.level, points=each.points)
        for each in concluded.verdict.competencies
    )
    finding = Finding(
        id=id,
        source="appraisal",
        kind=held.kind,
        instrument=held.instrument,
        instrument_version=held.instrument_version,
        levels=levels,
        held_on=day,
    )
    return whose, finding


def decide(command: Command, state: State) -> list[Event]:
    if isinstance(state, Diagnosed) and any(known.finding.id == command.finding.id for known in state.findings):
        return []
    noted = FindingNoted(
        whose=command.whose,
        finding=command.finding,
        precedence=command.precedence,
        policy=command.policy,
        at=command.at,
    )
    return [noted]


def evolve(state: State, event: Event) -> State:
    earlier = state.findings if isinstance(state, Diagnosed) else ()
    return Diagnosed(whose=event.whose, findings=(*earlier, event))


diagnostic: Decider[Command, State, Event] = Decider(initial=Undiagnosed(), decide=decide, evolve=evolve)


def standings(state: Diagnosed) -> list[Standing]:
    """One for each competency that any procedure found."""
    found = [each.finding for each in state.findings]
    competencies = sorted({level.competency for finding in found for level in finding.levels})
    return [_standing(competency, found, state.precedence) for competency in competencies]


def _standing(competency: str, found: Iterable[Finding], precedence: tuple[Kind, ...]) -> Standing:
    latest: dict[Kind, tuple[Finding, str]] = {}
    for finding in sorted(found, key=lambda each: each.held_on):
        for level in finding.levels:
            if level.competency == competency:
                latest[finding.kind] = (finding, level.level)
    first = next((latest[kind] for kind in precedence if kind in latest and kind != "self"), None)
    return Standing(
        competency=competency,
        level=first[1] if first else None,
        kind=first[0].kind if first else None,
        finding=first[0].id if first else None,
        self_level=latest["self"][1] if "self" in latest else None,
    )


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    if isinstance(state, Undiagnosed):
        return
    whose, last = state.whose, state.findings[-1]
    row = {
        "id": id,
        "version": version,
        "person_id": whose.person,
        "route_id": whose.route,
        "purpose": whose.purpose,
        "municipality": whose.municipality,
        "school": whose.school,
        "procedures": len(state.findings),
        "noted_at": last.at,
    }
    yield Row(table="diagnostics", values=row)


RULES: Final[Mapping[type, Rule]] = MappingProxyType({NoteFinding: Rule("1.3", SERVICE)})
