"""How a notice is planned, sent at most once, and stays honest about what became of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final, assert_never

from services.notifications.domain.notice import (
    AlreadyClosed,
    BeingSent,
    Command,
    ConfirmSent,
    Delayed,
    Delivered,
    Delivery,
    Doubt,
    Fact,
    Failed,
    GiveUp,
    InDoubt,
    Known,
    MarkRead,
    NoSuchNotice,
    Notice,
    NotTheRecipient,
    Pending,
    Plan,
    Planned,
    PutOff,
    Read,
    Sending,
    SendingStarted,
    Sent,
    StartSending,
    State,
    Suppress,
    Suppressed,
    Uncertain,
    Undelivered,
    Unplanned,
    Withheld,
)
from shared.domain import Decider, Right

# How long to wait after each "try again later" of the mail server; after the last one the notice has failed.
PAUSES: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 720, 1440))


def decide(command: Command, state: State) -> list[Fact]:
    match command:
        case Plan():
            return _plan(command, state)
        case MarkRead():
            return _read(command, state)
        case StartSending() | ConfirmSent() | PutOff() | GiveUp() | Suppress() | Doubt():
            return _deliver(command, state)
        case _:
            assert_never(command)


def _plan(command: Plan, state: State) -> list[Fact]:
    if not isinstance(state, Unplanned):
        return []  # heard twice, or the person is concerned in two roles: one notice is enough
    return [
        Planned(recipient=command.recipient, channel=command.channel, matter=command.matter, at=command.at),
    ]


def _read(command: MarkRead, state: State) -> list[Fact]:
    if isinstance(state, Unplanned):
        raise NoSuchNotice
    if state.notice.recipient != command.reader:
        raise NotTheRecipient
    return [] if state.notice.read_at else [Read(at=command.at)]


def _deliver(command: Delivery, state: State) -> list[Fact]:
    match state:
        case Unplanned():
            raise NoSuchNotice
        case Pending():
            return _from_pending(command, state)
        case Sending():
            return _from_sending(command, state)
        case Uncertain():
            return _from_uncertain(command, state)
        case Delivered() | Undelivered() | Withheld():
            return _from_closed(command, state)
        case _:
            assert_never(state)


def _from_pending(command: Delivery, state: Pending) -> list[Fact]:
    match command:
        case StartSending():
            return [SendingStarted(attempt=command.attempt, at=command.at)]
        case PutOff(attempt=None):
            return [_later(command, state.delays)]
        case GiveUp(attempt=None):
            return [Failed(reason=command.reason, at=command.at)]
        case Suppress():
            return [Suppressed(reason=command.reason, at=command.at)]
        case PutOff() | GiveUp():
            return []  # an attempt that never got as far as its fact: the notice is pending, as wished
        case ConfirmSent() | Doubt():
            raise AlreadyClosed  # that attempt was put off since
        case _:
            assert_never(command)


def _from_sending(command: Delivery, state: Sending) -> list[Fact]:
    if isinstance(command, Suppress):
        raise BeingSent  # too late: the text is on its way
    if command.attempt != state.attempt:
        raise BeingSent
    match command:
        case StartSending():
            return []  # the same attempt asks again because it did not hear the answer
        case ConfirmSent():
            return [_sent(command, state.notice)]
        case PutOff():
            return [_later(command, state.delays)]
        case GiveUp():
            return [Failed(reason=command.reason, at=command.at)]
        case Doubt():
            return [InDoubt(attempt=command.attempt, at=command.at)]
        case _:
            assert_never(command)


def _from_uncertain(command: Delivery, state: Uncertain) -> list[Fact]:
    match command:
        case ConfirmSent(attempt=state.attempt):
            return [_sent(command, state.notice)]  # the one who knows was slow, not dead
        case GiveUp(attempt=state.attempt) | PutOff(attempt=state.attempt):
            return [Failed(reason=command.reason, at=command.at)]  # the doubt was shown: it is not sent again
        case Doubt(attempt=state.attempt):
            return []
        case _:
            raise AlreadyClosed


def _from_closed(command: Delivery, state: Delivered | Undelivered | Withheld) -> list[Fact]:
    match command, state:
        case (ConfirmSent(), Delivered()) | (GiveUp(), Undelivered()) | (Suppress(), Withheld()):
            return []
        case _:
            raise AlreadyClosed


def _later(command: PutOff, delays: int) -> Fact:
    if delays >= len(PAUSES):
        return Failed(reason=command.reason, at=command.at)
    return Delayed(reason=command.reason, until=command.at + PAUSES[delays], at=command.at)


def _sent(command: ConfirmSent, notice: Notice) -> Sent:
    return Sent(
        recipient=notice.recipient,
        channel=notice.channel,
        matter=notice.matter,
        attempt=command.attempt,
        at=command.at,
    )


def evolve(state: State, fact: Fact) -> State:
    match state, fact:
        case Unplanned(), Planned():
            notice = Notice(recipient=fact.recipient, channel=fact.channel, matter=fact.matter, planned_at=fact.at)
            return Pending(notice=notice, delays=0, not_before=fact.at, reason="")
        case Unplanned(), _:
            return state
        case _, Read():
            return replace(state, notice=replace(state.notice, read_at=fact.at))
        case Pending(), SendingStarted():
            return Sending(notice=state.notice, delays=state.delays, attempt=fact.attempt, since=fact.at)
        case ((Pending() | Sending()), Delayed()):
            return Pending(notice=state.notice, delays=state.delays + 1, not_before=fact.until, reason=fact.reason)
        case _:
            return _settled(state, fact)


def _settled(state: Known, fact: Fact) -> State:
    """The state after a fact that ends the sending, whatever came before."""
    match fact:
        case Sent():
            return Delivered(notice=state.notice, at=fact.at)
        case Failed():
            return Undelivered(notice=state.notice, reason=fact.reason, at=fact.at)
        case Suppressed():
            return Withheld(notice=state.notice, reason=fact.reason, at=fact.at)
        case InDoubt():
            return Uncertain(notice=state.notice, attempt=fact.attempt, at=fact.at)
        case _:
            return state


notice: Decider[Command, State, Fact] = Decider(initial=Unplanned(), decide=decide, evolve=evolve)
SERVICE: Final = Right("", frozenset({"service"}))
RULES: Final[Mapping[type, Right]] = MappingProxyType(
    {
        **dict.fromkeys((Plan, StartSending, ConfirmSent, PutOff, GiveUp, Suppress, Doubt), SERVICE),
        MarkRead: Right("", frozenset({"recipient"})),
    }
)
