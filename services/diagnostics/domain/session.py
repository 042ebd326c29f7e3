"""A session of diagnostics: one teacher, one form of an instrument, taken answer by answer and scored at the end.

Every answer is a save of its own, because connections break. Saves may come twice, late, in another order and from two
devices; clients count them, and each next count goes above the highest the client has seen. So a save that is older
than what is kept is known for old: from the same device it is silently superseded, from another it is refused aloud.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, assert_never
from uuid import UUID

from services.diagnostics.domain.rules import ORGANISERS, TUTEE, Rule
from services.diagnostics.domain.scoring import METHOD, Sheet, marks, measure, measure_competency
from services.diagnostics.domain.session_facts import (
    NO_ANSWERS,
    Assigned,
    Assignment,
    Event,
    ItemAnswered,
    Save,
    Scored,
    SessionAssigned,
    SessionScored,
    SessionStarted,
    SessionSubmitted,
    SessionWithdrawn,
    Started,
    State,
    Task,
    Unassigned,
    WithdrawalReason,
    Withdrawn,
)
from services.diagnostics.domain.session_refusals import (
    AlreadySubmitted,
    AnsweredElsewhere,
    AnswersOnTheWay,
    AssignedOtherwise,
    ItemsUnanswered,
    NotAssigned,
    NotStarted,
    SessionCalledOff,
    UnknownItem,
    UnknownOption,
)
from shared.domain import Decider, changed, message


@message
class Assign:
    task: Task
    at: datetime
    due: date | None = None
    by: UUID | None = None


@message
class Start:
    at: datetime


@message
class Answer:
    item: str
    option: str
    at: datetime
    sequence: int = 0
    device: str = ""


@message
class Submit:
    """`sequence` is the count of the last save that the client sent, 0 where it does not count."""

    sheet: Sheet
    at: datetime
    sequence: int = 0


@message
class Withdraw:
    by: UUID
    reason: WithdrawalReason
    at: datetime


Command = Assign | Start | Answer | Submit | Withdraw


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
        case Withdraw():
            return withdraw(command, state)
        case _:
            assert_never(command)


def assign(command: Assign, state: State) -> list[Event]:
    match state:
        case Unassigned():
            return [SessionAssigned(task=command.task, at=command.at, due=command.due, by=command.by)]
        case _ if (state.task, state.assignment.due) == (command.task, command.due):
            return []
        case _:
            raise AssignedOtherwise


def takeable(state: State) -> Assigned | Started | Scored:
    match state:
        case Unassigned():
            raise NotAssigned
        case Withdrawn():
            raise SessionCalledOff
        case _:
            return state


def start(command: Start, state: State) -> list[Event]:
    match takeable(state):
        case Assigned():
            return [SessionStarted(at=command.at)]
        case Started() | Scored():
            return []


def answer(command: Answer, state: State) -> list[Event]:
    match takeable(state):
        case Assigned():
            raise NotStarted
        case Scored(answers=answers) if answers.get(command.item) == command.option:
            return []
        case Scored():
            raise AlreadySubmitted
        case Started() as going:
            return save(command, going)


def save(command: Answer, state: Started) -> list[Event]:
    options = next((each.options for each in state.task.questions if each.item == command.item), None)
    if options is None:
        raise UnknownItem
    if command.option not in options:
        raise UnknownOption
    known = state.saves.get(command.item)
    if state.answers.get(command.item) == command.option and not newer(command, known):
        return []
    if known is not None and known.sequence and command.sequence and not newer(command, known):
        if command.device != known.device:
            raise AnsweredElsewhere
        return []  # a save that was overtaken by the next one of the same device
    saved = ItemAnswered(
        item=command.item, option=command.option, at=command.at, sequence=command.sequence, device=command.device
    )
    return [saved]


def newer(command: Answer, known: Save | None) -> bool:
    """Whether the save counts above what is kept; where the client does not count, nothing is."""
    return command.sequence > (known.sequence if known else 0)


def submit(command: Submit, state: State) -> list[Event]:
    match takeable(state):
        case Assigned():
            raise NotStarted
        case Scored():
            return []
        case Started(task=task, answers=answers) as going:
            if command.sequence > going.sequence:
                raise AnswersOnTheWay
            missing = [question.item for question in task.questions if question.item not in answers]
            if missing:
                raise ItemsUnanswered(", ".join(missing))
            return [SessionSubmitted(at=command.at), score(command, task, answers)]


def withdraw(command: Withdraw, state: State) -> list[Event]:
    match state:
        case Unassigned():
            raise NotAssigned
        case Scored():
            raise AlreadySubmitted
        case Withdrawn():
            return []
        case Assigned(task=task) | Started(task=task):
            return [SessionWithdrawn(task=task, by=command.by, reason=command.reason, at=command.at)]


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
        case SessionAssigned(task=task), _:
            return Assigned(task=task, assignment=Assignment(at=event.at, due=event.due, by=event.by))
        case SessionStarted(at=at), Assigned():
            return Started(task=state.task, assignment=state.assignment, at=at)
        case ItemAnswered(item=item), Started():
            answers = MappingProxyType({**state.answers, item: event.option})
            return changed(state, answers=answers, saves=MappingProxyType({**state.saves, item: kept(state, event)}))
        case SessionScored(), Started():
            return Scored(
                task=state.task,
                assignment=state.assignment,
                started_at=state.at,
                answers=state.answers,
                score=event,
            )
        case SessionWithdrawn(), Assigned() | Started():
            return called_off(state, event)
        case _:
            return state


def kept(state: Started, event: ItemAnswered) -> Save:
    """A client that does not count changes an answer without turning the count back."""
    before = state.saves.get(event.item)
    return Save(sequence=max(event.sequence, before.sequence if before else 0), device=event.device)


def called_off(state: Assigned | Started, event: SessionWithdrawn) -> Withdrawn:
    started_at, answers = (state.at, state.answers) if isinstance(state, Started) else (None, NO_ANSWERS)
    return Withdrawn(
        task=state.task,
        assignment=state.assignment,
        started_at=started_at,
        answers=answers,
        reason=event.reason,
        at=event.at,
    )


session: Decider[Command, State, Event] = Decider(initial=Unassigned(), decide=decide, evolve=evolve)

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Assign: Rule("2.8.4", ORGANISERS | TUTEE, functions=("2.8.1.5", "2.8.2.1", "2.8.4.1")),
        Withdraw: Rule("2.8.4", ORGANISERS | TUTEE),  # the teacher, what they assigned to themselves
        Start: Rule("2.8.5", TUTEE, functions=("2.8.5.1",)),
        Answer: Rule("2.8.5", TUTEE, functions=("2.8.5.1",)),
        Submit: Rule("2.8.5", TUTEE, functions=("2.8.5.1",)),
    }
)
