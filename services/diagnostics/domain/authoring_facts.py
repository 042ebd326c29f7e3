"""What can have happened to one version of an instrument, and what it then is."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.diagnostics.domain.instrument import Instrument
from shared.domain import Personal, message

RetirementReason = Literal["outdated", "flawed", "replaced"]


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class InstrumentDrafted:
    instrument: Instrument
    by: UUID
    at: datetime


@message
class DraftRevised:
    instrument: Instrument
    by: UUID
    at: datetime


@message
class DraftSubmitted:
    by: UUID
    at: datetime


@message
class DraftReturned:
    by: UUID
    reason: Personal
    at: datetime


@message
class DraftApproved:
    by: UUID
    at: datetime


@message
class InstrumentPublished:
    instrument: Instrument
    at: datetime


@message
class InstrumentRetired:
    by: UUID
    reason: RetirementReason
    at: datetime


@message
class Unpublished: ...


@message
class Drafted:
    instrument: Instrument
    authors: frozenset[UUID]  # everybody who wrote in it
    at: datetime
    returned: Personal | None = None  # why it came back


@message
class InReview:
    instrument: Instrument
    authors: frozenset[UUID]
    at: datetime


@message
class Approved:
    instrument: Instrument
    authors: frozenset[UUID]
    at: datetime


@message
class Published:
    instrument: Instrument
    at: datetime


@message
class Retired:
    instrument: Instrument
    at: datetime
    retired_at: datetime
    reason: RetirementReason


Event = (
    InstrumentDrafted
    | DraftRevised
    | DraftSubmitted
    | DraftReturned
    | DraftApproved
    | InstrumentPublished
    | InstrumentRetired
)
Unfinished = Drafted | InReview | Approved
State = Unpublished | Unfinished | Published | Retired
