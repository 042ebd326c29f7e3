"""A person's story: registered once, roles with their places, consent with the hash of its text."""

from dataclasses import replace

import pytest

from services.people.domain import organisation as o
from services.people.domain.person import cabinet, consents, roles
from services.people.domain.person import facts as p
from services.people.domain.person.decider import person
from services.people.domain.person_view import view
from tests.people import examples as e
from tests.story import Story

PERSON = Story(person).given(e.registered)
PLACE = Story(o.organisation)


def test_3_1_3_a_person_is_registered_with_everything_sealed_under_their_own_key():
    Story(person).when(e.register).then(e.registered)
    sealed = [value for value in vars_of(e.registered) if isinstance(value, p.Personal)]
    assert len(sealed) == 8
    assert {value.subject for value in sealed} == {e.ANNA}


def vars_of(fact):
    return [getattr(fact, name) for name in fact.__slots__]


def test_registering_again_changes_nothing_and_otherwise_is_refused():
    PERSON.when(e.register).then()
    PERSON.when(replace(e.register, school="s-012")).refused(cabinet.PersonRegisteredOtherwise)


def test_a_role_is_held_once():
    grant = roles.GrantRole(grant=e.TEACHER, at=e.NOW)
    PERSON.when(grant).then(p.RoleGranted(grant=e.TEACHER, at=e.NOW))
    PERSON.given(p.RoleGranted(grant=e.TEACHER, at=e.NOW)).when(grant).then()


def test_a_role_is_taken_back():
    revoke = roles.RevokeRole(grant=e.TEACHER, at=e.NOW)
    PERSON.given(p.RoleGranted(grant=e.TEACHER, at=e.NOW)).when(revoke).then(p.RoleRevoked(grant=e.TEACHER, at=e.NOW))
    PERSON.when(revoke).then()


@pytest.mark.parametrize(
    ("role", "municipality", "school", "rule"),
    [
        ("teacher", None, None, roles.RoleWithoutPlace),
        ("school_administrator", "m-ust", None, roles.RoleWithoutPlace),
        ("municipal_coordinator", None, None, roles.RoleWithoutPlace),
        ("municipal_coordinator", "m-ust", "s-011", roles.RoleWithoutPlace),
        ("regional_centre", "m-ust", None, roles.RoleWithPlace),
        ("administrator", None, "s-011", roles.RoleWithPlace),
    ],
)
def test_2_8_a_role_has_its_place(role, municipality, school, rule):
    grant = p.Grant(role=role, municipality=municipality, school=school)
    PERSON.when(roles.GrantRole(grant=grant, at=e.NOW)).refused(rule)


def test_a_consent_names_the_text_that_was_shown():
    give = consents.GiveConsent(document=e.DOCUMENT, at=e.NOW)
    given = p.ConsentGiven(document=e.DOCUMENT, at=e.NOW)
    PERSON.when(give).then(given)
    PERSON.given(given).when(give).then()
    newer = replace(give, document="cd" * 32)
    PERSON.given(given).when(newer).then(p.ConsentGiven(document="cd" * 32, at=e.NOW))


def test_a_consent_is_withdrawn():
    withdraw = consents.WithdrawConsent(at=e.NOW)
    PERSON.given(p.ConsentGiven(document=e.DOCUMENT, at=e.NOW)).when(withdraw).then(p.ConsentWithdrawn(at=e.NOW))
    PERSON.when(withdraw).then()


@pytest.mark.parametrize("command", [roles.GrantRole(grant=e.TEACHER, at=e.NOW), consents.WithdrawConsent(at=e.NOW)])
def test_nobody_holds_no_role_and_consents_to_nothing(command):
    Story(person).when(command).refused(roles.PersonUnknown)


def test_the_rows_have_places_and_roles_and_no_name():
    state = person.fold([e.registered, p.RoleGranted(grant=e.TEACHER, at=e.NOW)])
    rows = list(view(e.ANNA, 2, state))
    assert [row.table for row in rows] == ["persons", "roles_held", "roles_held"]
    assert "Орлова" not in str(rows)
    assert "example" not in str(rows)
    assert not list(view(e.ANNA, 0, p.Nobody()))


def test_1_8_a_school_belongs_to_a_municipality():
    PLACE.when(e.school).then(
        o.OrganisationRegistered(kind="school", code="s-011", name="СОШ № 11", parent="m-ust", at=e.NOW)
    )
    PLACE.when(replace(e.school, parent=None)).refused(o.SchoolWithoutMunicipality)
    PLACE.when(replace(e.municipality, parent="m-ust")).refused(o.MunicipalityWithParent)


def test_an_organisation_is_registered_once():
    known = PLACE.given(*o.organisation.decide(e.school, o.Unregistered()))
    known.when(e.school).then()
    known.when(replace(e.school, name="Другая школа")).refused(o.RegisteredOtherwise)
