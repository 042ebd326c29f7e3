"""What people promises the rest of the suite: that there is a person, their roles and consents, and never a name.

A v1 never changes; a v2 stands beside it.
"""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.people.domain.person import facts as person
from shared.store.types import Recorded


class Promise(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: UUID


class PersonRegistered(Promise):
    contract: ClassVar[str] = "people.person_registered.v1"

    municipality: str | None
    school: str | None
    registered_at: AwareDatetime


class RoleGranted(Promise):
    contract: ClassVar[str] = "people.role_granted.v1"

    role: str
    municipality: str | None
    school: str | None
    granted_at: AwareDatetime


class RoleGrantedFromTo(Promise):
    """A role with days in the school's time zone, both included; v1 stays what tells of a role without an end."""

    contract: ClassVar[str] = "people.role_granted.v2"

    role: str
    municipality: str | None
    school: str | None
    valid_from: date | None
    valid_until: date | None
    granted_at: AwareDatetime


class RoleEnded(Promise):
    """`valid_until` is the last day; None when the role was taken back at once."""

    contract: ClassVar[str] = "people.role_ended.v1"

    role: str
    municipality: str | None
    school: str | None
    valid_until: date | None
    ended_at: AwareDatetime


class PersonTransferred(Promise):
    contract: ClassVar[str] = "people.person_transferred.v1"

    municipality: str | None
    school: str
    transferred_on: date
    transferred_at: AwareDatetime


class ConsentGiven(Promise):
    contract: ClassVar[str] = "people.consent_given.v1"

    given_at: AwareDatetime


class ConsentWithdrawn(Promise):
    contract: ClassVar[str] = "people.consent_withdrawn.v1"

    withdrawn_at: AwareDatetime


def publish(fact: Recorded[Any]) -> BaseModel | None:
    id, event = fact.stream_id, fact.event
    match event:
        case person.PersonRegistered():
            return PersonRegistered(
                person_id=id, municipality=event.municipality, school=event.school, registered_at=event.at
            )
        case person.PersonTransferred():
            return PersonTransferred(
                person_id=id,
                municipality=event.municipality,
                school=event.school,
                transferred_on=event.on,
                transferred_at=event.at,
            )
        case person.RoleGranted() | person.RoleEnded() | person.RoleRevoked():
            return publish_role(id, event)
        case person.ConsentGiven(kind=person.PERSONAL_DATA):
            return ConsentGiven(person_id=id, given_at=event.at)
        case person.ConsentWithdrawn(kind=person.PERSONAL_DATA):
            return ConsentWithdrawn(person_id=id, withdrawn_at=event.at)
        case _:
            return None  # organisations are asked for by name; other consents, acts and the cabinet concern nobody else


def publish_role(id: UUID, event: person.RoleGranted | person.RoleEnded | person.RoleRevoked) -> BaseModel:
    held: dict[str, Any] = {
        "role": event.grant.role,
        "municipality": event.grant.municipality,
        "school": event.grant.school,
    }
    match event:
        case person.RoleGranted(valid_from=None, valid_until=None):
            return RoleGranted(person_id=id, **held, granted_at=event.at)
        case person.RoleGranted():
            days: dict[str, Any] = {"valid_from": event.valid_from, "valid_until": event.valid_until}
            return RoleGrantedFromTo(person_id=id, **held, **days, granted_at=event.at)
        case person.RoleEnded():
            return RoleEnded(person_id=id, **held, valid_until=event.valid_until, ended_at=event.at)
        case person.RoleRevoked():
            return RoleEnded(person_id=id, **held, valid_until=None, ended_at=event.at)
