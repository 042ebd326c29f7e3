"""A person: who they are (information section of p. 2.5), which roles they hold, what they consented to."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from shared.domain import Decider, Personal, Refusal, message

SCHOOL_ROLES = frozenset({"teacher", "tutor", "school_administrator", "school_coordinator", "school_curator"})
MUNICIPAL_ROLES = frozenset({"municipal_coordinator"})
REGIONAL_ROLES = frozenset({"regional_centre", "methodist", "auditor", "administrator", "subscriber"})
ROLES = SCHOOL_ROLES | MUNICIPAL_ROLES | REGIONAL_ROLES


@message
class Details:
    """The information section and nothing more: no birth date, no number, no gender."""

    family_name: str
    given_name: str
    patronymic: str | None
    email: str
    phone: str | None
    position: str | None
    service_years: int | None
    category: str | None


@message
class Grant:
    role: str
    municipality: str | None
    school: str | None


@message
class Register:
    person: UUID
    details: Details
    municipality: str | None
    school: str | None
    at: datetime


@message
class GrantRole:
    grant: Grant
    at: datetime


@message
class RevokeRole:
    grant: Grant
    at: datetime


@message
class GiveConsent:
    """To the processing of personal data; `document` is the SHA-256 of the text that was shown, in hexadecimal."""

    document: str
    at: datetime


@message
class WithdrawConsent:
    at: datetime


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


@message
class RoleGranted:
    grant: Grant
    at: datetime


@message
class RoleRevoked:
    grant: Grant
    at: datetime


@message
class ConsentGiven:
    document: str
    at: datetime


@message
class ConsentWithdrawn:
    at: datetime


@message
class Nobody: ...


@message
class Person:
    """`consent` is the hash of the text consented to, None without consent."""

    about: PersonRegistered
    grants: tuple[Grant, ...] = ()
    consent: str | None = None


Command = Register | GrantRole | RevokeRole | GiveConsent | WithdrawConsent
Event = PersonRegistered | RoleGranted | RoleRevoked | ConsentGiven | ConsentWithdrawn
State = Nobody | Person


class PersonUnknown(Refusal):
    """There is no such person."""

    clause = "3.1.3"


class PersonRegisteredOtherwise(Refusal):
    """This person is registered with other details."""

    clause = "3.1.3"


class RoleWithoutPlace(Refusal):
    """A role of a school names the school, and a municipal one the municipality."""

    clause = "2.8"


class RoleWithPlace(Refusal):
    """A role of the region is held for the whole region."""

    clause = "2.8"


def decide(command: Command, state: State) -> list[Event]:
    if isinstance(command, Register):
        return register(command, state)
    if not isinstance(state, Person):
        raise PersonUnknown
    match command:
        case GrantRole(grant=grant):
            placed(grant)
            return [] if grant in state.grants else [RoleGranted(grant=grant, at=command.at)]
        case RevokeRole(grant=grant):
            return [RoleRevoked(grant=grant, at=command.at)] if grant in state.grants else []
        case GiveConsent(document=document):
            return [] if state.consent == document else [ConsentGiven(document=document, at=command.at)]
        case WithdrawConsent():
            return [ConsentWithdrawn(at=command.at)] if state.consent else []


def register(command: Register, state: State) -> list[Event]:
    registered = registration(command)
    match state:
        case Nobody():
            return [registered]
        case Person(about=about) if replace(about, at=command.at) == registered:
            return []
        case _:
            raise PersonRegisteredOtherwise


def registration(command: Register) -> PersonRegistered:
    details = command.details

    def private(text: str | None) -> Personal | None:
        return Personal(subject=command.person, text=text) if text else None

    return PersonRegistered(
        family_name=Personal(subject=command.person, text=details.family_name),
        given_name=Personal(subject=command.person, text=details.given_name),
        patronymic=private(details.patronymic),
        email=Personal(subject=command.person, text=details.email),
        phone=private(details.phone),
        position=private(details.position),
        service_years=private(None if details.service_years is None else str(details.service_years)),
        category=private(details.category),
        municipality=command.municipality,
        school=command.school,
        at=command.at,
    )


def placed(grant: Grant) -> None:
    """Refuses a role whose place is missing or too much."""
    if grant.role in SCHOOL_ROLES and not (grant.school and grant.municipality):
        raise RoleWithoutPlace
    if grant.role in MUNICIPAL_ROLES and (not grant.municipality or grant.school):
        raise RoleWithoutPlace
    if grant.role in REGIONAL_ROLES and (grant.municipality or grant.school):
        raise RoleWithPlace


def evolve(state: State, event: Event) -> State:
    match event, state:
        case PersonRegistered(), _:
            return Person(about=event)
        case RoleGranted(grant=grant), Person(grants=grants):
            return replace(state, grants=(*grants, grant))
        case RoleRevoked(grant=grant), Person(grants=grants):
            return replace(state, grants=tuple(each for each in grants if each != grant))
        case ConsentGiven(document=document), Person():
            return replace(state, consent=document)
        case ConsentWithdrawn(), Person():
            return replace(state, consent=None)
        case _:
            return state


person: Decider[Command, State, Event] = Decider(initial=Nobody(), decide=decide, evolve=evolve)
