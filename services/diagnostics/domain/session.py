"""A session of diagnostics: one teacher, one form of an instrument, taken answer by answer and scored at the end."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import assert_never
from uuid import UUID

from services.diagnostics.domain.instrument import Kind, Purpose
from services.diagnostics.domain.scoring import (
    METHOD,
    CompetencyMeasure,
    Mark,
    Measure,
    Sheet,
    marks,
    measure,
    measure_competency,
)
from shared.domain import Decider, Refusal, message


@message
class Question:
    item: str
    options: tuple[str, ...]


@message
class Task:
    """What was assigned: everything about a session that never changes."""

    person: UUID
    route: UUID | None
    purpose: Purpose
    kind: Kind
    family: str
    instrument: str
    instrument_version: int
    questions: tuple[Question, ...]
    municipality: str
    school: str


@message
class Assign:
    task: Task
    at: datetime


@message
class Start:
    at: datetime


@message
class Answer:
    item: str
    option: str
    at: datetime


@message
class Submit:
    sheet: Sheet
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class SessionAssigned:
    task: Task
    at: datetime


@message
class SessionStarted:
    at: datetime


@message
class ItemAnswered:
    item: str
    option: str
    at: datetime


@message
class SessionSubmitted:
    at: datetime


@message
class SessionScored:
    """Everything a second opinion needs: the marks with their difficulties, the calibration and the method."""

    task: Task
    overall: Measure
    competencies: tuple[CompetencyMeasure, ...]
    marks: tuple[Mark, ...]
    calibration: str
    method: str
    at: datetime


@message
class Unassigned: ...


@message
class Assigned:
    task: Task
    at: datetime


@message
class Started:
    task: Task
    assigned_at: datetime
    at: datetime
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@message
class Scored:
    task: Task
    assigned_at: datetime
    started_at: datetime
    answers: Mapping[str, str]
    score: SessionScored


Command = Assign | Start | Answer | Submit
Event = SessionAssigned | SessionStarted | ItemAnswered | SessionSubmitted | SessionScored
State = Unassigned | Assigned | Started | Scored


class AssignedOtherwise(Refusal):
    """This session was already assigned, and not like this."""

    clause = "2.8.5"


class NotAssigned(Refusal):
    """Nobody assigned this session."""

    clause = "2.8.5"


class NotStarted(Refusal):
    """Answers are taken after the session is started."""

    clause = "2.8.5"


class AlreadySubmitted(Refusal):
    """The session was submitted, so its answers no longer change."""

    clause = "2.8.5"


class UnknownItem(Refusal):
    """This session does not ask that."""

    clause = "2.8.5"


class UnknownOption(Refusal):
    """The item has no such option."""

    clause = "2.8.5"


class ItemsUnanswered(Refusal):
    """A session is submitted when every item has an answer."""

    clause = "2.8.5"


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Assign():
            return assign(command, state)
        case Start():
            return start(command, state)
        case Answer():
            return answer(command, state)
        case Submit():
            return submit(command, state)
        case _:
            assert_never(command)


def assign(command: Assign, state: State) -> list[Event]:
    match state:
        case Unassigned():
            return [SessionAssigned(task=command.task, at=command.at)]
        case Assigned() | Started() | Scored() if state.task == command.task:
            return []
        case _:
            raise AssignedOtherwise


def start(command: Start, state: State) -> list[Event]:
    match state:
        case Unassigned():
            raise NotAssigned
        case Assigned():
            return [SessionStarted(at=command.at)]
        case Started() | Scored():
            return []


def answer(command: Answer, state: State) -> list[Event]:
    match state:
        case Unassigned():
            raise NotAssigned
        case Assigned():
            raise NotStarted
        case Started() | Scored() if state.answers.get(command.item) == command.option:
            return []
        case Scored():
            raise AlreadySubmitted
        case Started(task=task):
            options = {question.item: question.options for question in task.questions}
            if command.item not in options:
                raise UnknownItem
            if command.option not in options[command.item]:
                raise UnknownOption
            return [ItemAnswered(item=command.item, option=command.option, at=command.at)]


def submit(command: Submit, state: State) -> list[Event]:
    match state:
        case Unassigned():
            raise NotAssigned
        case Assigned():
            raise NotStarted
        case Scored():
            return []
        case Started(task=task, answers=answers):
            missing = [question.item for question in task.questions if question.item not in answers]
            if missing:
                raise ItemsUnanswered(", ".join(missing))
            return [SessionSubmitted(at=command.at), score(command, task, answers)]


def score(command: Submit, task: Task, answers: Mapping[str, str]) -> SessionScored:
    marked = marks(command.sheet, answers)
    return SessionScored(
        task=task,
        overall=measure(marked),
        competencies=tuple(measure_competency(each, marked) for each in command.sheet.competencies),
        marks=marked,
        calibration=command.sheet.calibration,
        method=METHOD,
        at=command.at,
    )


def evolve(state: State, event: Event) -> State:
    match event, state:
        case SessionAssigned(task=task, at=at), _:
            return Assigned(task=task, at=at)
        case SessionStarted(at=at), Assigned(task=task, at=assigned_at):
            return Started(task=task, assigned_at=assigned_at, at=at)
        case ItemAnswered(item=item, option=option), Started():
            given = MappingProxyType({**state.answers, item: option})
            return Started(task=state.task, assigned_at=state.assigned_at, at=state.at, answers=given)
        case SessionScored(), Started():
            return Scored(
                task=state.task,
                assigned_at=state.assigned_at,
                started_at=state.at,
                answers=state.answers,
                score=event,
            )
        case _:
            return state


session: Decider[Command, State, Event] = Decider(initial=Unassigned(), decide=decide, evolve=evolve)
