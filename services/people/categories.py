"""The kinds of streams this service keeps."""

from typing import Any

from services.people.domain import organisation, person, person_view
from shared.store.types import Category

ORGANISATIONS: Category[organisation.Command, organisation.State, organisation.Event] = Category(
    name="organisation",
    decider=organisation.organisation,
    facts=(organisation.OrganisationRegistered,),
    view=organisation.view,
)
PERSONS: Category[person.Command, person.State, person.Event] = Category(
    name="person",
    decider=person.person,
    facts=(
        person.PersonRegistered,
        person.RoleGranted,
        person.RoleRevoked,
        person.ConsentGiven,
        person.ConsentWithdrawn,
    ),
    view=person_view.view,
)
CATEGORIES: tuple[Category[Any, Any, Any], ...] = (ORGANISATIONS, PERSONS)


def categories() -> tuple[Category[Any, Any, Any], ...]:
    """Every kind, for who reads this service's facts in a process of its own."""
    return CATEGORIES
