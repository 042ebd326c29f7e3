"""Where a school's list is, and the row that lists of lists are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from uuid import UUID

from services.routes.domain.route.maps import with_one, without
from services.routes.domain.school_list.facts import (
    Fact,
    Heading,
    ListOpened,
    ListReleased,
    ListReturned,
    ListSubmitted,
    ListTaken,
    SubmissionWithdrawn,
    TeacherListed,
    TeacherUnlisted,
)
from shared.domain import Gone, Personal, Row, changed, message


@message
class Listed:
    direction: str
    ground: Personal


@message
class Unopened: ...


@message
class Drafted:
    """`returned` is why the municipality gave it back, if it did."""

    heading: Heading
    teachers: Mapping[UUID, Listed] = field(default_factory=dict)
    returned: Personal | None = None


@message
class Submitted:
    heading: Heading
    teachers: Mapping[UUID, Listed]
    at: datetime


@message
class Taken:
    heading: Heading
    teachers: Mapping[UUID, Listed]
    at: datetime
    application: UUID


Known = Drafted | Submitted | Taken
State = Unopened | Known


def evolve(state: State, fact: Fact) -> State:
    match fact, state:
        case ListOpened(), Unopened():
            return Drafted(heading=fact.heading)
        case TeacherListed(), Drafted():
            one = Listed(direction=fact.direction, ground=fact.ground)
            return changed(state, teachers=with_one(state.teachers, fact.person, one))
        case TeacherUnlisted(), Drafted():
            return changed(state, teachers=without(state.teachers, fact.person))
        case ListSubmitted(), Drafted():
            return Submitted(heading=state.heading, teachers=state.teachers, at=fact.at)
        case SubmissionWithdrawn(), Submitted():
            return Drafted(heading=state.heading, teachers=state.teachers)
        case ListReturned(), Submitted():
            return Drafted(heading=state.heading, teachers=state.teachers, returned=fact.reason)
        case ListTaken(), Submitted():
            return Taken(heading=state.heading, teachers=state.teachers, at=state.at, application=fact.application)
        case ListReleased(), Taken():
            return Submitted(heading=state.heading, teachers=state.teachers, at=state.at)
        case _:
            return state


def standing(state: Known) -> tuple[str, str]:
    """The list's status, and whose move is next: "school", "municipality" or nobody's."""
    match state:
        case Drafted(returned=returned):
            return ("returned" if returned else "draft"), "school"
        case Submitted():
            return "submitted", "municipality"
        case Taken():
            return "taken", ""


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    if isinstance(state, Unopened):
        return
    status, waits_for = standing(state)
    heading = state.heading
    yield Row(
        table="school_lists",
        values={
            "id": id,
            "version": version,
            "municipality": heading.municipality,
            "school": heading.school,
            "year": heading.year,
            "campaign": heading.campaign,
            "status": status,
            "waits_for": waits_for,
            "teachers": len(state.teachers),
            "application_id": state.application if isinstance(state, Taken) else None,
            "submitted_at": None if isinstance(state, Drafted) else state.at,
        },
    )
