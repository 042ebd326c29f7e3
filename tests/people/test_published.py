"""What becomes a promise: places, roles and days by their ids; nothing of the cabinet, of acts and of invitations."""

from uuid import UUID

import pytest

from services.people.categories import CATEGORIES
from services.people.domain import act, invitation
from services.people.domain.person import facts as p
from services.people.published import publish
from shared.store.types import Recorded
from tests.people import examples as e

LAST = e.LAST.isoformat()


def promised(event):
    fact = Recorded(
        id=UUID(int=7), stream=f"person-{e.ANNA}", version=1, kind="x", event=event, context=None, recorded_at=e.NOW
    )
    return publish(fact)


@pytest.mark.parametrize(
    ("event", "contract", "told"),
    [
        (e.registered, "people.person_registered.v1", {"school": "s-011"}),
        (p.RoleGranted(grant=e.TEACHER, at=e.NOW), "people.role_granted.v1", {"role": "teacher"}),
        (
            p.RoleGranted(grant=e.TEACHER, valid_until=e.LAST, at=e.NOW),
            "people.role_granted.v2",
            {"valid_from": None, "valid_until": LAST},
        ),
        (p.RoleRevoked(grant=e.TEACHER, at=e.NOW), "people.role_ended.v1", {"valid_until": None}),
        (
            p.RoleEnded(grant=e.TEACHER, valid_from=None, valid_until=e.LAST, at=e.NOW),
            "people.role_ended.v1",
            {"valid_until": LAST},
        ),
        (
            p.PersonTransferred(municipality="m-ust", school="s-012", on=e.FIRST, at=e.NOW),
            "people.person_transferred.v1",
            {"school": "s-012", "transferred_on": e.FIRST.isoformat()},
        ),
    ],
)
def test_a_fact_is_promised_with_ids_and_days(event, contract, told):
    promise = promised(event)
    assert promise.contract == contract
    said = promise.model_dump(mode="json")
    assert said | told | {"person_id": str(e.ANNA)} == said


def test_nothing_else_leaves_the_service():
    told = {p.PersonRegistered, p.PersonTransferred, p.RoleGranted, p.RoleEnded, p.RoleRevoked, p.ConsentGiven}
    silent = {fact for category in CATEGORIES for fact in category.facts} - told - {p.ConsentWithdrawn}
    assert {invitation.InvitationIssued, act.ActRegistered, p.DetailsChanged, p.EmailChanged} <= silent
    for fact in silent:
        assert promised(object.__new__(fact)) is None
