"""A municipality or a school: registered once under its code, renamed when its name changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID, uuid5

from services.people.domain.rules import ADMINISTRATOR, Rule
from shared.domain import Decider, Refusal, Row, message

NAMES = UUID("b2d7c5a0-8f0e-5b5d-9c39-0e6a6f6c2f11")

Kind = Literal["municipality", "school"]


@message
class RegisterOrganisation:
    """`parent` is the code of the municipality a school belongs to."""

    kind: Kind
    code: str
    name: str
    parent: str | None
    at: datetime


@message
class RenameOrganisation:
    name: str
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class OrganisationRegistered:
    kind: Kind
    code: str
    name: str
    parent: str | None
    at: datetime


@message
class OrganisationRenamed:
    name: str
    at: datetime


@message
class Unregistered: ...


@message
class Organisation:
    kind: Kind
    code: str
    name: str
    parent: str | None


Command = RegisterOrganisation | RenameOrganisation
Event = OrganisationRegistered | OrganisationRenamed
State = Unregistered | Organisation


class RegisteredOtherwise(Refusal):
    """An organisation with this code is registered with another name or under another municipality."""

    clause = "3.1.3"


class SchoolWithoutMunicipality(Refusal):
    """A school belongs to a municipality."""

    clause = "1.8"


class MunicipalityWithParent(Refusal):
    """A municipality belongs to the region and to nothing else."""

    clause = "1.8"


class OrganisationUnknown(Refusal):
    """There is no such municipality or school."""

    clause = "3.1.3"


def organisation_id(kind: Kind, code: str) -> UUID:
    return uuid5(NAMES, f"{kind}:{code}")


def decide(command: Command, state: State) -> list[Event]:
    return register(command, state) if isinstance(command, RegisterOrganisation) else rename(command, state)


def register(command: RegisterOrganisation, state: State) -> list[Event]:
    wanted = Organisation(kind=command.kind, code=command.code, name=command.name, parent=command.parent)
    if state == wanted:
        return []
    if isinstance(state, Organisation):
        raise RegisteredOtherwise
    if command.kind == "school" and not command.parent:
        raise SchoolWithoutMunicipality
    if command.kind == "municipality" and command.parent:
        raise MunicipalityWithParent
    return [
        OrganisationRegistered(
            kind=command.kind, code=command.code, name=command.name, parent=command.parent, at=command.at
        )
    ]


def rename(command: RenameOrganisation, state: State) -> list[Event]:
    if not isinstance(state, Organisation):
        raise OrganisationUnknown
    return [] if state.name == command.name else [OrganisationRenamed(name=command.name, at=command.at)]


def evolve(state: State, event: Event) -> State:
    match event, state:
        case OrganisationRegistered(), _:
            return Organisation(kind=event.kind, code=event.code, name=event.name, parent=event.parent)
        case OrganisationRenamed(), Organisation():
            return replace(state, name=event.name)
        case _:
            return state


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        RegisterOrganisation: Rule("1.8", ADMINISTRATOR),
        RenameOrganisation: Rule("1.8", ADMINISTRATOR),
    }
)
organisation: Decider[Command, State, Event] = Decider(initial=Unregistered(), decide=decide, evolve=evolve)


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    match state:
        case Organisation():
            values = {"id": id, "kind": state.kind, "code": state.code, "name": state.name, "parent": state.parent}
            yield Row(table="organisations", values=values)
