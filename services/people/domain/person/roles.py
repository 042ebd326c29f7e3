"""Roles with their places and days (p. 2.8), and the move to another school."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.people.domain.person.facts import (
    ALWAYS,
    MUNICIPAL_ROLES,
    REGIONAL_ROLES,
    SCHOOL_ROLES,
    Event,
    Grant,
    Held,
    Period,
    Person,
    PersonTransferred,
    RoleEnded,
    RoleGranted,
    RoleRevoked,
    State,
)
from services.people.domain.rules import SCHOOL, Rule
from shared.domain import Refusal, message


@message
class GrantRole:
    """`basis` is the local act that gives the role."""

    grant: Grant
    at: datetime
    period: Period = ALWAYS
    basis: UUID | None = None


@message
class RevokeRole:
    grant: Grant
    at: datetime


@message
class Transfer:
    """From `on`, a day in the school's time zone, the person works at `school`; `roles` are what they do there."""

    municipality: str | None
    school: str
    roles: tuple[str, ...]
    on: date
    today: date
    at: datetime


class PersonUnknown(Refusal):
    """There is no such person."""

    clause = "3.1.3"


class RoleWithoutPlace(Refusal):
    """A role of a school names the school, and a municipal one the municipality."""

    clause = "2.8"


class RoleWithPlace(Refusal):
    """A role of the region is held for the whole region."""

    clause = "2.8"


class RoleEndsBeforeItBegins(Refusal):
    """The last day of a role is its first day or later."""

    clause = "2.8"


class AlreadyThere(Refusal):
    """The person works at this school."""

    clause = "2.8.3"


class TransferInFuture(Refusal):
    """A transfer is registered on its day or later: until then the person belongs to the old school."""

    clause = "2.8.3"


class RoleOfAnotherPlace(Refusal):
    """At a school a person is given roles of a school."""

    clause = "2.8"


def grant_role(command: GrantRole, state: State) -> list[Event]:
    known = known_person(state)
    placed(command.grant)
    period = command.period
    if period.since and period.until and period.until < period.since:
        raise RoleEndsBeforeItBegins
    wanted = Held(grant=command.grant, period=period, basis=command.basis)
    if wanted in known.held:
        return []
    return [
        RoleGranted(
            grant=command.grant,
            at=command.at,
            valid_from=period.since,
            valid_until=period.until,
            basis=command.basis,
        )
    ]


def revoke_role(command: RevokeRole, state: State) -> list[Event]:
    held = any(each.grant == command.grant for each in known_person(state).held)
    return [RoleRevoked(grant=command.grant, at=command.at)] if held else []


def transfer(command: Transfer, state: State) -> list[Event]:
    known = known_person(state)
    if not set(command.roles) <= SCHOOL_ROLES:
        raise RoleOfAnotherPlace
    if known.about.school == command.school:
        if all(Held(grant=each, period=Period(since=command.on)) in known.held for each in at_school(command)):
            return []  # the same wish twice
        raise AlreadyThere
    if command.on > command.today:
        raise TransferInFuture
    moved = PersonTransferred(municipality=command.municipality, school=command.school, on=command.on, at=command.at)
    new = [RoleGranted(grant=each, valid_from=command.on, at=command.at) for each in at_school(command)]
    return [moved, *left_behind(command, known), *new]


def at_school(command: Transfer) -> list[Grant]:
    roles = dict.fromkeys(command.roles)
    return [Grant(role=role, municipality=command.municipality, school=command.school) for role in roles]


def left_behind(command: Transfer, known: Person) -> list[Event]:
    """The roles of other schools end on the day before; one that was to begin later never does."""
    last = command.on - timedelta(days=1)
    events: list[Event] = []
    for each in known.held:
        period = each.period
        if not each.grant.school or (period.until and period.until <= last):
            continue
        if period.since and period.since > last:
            events.append(RoleRevoked(grant=each.grant, at=command.at))
        else:
            events.append(RoleEnded(grant=each.grant, valid_from=period.since, valid_until=last, at=command.at))
    return events


def known_person(state: State) -> Person:
    if not isinstance(state, Person):
        raise PersonUnknown
    return state


def placed(grant: Grant) -> None:
    """Refuses a role whose place is missing or too much."""
    if grant.role in SCHOOL_ROLES and not (grant.school and grant.municipality):
        raise RoleWithoutPlace
    if grant.role in MUNICIPAL_ROLES and (not grant.municipality or grant.school):
        raise RoleWithoutPlace
    if grant.role in REGIONAL_ROLES and (grant.municipality or grant.school):
        raise RoleWithPlace


def granted(held: tuple[Held, ...], event: RoleGranted) -> tuple[Held, ...]:
    """A period that shares days with an older one of the same role takes its place."""
    new = Held(grant=event.grant, period=Period(since=event.valid_from, until=event.valid_until), basis=event.basis)
    return (*(each for each in held if each.grant != event.grant or not each.period.meets(new.period)), new)


def ended(held: tuple[Held, ...], event: RoleEnded) -> tuple[Held, ...]:
    def after(each: Held) -> Held:
        if each.grant != event.grant or each.period.since != event.valid_from:
            return each
        period = Period(since=event.valid_from, until=event.valid_until)
        return Held(grant=each.grant, period=period, basis=each.basis)

    return tuple(after(each) for each in held)


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        GrantRole: Rule("2.8.3", SCHOOL),
        RevokeRole: Rule("2.8.3", SCHOOL),
        Transfer: Rule("2.8.3", SCHOOL),
    }
)
DECISIONS: Final[Mapping[type, Callable[[Any, State], list[Event]]]] = MappingProxyType(
    {GrantRole: grant_role, RevokeRole: revoke_role, Transfer: transfer}
)
