"""The comparison kept for one route, one family of instruments and one kind: it notes the start and judges each end.

Tests and self-diagnoses have streams of their own, so that they cannot meet.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from services.diagnostics.domain.dynamics import Judgement, Policy, Result, judge
from services.diagnostics.domain.instrument import Purpose, Taken
from services.diagnostics.domain.rules import SERVICE, Rule
from services.diagnostics.domain.session_facts import SessionScored
from shared.domain import Decider, Row, message


@message
class Subject:
    route: UUID
    person: UUID
    family: str
    municipality: str
    school: str


@message
class Note:
    """A session of a route was scored."""

    subject: Subject
    purpose: Purpose
    result: Result
    policy: Policy
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class InitialNoted:
    subject: Subject
    result: Result
    at: datetime


@message
class DynamicsJudged:
    subject: Subject
    initial: Result
    final: Result
    judgement: Judgement
    policy: Policy
    at: datetime


@message
class Waiting: ...


@message
class Noted:
    initial: Result
    judged: tuple[DynamicsJudged, ...] = ()


Command = Note
Event = InitialNoted | DynamicsJudged
State = Waiting | Noted


def comparison_id(route: UUID, person: UUID, family: str, kind: Taken) -> UUID:
    """The person is part of the name: a session that claims a stranger's route cannot become its start."""
    return uuid5(route, f"iom:diagnostics:comparison:{person}:{family}:{kind}")


def noting(session: UUID, scored: SessionScored, policy: Policy) -> tuple[UUID, Note] | None:
    """What a scored session means for the comparison of its route; None when it belongs to no route."""
    task = scored.task
    if task.route is None:
        return None
    result = Result(
        session=session,
        kind=task.kind,
        calibration=scored.calibration,
        theta=scored.overall.theta,
        se=scored.overall.se,
        items=tuple(mark.item for mark in scored.marks),
        anchors=tuple(mark.item for mark in scored.marks if mark.anchor),
        difficulties=tuple(mark.difficulty for mark in scored.marks),
        right=tuple(mark.right for mark in scored.marks),
        method=scored.method,
    )
    subject = Subject(
        route=task.route,
        person=task.person,
        family=task.family,
        municipality=task.municipality,
        school=task.school,
    )
    note = Note(subject=subject, purpose=task.purpose, result=result, policy=policy, at=scored.at)
    return comparison_id(task.route, task.person, task.family, task.kind), note


def decide(command: Command, state: State) -> list[Event]:
    match state, command.purpose:
        case Waiting(), "initial":
            return [InitialNoted(subject=command.subject, result=command.result, at=command.at)]
        case Waiting(), "final":
            return []  # nothing to compare with, and an initial session taken after the end would not be one
        case Noted(), "initial":
            return []  # the first start stands: nobody chooses the start that flatters the end
        case Noted(initial=initial, judged=judged), "final":
            if any(earlier.final.session == command.result.session for earlier in judged):
                return []
            return [
                DynamicsJudged(
                    subject=command.subject,
                    initial=initial,
                    final=command.result,
                    judgement=judge(initial, command.result, command.policy),
                    policy=command.policy,
                    at=command.at,
                )
            ]
    return []


def evolve(state: State, event: Event) -> State:
    match event, state:
        case InitialNoted(result=result), Waiting():
            return Noted(initial=result)
        case DynamicsJudged(), Noted(initial=initial, judged=judged):
            return Noted(initial=initial, judged=(*judged, event))
        case _:
            return state


comparison: Decider[Command, State, Event] = Decider(initial=Waiting(), decide=decide, evolve=evolve)

RULES: Final[Mapping[type, Rule]] = MappingProxyType({Note: Rule("1.13", SERVICE)})


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    match state:
        case Noted(judged=judged):
            for each in judged:
                yield Row(table="dynamics", values=_row(id, each))


def _row(id: UUID, judged: DynamicsJudged) -> dict[str, object]:
    return {
        "final_session_id": judged.final.session,
        "initial_session_id": judged.initial.session,
        "comparison_id": id,
        "route_id": judged.subject.route,
        "verdict": judged.judgement.verdict,
        "obstacle": judged.judgement.obstacle,
        "z": judged.judgement.z,
        "theta_initial": judged.initial.theta,
        "se_initial": judged.initial.se,
        "theta_final": judged.final.theta,
        "se_final": judged.final.se,
        "policy": judged.policy.version,
        "judged_at": judged.at,
    }
