"""People over HTTP: registered, granted, signed in, consenting; and those who may not."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from services.people.app import build
from services.people.credentials import Credentials
from shared.http.problems import Unauthenticated
from tests.people.conftest import PASSWORD, Somebody
from tests.people.examples import SHOWN
from tests.problems import problem

ANNA = {
    "family_name": "Орлова",
    "given_name": "Анна",
    "patronymic": "Дмитриевна",
    "email": "anna@school.example",
    "position": "учитель математики",
    "service_years": 4,
    "category": "первая",
    "school": "s-011",
    "password": PASSWORD,
}
DIRECTOR = {
    "family_name": "Соболев",
    "given_name": "Игорь",
    "email": "igor@school.example",
    "school": "s-011",
    "password": PASSWORD,
}
HASH = SHOWN
TEACHER_ROLE = {"role": "teacher", "municipality": "m-ust", "school": "s-011"}


@pytest.fixture
async def places(admin):
    await admin.do("/organisations", {"kind": "municipality", "code": "m-ust", "name": "Таловский район"})
    for code in ("s-011", "s-012"):
        school = {"kind": "school", "code": code, "name": f"Школа {code}", "parent": "m-ust"}
        await admin.do("/organisations", school)


@pytest.fixture
async def director(admin, places, sign_in) -> Somebody:
    id = (await admin.do("/persons", DIRECTOR))["id"]
    await admin.do(f"/persons/{id}/grants", {"role": "school_administrator", "school": "s-011"})
    return await sign_in(DIRECTOR["email"])


@pytest.fixture
async def anna(director, sign_in) -> Somebody:
    id = (await director.do("/persons", ANNA))["id"]
    await director.do(f"/persons/{id}/grants", {"role": "teacher", "school": "s-011"})
    return await sign_in(ANNA["email"])


@pytest.fixture
async def service(nobody, client) -> Somebody:
    token = (await nobody.do("/service-token", {"service": "routes", "secret": "тайна"}))["access_token"]
    return Somebody(client, token)


async def test_a_school_registers_its_teacher_who_signs_in_and_sees_themselves(anna):
    me = (await anna.get("/me")).json()
    assert me["id"] == anna.id
    assert (me["family_name"], me["patronymic"], me["school_name"]) == ("Орлова", "Дмитриевна", "Школа s-011")
    (grant,) = me["grants"]
    assert grant | TEACHER_ROLE == grant
    assert grant["valid"] is True
    assert me["consented"] is False


async def test_a_token_says_who_one_is_to_any_service(anna, app):
    person = await app.state.runtime.tokens.person(anna.token)
    assert person.id == UUID(anna.id)
    assert [(grant.role, grant.scope) for grant in person.grants] == [("teacher", "school:s-011")]


async def test_a_token_ends(anna, clock, app):
    verifier = app.state.runtime.tokens
    verifier._now = lambda: clock().timestamp() + 16 * 60
    with pytest.raises(Unauthenticated):
        await verifier.person(anna.token)
    await problem(anna.get("/me"), 401, "unauthenticated")


async def test_the_key_set_holds_no_secret(nobody):
    (key,) = (await nobody.get("/.well-known/jwks.json")).json()["keys"]
    assert "d" not in key
    assert key["crv"] == "Ed25519"


async def test_a_wrong_password_and_an_unknown_address_are_told_alike(nobody, anna):
    wrong = await problem(
        nobody.post("/sign-in", {"email": ANNA["email"], "password": "не тот"}), 401, "unauthenticated"
    )
    unknown = await problem(nobody.post("/sign-in", {"email": "x@y.example", "password": "?"}), 401, "unauthenticated")
    assert wrong | {"trace_id": ""} == unknown | {"trace_id": ""}


async def test_an_address_is_known_however_it_is_written(anna, sign_in):
    assert (await sign_in("  ANNA@School.example ")).id == anna.id


async def test_guessing_is_slowed_down_and_forgiven_later(nobody, anna, clock, sign_in):
    guess = {"email": ANNA["email"], "password": "не тот"}
    for _ in range(10):
        await problem(nobody.post("/sign-in", guess), 401, "unauthenticated")
    await problem(nobody.post("/sign-in", guess | {"password": PASSWORD}), 429, "too-many-tries")
    clock.on(minutes=16)
    assert (await sign_in(ANNA["email"])).id == anna.id


async def test_an_address_belongs_to_one_person(director, anna):
    body = await problem(director.post("/persons", ANNA | {"email": "Anna@school.example"}), 409, "email-taken")
    assert "уже занят" in body["title"]


async def test_two_who_register_one_address_at_once_get_one_person(director, sign_in):
    answers = await asyncio.gather(*(director.post("/persons", ANNA) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    winner = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    assert (await sign_in(ANNA["email"])).id == winner


async def test_the_same_key_registers_once(director):
    first = await director.post("/persons", ANNA, key="one")
    again = await director.post("/persons", ANNA, key="one")
    assert first.json() == again.json()
    await problem(director.post("/persons", ANNA | {"given_name": "Яна"}, key="one"), 422, "key-reused")


async def test_a_claim_without_a_person_signs_nobody_in_and_the_repeat_heals_it(director, nobody, monkeypatch, sign_in):
    claim = Credentials.claim

    async def dies_after(self, *args):
        await claim(self, *args)
        raise ConnectionError("the process died here")

    monkeypatch.setattr(Credentials, "claim", dies_after)
    assert (await director.post("/persons", ANNA, key="first")).status_code == 500
    monkeypatch.setattr(Credentials, "claim", claim)
    await problem(nobody.post("/sign-in", {"email": ANNA["email"], "password": PASSWORD}), 401, "unauthenticated")
    await problem(director.post("/persons", ANNA, key="other"), 409, "email-taken")
    healed = await director.post("/persons", ANNA, key="first")
    assert healed.status_code == 201
    assert (await sign_in(ANNA["email"])).id == healed.json()["id"]


async def test_an_abandoned_claim_is_taken_over_after_a_minute(director, app, sign_in):
    store = app.state.runtime.store
    kept = Credentials(store, bytes.fromhex("11" * 32))
    assert await kept.claim(ANNA["email"], uuid4(), "пароль")
    await store.fetch("UPDATE credentials SET claimed_at = now() - interval '2 minutes'")
    taken = await director.do("/persons", ANNA)
    assert (await sign_in(ANNA["email"])).id == taken["id"]


async def test_a_claim_of_a_real_person_is_never_taken_over(director, anna, app, sign_in):
    await app.state.runtime.store.fetch("UPDATE credentials SET claimed_at = now() - interval '1 year'")
    await problem(director.post("/persons", ANNA | {"password": "another-2026"}), 409, "email-taken")
    assert (await sign_in(ANNA["email"])).id == anna.id


async def test_a_school_keeps_its_own_staff_and_no_others(director, anna, admin):
    await problem(director.post("/persons", ANNA | {"email": "b@c.example", "school": "s-012"}), 403, "forbidden")
    await problem(director.post("/organisations", {"kind": "municipality", "code": "x", "name": "x"}), 403, "forbidden")
    grants = f"/persons/{anna.id}/grants"
    await problem(director.post(grants, {"role": "teacher", "school": "s-012"}), 403, "forbidden")
    await problem(director.post(grants, {"role": "school_administrator", "school": "s-011"}), 403, "forbidden")
    await problem(director.post(grants, {"role": "administrator"}), 403, "forbidden")
    await problem(anna.post(grants, {"role": "tutor", "school": "s-011"}), 403, "forbidden")
    other = (await admin.do("/persons", ANNA | {"email": "b@c.example", "school": "s-012"}))["id"]
    await problem(director.post(f"/persons/{other}/grants", {"role": "tutor", "school": "s-011"}), 404, "not-found")
    cards = [(await admin.get(f"/persons/{id}")).json() for id in (anna.id, other)]
    assert [[grant["role"] for grant in card["grants"]] for card in cards] == [["teacher"], []]


async def test_a_role_needs_a_place_that_is_there(admin, anna):
    grants = f"/persons/{anna.id}/grants"
    await problem(admin.post(grants, {"role": "teacher"}), 409, "role-without-place")
    await problem(admin.post(grants, {"role": "auditor", "municipality": "m-ust"}), 409, "role-with-place")
    await problem(admin.post(grants, {"role": "teacher", "school": "s-999"}), 409, "organisation-unknown")
    wrong = {"role": "teacher", "school": "s-012", "municipality": "m-other"}
    await problem(admin.post(grants, wrong), 409, "organisation-unknown")
    lost = {"kind": "school", "code": "s-9", "name": "Ш", "parent": "m-9"}
    await problem(admin.post("/organisations", lost), 409, "organisation-unknown")
    await problem(admin.post(f"/persons/{uuid4()}/grants", {"role": "auditor"}), 404, "not-found")
    held = (await anna.get("/me")).json()["grants"]
    assert [(grant["role"], grant["school"]) for grant in held] == [("teacher", "s-011")]


async def test_a_role_is_taken_back_and_the_next_token_says_so(director, anna, sign_in):
    role = {"role": "teacher", "school": "s-011"}
    await problem(anna.post(f"/persons/{anna.id}/grant-withdrawal", role), 403, "forbidden")
    await director.do(f"/persons/{anna.id}/grant-withdrawal", role)
    again = await sign_in(ANNA["email"])
    assert (await again.get("/me")).json()["grants"] == []


async def test_an_administrator_stays_one_until_another_says_otherwise(admin, anna, sign_in):
    role = {"role": "administrator"}
    body = await problem(admin.post(f"/persons/{admin.id}/grant-withdrawal", role), 409, "own-administration")
    assert body["detail"]
    await admin.do(f"/persons/{anna.id}/grants", role)
    second = await sign_in(ANNA["email"])
    await second.do(f"/persons/{admin.id}/grant-withdrawal", role)
    assert role["role"] not in json.dumps((await admin.get("/me")).json()["grants"])


async def test_a_consent_is_the_persons_own(anna, director, admin):
    await anna.do(f"/persons/{anna.id}/consent", {"document_hash": HASH})
    assert (await anna.get("/me")).json()["consented"] is True
    await problem(director.post(f"/persons/{anna.id}/consent-withdrawal"), 403, "forbidden")
    await problem(anna.post(f"/persons/{uuid4()}/consent", {"document_hash": HASH}), 404, "not-found")
    await problem(anna.post(f"/persons/{director.id}/consent", {"document_hash": HASH}), 404, "not-found")
    await anna.do(f"/persons/{anna.id}/consent-withdrawal", {})
    assert (await anna.get("/me")).json()["consented"] is False


async def test_the_directory_is_for_services_only(anna, service, admin, nobody):
    entry = (await service.get(f"/directory/{anna.id}")).json()
    assert (entry["email"], entry["given_name"], entry["school_name"]) == ("anna@school.example", "Анна", "Школа s-011")
    found = (await service.get("/directory?role=teacher&municipality=m-ust&school=s-011")).json()
    assert found == {"items": [{"id": anna.id}]}
    assert (await service.get("/directory?role=teacher&school=s-012")).json() == {"items": []}
    await problem(service.get(f"/directory/{uuid4()}"), 404, "not-found")
    for person in (anna, admin):
        await problem(person.get(f"/directory/{anna.id}"), 404, "not-found")
        await problem(person.get("/directory?role=teacher"), 404, "not-found")
    await problem(nobody.get(f"/directory/{anna.id}"), 401, "unauthenticated")


async def test_a_card_is_read_within_the_scope(anna, director, admin, sign_in, places):
    assert (await director.get(f"/persons/{anna.id}")).json()["email"] == "anna@school.example"
    other = (await admin.do("/persons", DIRECTOR | {"email": "o@s.example", "school": "s-012"}))["id"]
    await admin.do(f"/persons/{other}/grants", {"role": "school_administrator", "school": "s-012"})
    stranger = await sign_in("o@s.example")
    await problem(stranger.get(f"/persons/{anna.id}"), 404, "not-found")
    await problem(anna.get(f"/persons/{director.id}"), 404, "not-found")


async def test_a_forgotten_person_is_not_in_the_directory(anna, service, app):
    assert (await service.get(f"/directory/{anna.id}")).status_code == 200
    await app.state.runtime.keys.destroy(UUID(anna.id))
    app.state.runtime.executor._states.clear()
    await problem(service.get(f"/directory/{anna.id}"), 404, "not-found")


BAD = [
    ({"email": "не адрес"}, "#/email"),
    ({"password": "коротко"[:5]}, "#/password"),
    ({"family_name": ""}, "#/family_name"),
    ({"given_name": "<b>"}, "#/given_name"),
    ({"service_years": -1}, "#/service_years"),
    ({"phone": "позвоните"}, "#/phone"),
    ({"birth_date": "1990-01-01"}, "#/birth_date"),
]


@pytest.mark.parametrize(("wrong", "pointer"), BAD, ids=lambda value: str(value))
async def test_a_wrong_field_is_named_and_not_repeated(director, wrong, pointer):
    told = await problem(director.post("/persons", ANNA | wrong), 422, "invalid-request")
    assert [error["pointer"] for error in told["errors"]] == [pointer]
    assert PASSWORD not in json.dumps(told, ensure_ascii=False)


async def test_names_addresses_and_passwords_stand_nowhere_in_clear(anna, app):
    store = app.state.runtime.store
    for table in ("facts", "persons", "roles_held", "credentials", "commands", "organisations"):
        rows = [dict(row) for row in await store.fetch(f"SELECT * FROM {table}")]  # noqa: S608 - constants
        assert rows
        kept = repr(
            [
                value if not isinstance(value, bytes) else value.decode("latin1")
                for row in rows
                for value in row.values()
            ]
        )
        for secret in ("Орлова", "anna@", PASSWORD, "Орлова".encode().decode("latin1")):
            assert secret not in kept, table


async def test_the_first_administrator_is_made_once(settings, app, clock):
    again = build(settings, clock)
    async with again.router.lifespan_context(again):
        await again.state.runtime.until_started()
        facts = await again.state.runtime.store.fetch("SELECT kind FROM facts")
    assert [row["kind"] for row in facts] == ["person.person_registered", "person.role_granted"]
