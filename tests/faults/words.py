"""What the two services of the fault suite speak of: claims written here, and what another service makes of them.

*Writing* keeps claims: opened by a person, noted upon, decided. *Hearing* mirrors every note, issues one certificate
for each decision and tells one notice for each key, however many notes carry the key. Every fact of a claim bears the
mark of the request that asked for it, so that an outsider can tell which fact came of which request.
"""

import os
import signal
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import BaseModel, ConfigDict

from shared.bus.hearing import Hearing, Wish
from shared.domain import Decider, Gone, Personal, Refusal, Row, message
from shared.store.types import Category, Heard, Recorded

WRITING_SCHEMA = """
CREATE TABLE IF NOT EXISTS claims (
    id uuid PRIMARY KEY, version integer NOT NULL, numbers integer[] NOT NULL, decision uuid
);
CREATE TABLE IF NOT EXISTS notes (claim uuid, n integer, number integer NOT NULL, PRIMARY KEY (claim, n));
"""
HEARING_SCHEMA = """
CREATE TABLE IF NOT EXISTS mirrors (id uuid PRIMARY KEY, version integer NOT NULL, numbers integer[] NOT NULL);
CREATE TABLE IF NOT EXISTS certificates (id uuid PRIMARY KEY, version integer NOT NULL, claim uuid NOT NULL);
CREATE TABLE IF NOT EXISTS notices (id uuid PRIMARY KEY, version integer NOT NULL, key text NOT NULL);
"""


# Writing: commands
@message
class Open:
    mark: int
    by: str


@message
class Note:
    """One fact for each number; *trap* says what the reader of the notes runs into ("", "raise", or "exit" with
    whatever tells it from others)."""

    mark: int
    numbers: tuple[int, ...]
    key: str = ""
    trap: str = ""


@message
class Decide:
    mark: int
    decision: UUID


# Writing: facts
@message
class Opened:
    mark: int
    by: Personal


@message
class Noted:
    mark: int
    number: int
    key: str = ""
    trap: str = ""


@message
class Decided:
    mark: int
    decision: UUID


@message
class Claim:
    open: bool = False
    numbers: tuple[int, ...] = ()
    decision: UUID | None = None


class NotOpen(Refusal):
    """Nothing happens to a claim that was not opened."""


class OpenAlready(Refusal):
    """A claim is opened once."""


class OutOfTurn(Refusal):
    """Numbers come in order, without a gap."""


class DecidedAlready(Refusal):
    """A decided claim stays as it is."""


def decide_claim(command: Open | Note | Decide, state: Claim) -> list[Any]:
    match command:
        case Open(mark=mark, by=by):
            if state.open:
                raise OpenAlready
            return [Opened(mark=mark, by=Personal(subject=uuid5(NAMESPACE_OID, by), text=by))]
        case _ if not state.open:
            raise NotOpen
        case _ if state.decision is not None:
            raise DecidedAlready
        case Note(mark=mark, numbers=numbers, key=key, trap=trap):
            first = len(state.numbers) + 1
            if numbers != tuple(range(first, first + len(numbers))):
                raise OutOfTurn
            return [Noted(mark=mark, number=number, key=key, trap=trap) for number in numbers]
        case Decide(mark=mark, decision=decision):
            return [Decided(mark=mark, decision=decision)]


def evolve_claim(state: Claim, fact: object) -> Claim:
    match fact:
        case Opened():
            return replace(state, open=True)
        case Noted(number=number):
            return replace(state, numbers=(*state.numbers, number))
        case Decided(decision=decision):
            return replace(state, decision=decision)
        case _:
            return state


def view_claim(id: UUID, version: int, state: Claim) -> Iterable[Row | Gone]:
    values = {"id": id, "version": version, "numbers": state.numbers, "decision": state.decision}
    yield Row(table="claims", values=values)
    if state.decision is not None:
        yield Gone(table="notes", key={"claim": id})
        return
    for n, number in enumerate(state.numbers, 1):
        yield Row(table="notes", values={"claim": id, "n": n, "number": number})


