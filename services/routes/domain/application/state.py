"""Where a consolidated application is, whom it names, and the row that lists of applications are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from uuid import UUID

from services.routes.domain.application.facts import (
    ApplicationAccepted,
    ApplicationFormed,
    ApplicationReturned,
    ApplicationSubmitted,
    Asked,
    Fact,
    Heading,
    ListExcluded,
    ListIncluded,
)
from services.routes.domain.route.maps import with_one, without
from shared.domain import Gone, Personal, Row, changed, message


@message
class Included:
    school: str
    campaign: int
    teachers: tuple[Asked, ...]


@message
class Unformed: ...


@message
class Drafted:
    """`returned` is why the centre gave it back, if it did."""

    heading: Heading
    lists: Mapping[UUID, Included] = field(default_factory=dict)
    returned: Personal | None = None


@message
class Submitted:
    heading: Heading
    lists: Mapping[UUID, Included]
    at: datetime


@message
class Accepted:
    heading: Heading
    lists: Mapping[UUID, Included]
    submitted_at: datetime
    at: datetime


Known = Drafted | Submitted | Accepted
State = Unformed | Known


def asked(lists: Mapping[UUID, Included]) -> dict[UUID, tuple[UUID, Asked]]:
    """Every teacher once, with the list that counts: the one that was included first."""
    found: dict[UUID, tuple[UUID, Asked]] = {}
    for id, included in lists.items():
        for each in included.teachers:
            found.setdefault(each.person, (id, each))
    return found


def evolve(state: State, fact: Fact) -> State:
    match fact, state:
        case ApplicationFormed(), Unformed():
            return Drafted(heading=fact.heading)
        case ListIncluded(), Drafted():
            one = Included(school=fact.school, campaign=fact.campaign, teachers=fact.teachers)
            return changed(state, lists=with_one(state.lists, fact.list, one))
        case ListExcluded(), Drafted():
            return changed(state, lists=without(state.lists, fact.list))
        case ApplicationSubmitted(), Drafted():
            return Submitted(heading=state.heading, lists=state.lists, at=fact.at)
        case ApplicationReturned(), Submitted():
            return Drafted(heading=state.heading, lists=state.lists, returned=fact.reason)
        case ApplicationAccepted(), Submitted():
            return Accepted(heading=state.heading, lists=state.lists, submitted_at=state.at, at=fact.at)
        case _:
            return state


def standing(state: Known) -> tuple[str, str]:
    """The application's status, and whose move is next: "municipality", "centre" or nobody's."""
    match state:
        case Drafted(returned=returned):
            return ("returned" if returned else "draft"), "municipality"
        case Submitted():
            return "submitted", "centre"
        case Accepted():
            return "accepted", ""


def view(id: UUID, version: int, state: State) -> Iterable[Row | Gone]:
    if isinstance(state, Unformed):
        return
    status, waits_for = standing(state)
    heading = state.heading
    submitted = {Submitted: "at", Accepted: "submitted_at"}.get(type(state))
    yield Row(
        table="applications",
        values={
            "id": id,
            "version": version,
            "municipality": heading.municipality,
            "year": heading.year,
            "number": heading.number,
            "status": status,
            "waits_for": waits_for,
            "lists": len(state.lists),
            "teachers": len(asked(state.lists)),
            "submitted_at": getattr(state, submitted) if submitted else None,
            "accepted_at": state.at if isinstance(state, Accepted) else None,
        },
    )
