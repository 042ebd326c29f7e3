"""The kinds of streams this service keeps."""

from typing import Any, get_args

from services.people.domain import act, invitation, organisation, person_view
from services.people.domain.person import decider as person
from services.people.domain.person import facts
from shared.store.types import Category

ORGANISATIONS: Category[organisation.Command, organisation.State, organisation.Event] = Category(
    name="organisation",
    decider=organisation.organisation,
    facts=get_args(organisation.Event),
    view=organisation.view,
)
PERSONS: Category[person.Command, facts.State, facts.Event] = Category(
    name="person",
    decider=person.person,
    facts=get_args(facts.Event),
    view=person_view.view,
)
INVITATIONS: Category[invitation.Command, invitation.State, invitation.Event] = Category(
    name="invitation",
    decider=invitation.invitation,
    facts=get_args(invitation.Event),
    view=invitation.view,
)
ACTS: Category[act.Command, act.State, act.Event] = Category(
    name="act",
    decider=act.act,
    facts=get_args(act.Event),
    view=act.view,
)
CATEGORIES: tuple[Category[Any, Any, Any], ...] = (ORGANISATIONS, PERSONS, INVITATIONS, ACTS)


def categories() -> tuple[Category[Any, Any, Any], ...]:
    """Every kind, for who reads this service's facts in a process of its own."""
    return CATEGORIES
