"""What people promises the rest of the suite: that there is a person, their roles and consents, and never a name.

A v1 never changes; a v2 stands beside it.
"""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.people.domain import person
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
        case person.RoleGranted(grant=grant):
            return RoleGranted(
                person_id=id,
                role=grant.role,
                municipality=grant.municipality,
                school=grant.school,
                granted_at=event.at,
            )
        case person.ConsentGiven():
            return ConsentGiven(person_id=id, given_at=event.at)
        case person.ConsentWithdrawn():
            return ConsentWithdrawn(person_id=id, withdrawn_at=event.at)
        case _:
            return None  # a token says which roles are held now; organisations are asked for by name
