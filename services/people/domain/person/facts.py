"""Everything that can have happened to a person, and what is known of them after it."""

from dataclasses import fields
from datetime import date, datetime
from uuid import UUID

from shared.domain import Personal, message

SCHOOL_ROLES = frozenset({"teacher", "tutor", "school_administrator", "school_coordinator", "school_curator"})
MUNICIPAL_ROLES = frozenset({"municipal_coordinator"})
REGIONAL_ROLES = frozenset({"regional_centre", "methodist", "auditor", "administrator", "subscriber"})
ROLES = SCHOOL_ROLES | MUNICIPAL_ROLES | REGIONAL_ROLES
PERSONAL_DATA = "personal_data"  # the document of 152-ФЗ; every other kind of consent stands beside it


@message
class Details:
    """The information section and nothing more: no birth date, no number, no gender.

    `workplace` is the person's own word for it, `attestation` the month of the official route card ("2027-03").
    """

    family_name: str
    given_name: str
    patronymic: str | None
    email: str
    phone: str | None
    position: str | None
    service_years: int | None
    category: str | None
    workplace: str | None = None
    attestation: str | None = None


@message
class Grant:
    role: str
    municipality: str | None
    school: str | None


@message
class Period:
    """Days in the school's time zone, both included; an end left out is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def meets(self, other: "Period") -> bool:
        """Whether the two share a day."""
        return not (
            (self.until and other.since and self.until < other.since)
            or (other.until and self.since and other.until < self.since)
        )


ALWAYS = Period()


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class PersonRegistered:
    family_name: Personal
    given_name: Personal
    patronymic: Personal | None
    email: Personal
    phone: Personal | None
    position: Personal | None
    service_years: Personal | None
    category: Personal | None
    municipality: str | None
    school: str | None
    at: datetime
    workplace: Personal | None = None
    attestation: Personal | None = None


@message
class DetailsChanged:
    """`changed` names the fields that are told here; one of them without a value was emptied."""

    changed: tuple[str, ...]
    at: datetime
    family_name: Personal | None = None
    given_name: Personal | None = None
    patronymic: Personal | None = None
    phone: Personal | None = None
    position: Personal | None = None
    service_years: Personal | None = None
    category: Personal | None = None
    workplace: Personal | None = None
    attestation: Personal | None = None


@message
class EmailChangeAsked:
    """`digest` is the SHA-256 of the secret that was sent to the new address."""

    email: Personal
    digest: str
    expires_at: datetime
    at: datetime


@message
class EmailChanged:
    email: Personal
    at: datetime


@message
class PasswordChanged:
    """That it was, and nothing of it."""

    at: datetime


@message
class PersonTransferred:
    municipality: str | None
    school: str
    on: date
    at: datetime


@message
class RoleGranted:
    """`basis` is the local act that gave the role."""

    grant: Grant
    at: datetime
    valid_from: date | None = None
    valid_until: date | None = None
    basis: UUID | None = None


@message
class RoleEnded:
    """The last day of a role that goes on until then."""

    grant: Grant
    valid_from: date | None
    valid_until: date
    at: datetime


@message
class RoleRevoked:
    grant: Grant
    at: datetime


@message
class ConsentGiven:
    document: str
    at: datetime
    kind: str = PERSONAL_DATA
    version: str = ""


@message
class ConsentWithdrawn:
    at: datetime
    kind: str = PERSONAL_DATA


@message
class Nobody: ...


@message
class Held:
    """A role with its place, its days and the act behind it."""

    grant: Grant
    period: Period = ALWAYS
    basis: UUID | None = None


@message
class Consent:
    """`document` is the hash of the text consented to."""

    kind: str
    document: str
    version: str
    given_at: datetime


@message
class EmailAsked:
    email: Personal
    digest: str
    expires_at: datetime


@message
class Person:
    """`about` is who the person is now; its place is where they work now."""

    about: PersonRegistered
    held: tuple[Held, ...] = ()
    consents: tuple[Consent, ...] = ()
    asked: EmailAsked | None = None

    def consent_to(self, kind: str) -> Consent | None:
        return next((each for each in self.consents if each.kind == kind), None)

    @property
    def consented(self) -> bool:
        """To the processing of personal data."""
        return self.consent_to(PERSONAL_DATA) is not None

    def grants_on(self, day: date) -> tuple[Grant, ...]:
        """The roles that are valid on this day, each once."""
        return tuple(dict.fromkeys(each.grant for each in self.held if each.period.holds(day)))


State = Nobody | Person
Event = (
    PersonRegistered
    | DetailsChanged
    | EmailChangeAsked
    | EmailChanged
    | PasswordChanged
    | PersonTransferred
    | RoleGranted
    | RoleEnded
    | RoleRevoked
    | ConsentGiven
    | ConsentWithdrawn
)

ABOUT = tuple(each.name for each in fields(Details) if each.name != "email")  # what its owner changes at will


def sealed(subject: UUID, value: str | int | None) -> Personal | None:
    return None if value is None or value == "" else Personal(subject=subject, text=str(value))
