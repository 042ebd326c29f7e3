"""A school's list and a municipality's application as they are shown; persons are ids here as everywhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.routes.domain.application import state as application
from services.routes.domain.school_list import state as school_list
from services.routes.responses import row_shown, shown


def list_shown(id: UUID, version: int, state: school_list.Known) -> dict[str, Any]:
    status, waits_for = school_list.standing(state)
    return {
        "id": str(id),
        "version": version,
        **shown(state.heading),
        "status": status,
        "waits_for": waits_for,
        "returned_because": shown(getattr(state, "returned", None)),
        "application_id": shown(getattr(state, "application", None)),
        "teachers": [{"teacher_id": str(person), **shown(each)} for person, each in state.teachers.items()],
    }


def application_shown(
    id: UUID, version: int, state: application.Known, supports: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Every teacher once, with the list that counts, and the methodists who were named for them."""
    status, waits_for = application.standing(state)
    named = [row_shown(row) for row in supports]
    asked = application.asked(state.lists)
    return {
        "id": str(id),
        "version": version,
        **shown(state.heading),
        "status": status,
        "waits_for": waits_for,
        "returned_because": shown(getattr(state, "returned", None)),
        "lists": [
            {
                "list_id": str(list),
                "school": each.school,
                "campaign": each.campaign,
                "teachers": len(each.teachers),
                "listed_before": [str(one.person) for one in each.teachers if asked[one.person][0] != list],
            }
            for list, each in state.lists.items()
        ],
        "teachers": [
            {
                "teacher_id": str(person),
                "list_id": str(list),
                "school": state.lists[list].school,
                "direction": each.direction,
                "methodists": [told for told in named if told["person_id"] == str(person)],
            }
            for person, (list, each) in asked.items()
        ],
        "directions": dict(Counter(each.direction for _, each in asked.values() if each.direction)),
    }
