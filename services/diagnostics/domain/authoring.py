"""The life of one version of an instrument: drafted, reviewed by a colleague, published, retired.

A version is published once and never changes, because sessions already taken rest on it. Files shipped with the service
are published as they are: they were reviewed where they were written.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, assert_never
from uuid import UUID

from services.diagnostics.domain.authoring_facts import (
    Approved,
    DraftApproved,
    Drafted,
    DraftReturned,
    DraftRevised,
    DraftSubmitted,
    Event,
    InReview,
    InstrumentDrafted,
    InstrumentPublished,
    InstrumentRetired,
    Published,
    Retired,
    RetirementReason,
    State,
    Unpublished,
)
from services.diagnostics.domain.instrument import Instrument
from services.diagnostics.domain.rules import CENTRE, SERVICE, Rule
from services.diagnostics.domain.soundness import unsound
from shared.domain import Decider, Personal, Refusal, message


@message
class Draft:
    instrument: Instrument
    by: UUID
    at: datetime


@message
class Revise:
    instrument: Instrument
    by: UUID
    at: datetime


@message
class SubmitForReview:
    by: UUID
    at: datetime


@message
class ReturnDraft:
    by: UUID
    reason: str
    at: datetime


@message
class Approve:
    by: UUID
    own_allowed: bool  # the region's policy
    at: datetime


@message
class PublishApproved:
    by: UUID
    at: datetime


@message
class Publish:
    """A file of the shelf."""

    instrument: Instrument
    at: datetime


@message
class Retire:
    by: UUID
    reason: RetirementReason
    at: datetime


Command = Draft | Revise | SubmitForReview | ReturnDraft | Approve | PublishApproved | Publish | Retire


class VersionAlreadyPublished(Refusal):
    """This version of the instrument was published with another content, and a published version never changes."""

    clause = "1.3"


class VersionTaken(Refusal):
    """Somebody else began a draft under this very version."""

    clause = "2.8.1"


class UnknownInstrument(Refusal):
    """There is no such instrument, or no such version of it."""

    clause = "1.3"


class UnsoundInstrument(Refusal):
    """The instrument contradicts itself, so nothing it measures would mean anything."""

    clause = "1.3"


class UnderReview(Refusal):
    """What is being reviewed is not rewritten meanwhile."""

    clause = "2.8.1"


class NotInReview(Refusal):
    """Only a draft that was submitted to review is approved or returned."""

    clause = "2.8.1"


class OwnDraft(Refusal):
    """Who wrote in a draft does not approve it."""

    clause = "2.8.1"


class NotApproved(Refusal):
    """A draft is published after a colleague approved it."""

    clause = "2.8.1"


class NotPublished(Refusal):
    """Only a published version is retired."""

    clause = "2.8.1"


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Publish():
            return publish(command, state)
        case Draft():
            return draft(command, state)
        case Revise():
            return revise(command, state)
        case SubmitForReview():
            return submit(command, state)
        case ReturnDraft():
            return give_back(command, state)
        case Approve():
            return approve(command, state)
        case PublishApproved():
            return publish_approved(command, state)
        case Retire():
            return retire(command, state)
        case _:
            assert_never(command)


def publish(command: Publish, state: State) -> list[Event]:
    match state:
        case Unpublished():
            sound(command.instrument)
            return [InstrumentPublished(instrument=command.instrument, at=command.at)]
        case Published(instrument=command.instrument) | Retired(instrument=command.instrument):
            return []  # the same file, loaded at another start
        case _:
            raise VersionAlreadyPublished


def draft(command: Draft, state: State) -> list[Event]:
    match state:
        case Unpublished():
            return [InstrumentDrafted(instrument=command.instrument, by=command.by, at=command.at)]
        case Drafted(instrument=command.instrument) if command.by in state.authors:
            return []
        case _:
            raise VersionTaken


def revise(command: Revise, state: State) -> list[Event]:
    match state:
        case Drafted(instrument=command.instrument):
            return []
        case Drafted():
            return [DraftRevised(instrument=command.instrument, by=command.by, at=command.at)]
        case InReview() | Approved():
            raise UnderReview
        case Published() | Retired():
            raise VersionAlreadyPublished
        case Unpublished():
            raise UnknownInstrument


def submit(command: SubmitForReview, state: State) -> list[Event]:
    match state:
        case Drafted():
            sound(state.instrument)
            return [DraftSubmitted(by=command.by, at=command.at)]
        case InReview() | Approved():
            return []
        case Published() | Retired():
            raise VersionAlreadyPublished
        case Unpublished():
            raise UnknownInstrument


def give_back(command: ReturnDraft, state: State) -> list[Event]:
    match state:
        case InReview() | Approved():
            reason = Personal(subject=command.by, text=command.reason)
            return [DraftReturned(by=command.by, reason=reason, at=command.at)]
        case _:
            raise NotInReview


def approve(command: Approve, state: State) -> list[Event]:
    match state:
        case InReview():
            if command.by in state.authors and not command.own_allowed:
                raise OwnDraft
            return [DraftApproved(by=command.by, at=command.at)]
        case Approved():
            return []
        case _:
            raise NotInReview


def publish_approved(command: PublishApproved, state: State) -> list[Event]:
    match state:
        case Approved():
            return [InstrumentPublished(instrument=state.instrument, at=command.at)]
        case Published():
            return []
        case _:
            raise NotApproved


def retire(command: Retire, state: State) -> list[Event]:
    match state:
        case Published():
            return [InstrumentRetired(by=command.by, reason=command.reason, at=command.at)]
        case Retired():
            return []
        case _:
            raise NotPublished


def sound(candidate: Instrument) -> None:
    if flaws := list(unsound(candidate)):
        raise UnsoundInstrument("; ".join(map(str, flaws)))


def evolve(state: State, event: Event) -> State:
    match event, state:
        case InstrumentDrafted(instrument=written, by=by, at=at), Unpublished():
            return Drafted(instrument=written, authors=frozenset({by}), at=at)
        case DraftRevised(instrument=written, by=by, at=at), Drafted():
            return Drafted(instrument=written, authors=state.authors | {by}, at=at, returned=state.returned)
        case DraftSubmitted(at=at), Drafted():
            return InReview(instrument=state.instrument, authors=state.authors, at=at)
        case DraftReturned(reason=reason, at=at), InReview() | Approved():
            return Drafted(instrument=state.instrument, authors=state.authors, at=at, returned=reason)
        case DraftApproved(at=at), InReview():
            return Approved(instrument=state.instrument, authors=state.authors, at=at)
        case InstrumentPublished(instrument=published, at=at), _:
            return Published(instrument=published, at=at)
        case InstrumentRetired(reason=why, at=at), Published():
            return Retired(instrument=state.instrument, at=state.at, retired_at=at, reason=why)
        case _:
            return state


instrument: Decider[Command, State, Event] = Decider(initial=Unpublished(), decide=decide, evolve=evolve)

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Draft: Rule("2.8.1", CENTRE, functions=("2.8.1.4",)),
        Revise: Rule("2.8.1", CENTRE, functions=("2.8.1.4",)),
        SubmitForReview: Rule("2.8.1", CENTRE),
        ReturnDraft: Rule("2.8.1", CENTRE),
        Approve: Rule("2.8.1", CENTRE, functions=("2.8.1.4",)),
        PublishApproved: Rule("2.8.1", CENTRE, functions=("2.8.1.4",)),
        Retire: Rule("2.8.1", CENTRE),
        Publish: Rule("1.3", SERVICE),
    }
)
