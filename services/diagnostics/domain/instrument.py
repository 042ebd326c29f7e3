"""An instrument of diagnostics: a bank of calibrated items, the forms made of it, and the levels its scores mean.

A version is published once and never changes, because sessions already taken rest on it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.domain import Decider, Refusal, Row, message

Kind = Literal["test", "self"]
Purpose = Literal["initial", "final"]

HARDEST = Decimal(6)  # logits; an item beyond it measures nobody, and its standard error would be a fiction


@message
class Option:
    code: str
    text: str


@message
class Item:
    code: str
    competency: str
    text: str
    options: tuple[Option, ...]
    key: str
    difficulty: str  # logits, decimal text
    anchor: bool = False


@message
class Competency:
    code: str
    name: str
    cuts: tuple[str, ...]  # logits, ascending
    levels: tuple[str, ...]  # one more than the cuts, lowest first


@message
class Forms:
    initial: tuple[str, ...]
    final: tuple[str, ...]


@message
class Instrument:
    code: str
    version: int
    family: str
    kind: Kind
    title: str
    calibration: str
    competencies: tuple[Competency, ...]
    items: tuple[Item, ...]
    forms: Forms

    def form(self, purpose: Purpose) -> tuple[Item, ...]:
        known = {item.code: item for item in self.items}
        codes = self.forms.initial if purpose == "initial" else self.forms.final
        return tuple(known[code] for code in codes)

    def competency(self, code: str) -> Competency:
        return next(each for each in self.competencies if each.code == code)


@message
class Publish:
    instrument: Instrument
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class InstrumentPublished:
    instrument: Instrument
    at: datetime


@message
class Unpublished: ...


@message
class Published:
    instrument: Instrument
    at: datetime


Command = Publish
Event = InstrumentPublished
State = Unpublished | Published


class VersionAlreadyPublished(Refusal):
    """This version of the instrument was published with another content, and a published version never changes."""

    clause = "1.3"


class UnknownInstrument(Refusal):
    """There is no such instrument, or no such version of it."""

    clause = "1.3"


class UnsoundInstrument(Refusal):
    """The instrument contradicts itself, so nothing it measures would mean anything."""

    clause = "1.3"


def instrument_id(code: str, version: int) -> UUID:
    """The stream of one version: known to everybody who knows its name."""
    return uuid5(NAMESPACE_URL, f"iom:diagnostics:instrument:{code}:{version}")


def decide(command: Command, state: State) -> list[Event]:
    match state:
        case Unpublished():
            if flaws := list(unsound(command.instrument)):
                raise UnsoundInstrument("; ".join(flaws))
            return [InstrumentPublished(instrument=command.instrument, at=command.at)]
        case Published(instrument=command.instrument):
            return []  # the same file, loaded at another start
        case Published():
            raise VersionAlreadyPublished


def evolve(state: State, event: Event) -> State:
    return Published(instrument=event.instrument, at=event.at)


instrument: Decider[Command, State, Event] = Decider(initial=Unpublished(), decide=decide, evolve=evolve)


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    match state:
        case Published(instrument=published, at=at):
            yield Row(
                table="instruments",
                values={
                    "id": id,
                    "code": published.code,
                    "version": published.version,
                    "family": published.family,
                    "kind": published.kind,
                    "title": published.title,
                    "published_at": at,
                },
            )


def unsound(candidate: Instrument) -> Iterable[str]:
    """What is wrong with an instrument, in words for its author."""
    yield from _twice("item", [item.code for item in candidate.items])
    yield from _twice("competency", [competency.code for competency in candidate.competencies])
    for competency in candidate.competencies:
        yield from _bad_scale(competency)
    competencies = {competency.code for competency in candidate.competencies}
    for item in candidate.items:
        yield from _bad_item(item, competencies)
    for name, codes in (("initial", candidate.forms.initial), ("final", candidate.forms.final)):
        yield from _bad_form(name, codes, candidate)


def _bad_scale(competency: Competency) -> Iterable[str]:
    cuts = [_logits(cut) for cut in competency.cuts]
    if None in cuts or any(low >= high for low, high in pairwise(cut for cut in cuts if cut is not None)):
        yield f"cuts of {competency.code} are not ascending logits"
    if len(competency.levels) != len(competency.cuts) + 1:
        yield f"{competency.code} needs one level more than cuts"


def _bad_item(item: Item, competencies: set[str]) -> Iterable[str]:
    options = [option.code for option in item.options]
    yield from _twice(f"option of {item.code}", options)
    if item.key not in options:
        yield f"the key of {item.code} is none of its options"
    if len(options) < 2:
        yield f"{item.code} leaves nothing to choose"
    if item.competency not in competencies:
        yield f"{item.code} serves an unknown competency"
    difficulty = _logits(item.difficulty)
    if difficulty is None or abs(difficulty) > HARDEST:
        yield f"the difficulty of {item.code} is not a number of logits between -{HARDEST} and {HARDEST}"


def _bad_form(name: str, codes: Sequence[str], candidate: Instrument) -> Iterable[str]:
    yield from _twice(f"item of the {name} form", codes)
    known = {item.code: item for item in candidate.items}
    for code in codes:
        if code not in known:
            yield f"the {name} form asks for the unknown item {code}"
    covered = {known[code].competency for code in codes if code in known}
    for competency in candidate.competencies:
        if competency.code not in covered:
            yield f"the {name} form has no item for {competency.code}"


def _twice(what: str, codes: Sequence[str]) -> Iterable[str]:
    return [f"{what} {code} appears twice" for code, times in Counter(codes).items() if times > 1]


def _logits(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
