"""The cabinet (p. 3.1.3): being registered, and keeping one's own details, address and password."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.people.domain.person.facts import (
    ABOUT,
    Details,
    DetailsChanged,
    EmailChangeAsked,
    EmailChanged,
    Event,
    Held,
    Nobody,
    PasswordChanged,
    Person,
    PersonRegistered,
    RoleGranted,
    State,
    sealed,
)
from services.people.domain.person.roles import PersonUnknown, known_person, placed
from services.people.domain.rules import SCHOOL, SELF, Rule, only
from shared.domain import Personal, Refusal, message


@message
class Register:
    person: UUID
    details: Details
    municipality: str | None
    school: str | None
    at: datetime


@message
class RegisterWithRoles:
    """With the roles that the invitation offered or the imported row names, all at once."""

    person: UUID
    details: Details
    municipality: str | None
    school: str | None
    roles: tuple[Held, ...]
    at: datetime


@message
class ChangeDetails:
    """`changes` has the fields that shall be different, by their name in `Details`; None empties one."""

    person: UUID
    changes: Mapping[str, str | int | None]
    at: datetime


@message
class AskEmailChange:
    """`digest` is the SHA-256 of the secret that goes to the new address."""

    person: UUID
    email: str
    digest: str
    expires_at: datetime
    at: datetime


@message
class ConfirmEmail:
    digest: str
    at: datetime


@message
class ReplaceEmail:
    """By who keeps the school's staff: the address is confirmed when its owner uses the invitation sent to it."""

    person: UUID
    email: str
    at: datetime


@message
class ChangePassword:
    at: datetime


class PersonRegisteredOtherwise(Refusal):
    """This person is registered with other details."""

    clause = "3.1.3"


class NameMissing(Refusal):
    """A person has a family name and a given name."""

    clause = "2.5"


class EmailCodeWrong(Refusal):
    """This secret does not confirm a new address: it is another's, was used, or a newer one was sent."""

    clause = "3.1.3"


class EmailCodeExpired(Refusal):
    """The secret that confirms the new address is too old."""

    clause = "3.1.3"


def register(command: Register | RegisterWithRoles, state: State) -> list[Event]:
    registered = registration(command)
    match state:
        case Nobody():
            return [registered]
        case Person(about=about) if replace(about, at=command.at) == registered:
            return []
        case _:
            raise PersonRegisteredOtherwise


def register_with_roles(command: RegisterWithRoles, state: State) -> list[Event]:
    for each in command.roles:
        placed(each.grant)
    events = register(command, state)
    if not events:
        return []
    granted = [
        RoleGranted(
            grant=each.grant,
            valid_from=each.period.since,
            valid_until=each.period.until,
            basis=each.basis,
            at=command.at,
        )
        for each in command.roles
    ]
    return [*events, *granted]


def registration(command: Register | RegisterWithRoles) -> PersonRegistered:
    details, subject = command.details, command.person
    return PersonRegistered(
        family_name=Personal(subject=subject, text=details.family_name),
        given_name=Personal(subject=subject, text=details.given_name),
        patronymic=sealed(subject, details.patronymic),
        email=Personal(subject=subject, text=details.email),
        phone=sealed(subject, details.phone),
        position=sealed(subject, details.position),
        service_years=sealed(subject, details.service_years),
        category=sealed(subject, details.category),
        workplace=sealed(subject, details.workplace),
        attestation=sealed(subject, details.attestation),
        municipality=command.municipality,
        school=command.school,
        at=command.at,
    )


def change_details(command: ChangeDetails, state: State) -> list[Event]:
    about = remembered(state).about
    told = {name: sealed(command.person, value) for name, value in command.changes.items() if name in ABOUT}
    changed = {name: value for name, value in told.items() if getattr(about, name) != value}
    if any(name in changed and changed[name] is None for name in ("family_name", "given_name")):
        raise NameMissing
    return [DetailsChanged(changed=tuple(sorted(changed)), at=command.at, **changed)] if changed else []


def ask_email(command: AskEmailChange, state: State) -> list[Event]:
    known = remembered(state)
    wanted = Personal(subject=command.person, text=command.email)
    if known.about.email == wanted or (known.asked and known.asked.digest == command.digest):
        return []
    return [EmailChangeAsked(email=wanted, digest=command.digest, expires_at=command.expires_at, at=command.at)]


def confirm_email(command: ConfirmEmail, state: State) -> list[Event]:
    asked = known_person(state).asked
    if asked is None or asked.digest != command.digest:
        raise EmailCodeWrong
    if asked.expires_at <= command.at:
        raise EmailCodeExpired
    return [EmailChanged(email=asked.email, at=command.at)]


def replace_email(command: ReplaceEmail, state: State) -> list[Event]:
    wanted = Personal(subject=command.person, text=command.email)
    return [] if remembered(state).about.email == wanted else [EmailChanged(email=wanted, at=command.at)]


def change_password(command: ChangePassword, state: State) -> list[Event]:
    known_person(state)
    return [PasswordChanged(at=command.at)]


def remembered(state: State) -> Person:
    """Of who asked to be forgotten nothing new is written: it would lie under a new key."""
    known = known_person(state)
    if known.about.email.forgotten:
        raise PersonUnknown
    return known


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Register: Rule("3.1.3", SCHOOL),
        RegisterWithRoles: Rule("3.1.3", only("invited", "administrator")),
        ChangeDetails: Rule("3.1.3", SELF | SCHOOL),
        AskEmailChange: Rule("3.1.3", SELF),
        ConfirmEmail: Rule("3.1.3", SELF),
        ReplaceEmail: Rule("3.1.3", SCHOOL),
        ChangePassword: Rule("3.1.3", SELF | only("invited")),
    }
)
DECISIONS: Final[Mapping[type, Callable[[Any, State], list[Event]]]] = MappingProxyType(
    {
        Register: register,
        RegisterWithRoles: register_with_roles,
        ChangeDetails: change_details,
        AskEmailChange: ask_email,
        ConfirmEmail: confirm_email,
        ReplaceEmail: replace_email,
        ChangePassword: change_password,
    }
)