claims: Category = Category(
    name="claim",
    decider=Decider(initial=Claim(), decide=decide_claim, evolve=evolve_claim),
    facts=(Opened, Noted, Decided),
    view=view_claim,
)


# What writing promises; that a claim was opened stays at home.
class NoteTaken(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    contract: ClassVar[str] = "writing.note_taken.v1"

    claim: UUID
    number: int
    key: str
    trap: str


class ClaimDecided(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    contract: ClassVar[str] = "writing.claim_decided.v1"

    claim: UUID
    decision: UUID


def publish(fact: Recorded[Any]) -> BaseModel | None:
    match fact.event:
        case Noted(number=number, key=key, trap=trap):
            return NoteTaken(claim=fact.stream_id, number=number, key=key, trap=trap)
        case Decided(decision=decision):
            return ClaimDecided(claim=fact.stream_id, decision=decision)
        case _:
            return None


# Hearing: commands, facts and states. A mirror takes whatever it is told: only the inbox keeps it from taking it twice.
@message
class Mirror:
    number: int


@message
class Mirrored:
    number: int


@message
class Issue:
    claim: UUID


@message
class Issued:
    claim: UUID


@message
class Tell:
    key: str


@message
class Told:
    key: str


@message
class Numbers:
    numbers: tuple[int, ...] = ()


@message
class Paper:
    """A certificate or a notice: there, or not."""

    about: str = ""


def evolve_mirror(state: Numbers, fact: Mirrored) -> Numbers:
    return Numbers(numbers=(*state.numbers, fact.number))


def view_mirror(id: UUID, version: int, state: Numbers) -> Iterable[Row | Gone]:
    yield Row(table="mirrors", values={"id": id, "version": version, "numbers": state.numbers})


def view_certificate(id: UUID, version: int, state: Paper) -> Iterable[Row | Gone]:
    yield Row(table="certificates", values={"id": id, "version": version, "claim": state.about})


def view_notice(id: UUID, version: int, state: Paper) -> Iterable[Row | Gone]:
    yield Row(table="notices", values={"id": id, "version": version, "key": state.about})


mirrors: Category = Category(
    name="mirror",
    decider=Decider(
        initial=Numbers(), decide=lambda command, _: [Mirrored(number=command.number)], evolve=evolve_mirror
    ),
    facts=(Mirrored,),
    view=view_mirror,
)
certificates: Category = Category(
    name="certificate",
    decider=Decider(
        initial=Paper(),
        decide=lambda command, state: [] if state.about else [Issued(claim=command.claim)],
        evolve=lambda _, fact: Paper(about=str(fact.claim)),
    ),
    facts=(Issued,),
    view=view_certificate,
)
notices: Category = Category(
    name="notice",
    decider=Decider(
        initial=Paper(),
        decide=lambda command, state: [] if state.about else [Told(key=command.key)],
        evolve=lambda _, fact: Paper(about=fact.key),
    ),
    facts=(Told,),
    view=view_notice,
)


def notice_id(key: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"notice {key}")


# A process in which the cause of the failures is mended, wholly or so that they are no longer its death, sets these.
healed = False
mended: tuple[str, ...] = ()


def hear_note(promise: NoteTaken, _: Heard) -> Iterable[Wish]:
    if promise.trap.startswith("exit") and promise.trap not in mended and not healed:
        os.kill(os.getpid(), signal.SIGKILL)
    if promise.trap and not healed:
        raise ArithmeticError("this note cannot be mirrored")
    yield Wish(category=mirrors, id=promise.claim, command=Mirror(number=promise.number))
    if promise.key:
        yield Wish(category=notices, id=notice_id(promise.key), command=Tell(key=promise.key))


def hear_decision(promise: ClaimDecided, _: Heard) -> Iterable[Wish]:
    yield Wish(category=certificates, id=promise.decision, command=Issue(claim=promise.claim))


HEARINGS = (Hearing(reads=NoteTaken, react=hear_note), Hearing(reads=ClaimDecided, react=hear_decision))
