"""Signing in: a password becomes a token that every service understands, and guessing is slow."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from pwdlib.hashers.argon2 import Argon2Hasher

from services.people.app import build
from services.people.domain.person.facts import ROLES, Grant
from services.people.throttle import REMEMBERED, Throttle
from services.people.tokens import TokenMaker
from shared.http import tokens
from shared.http.problems import Unauthenticated
from shared.http.tokens import TokenVerifier
from tests.issuer import Issuer
from tests.people.conftest import ISSUER, SECRETS
from tests.people.examples import ANNA, ANNA_SAYS, PASSWORD, TEACHER
from tests.problems import problem

WRONG = {"email": ANNA_SAYS["email"], "password": "не тот"}
RIGHT = {"email": ANNA_SAYS["email"], "password": PASSWORD}


@pytest.fixture
def maker():
    return TokenMaker(b"\x22" * 32, ISSUER, 15)


@pytest.fixture
def verifier(maker, tmp_path):
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(maker.published))
    return TokenVerifier(issuers={ISSUER}, file=str(file))


async def test_a_token_says_who_one_is_to_any_service(anna, app):
    person = await app.state.runtime.tokens.person(anna.token)
    assert person.id == UUID(anna.id)
    assert [(grant.role, grant.scope) for grant in person.grants] == [("teacher", "school:s-011")]
    assert not person.is_service


async def test_a_token_lasts_a_quarter_of_an_hour(anna, clock, app, nobody):
    assert (await nobody.post("/sign-in", RIGHT)).json()["expires_in"] == 15 * 60
    app.state.runtime.tokens._now = lambda: clock().timestamp()
    assert (await anna.get("/me")).status_code == 200
    clock.on(minutes=16)
    await problem(anna.get("/me"), 401, "unauthenticated")


async def test_every_role_survives_the_token(maker, verifier):
    assert ROLES == tokens.ROLES
    grants = [Grant(role=role, municipality=None, school=None) for role in sorted(ROLES)]
    person = await verifier.person(maker.for_person(ANNA, grants, datetime.now(UTC)).text)
    assert [(grant.role, grant.scope) for grant in person.grants] == [(role, "region") for role in sorted(ROLES)]


async def test_a_token_of_another_key_or_another_shape_is_forged(maker, verifier):
    good = maker.for_person(ANNA, [TEACHER], datetime.now(UTC)).text
    assert (await verifier.person(good)).id == ANNA
    header, claims, signature = good.split(".")
    stranger = TokenMaker(b"\x33" * 32, ISSUER, 15).for_person(ANNA, [TEACHER], datetime.now(UTC)).text
    elsewhere = TokenMaker(b"\x22" * 32, "http://elsewhere", 15).for_person(ANNA, [], datetime.now(UTC)).text
    old = maker.for_person(ANNA, [TEACHER], datetime.now(UTC) - timedelta(minutes=16)).text
    known_kid = maker.published["keys"][0]["kid"]
    posing = Issuer(known_kid).token(ANNA, {"role": "administrator"}, iss=ISSUER)
    other_claims = stranger.split(".")[1]
    for forged in (
        *(stranger, elsewhere, old, posing, "", "...", good[:-4] + "AAAA", good + "."),
        f"{header}.{other_claims}.{signature}",
        f"{header}.{claims}.",
    ):
        with pytest.raises(Unauthenticated):
            await verifier.person(forged)


async def test_a_token_signed_with_nothing_or_with_the_public_key_is_refused(maker, verifier):
    public = maker.published["keys"][0]
    none, own = OKPKey.import_key(public), OKPKey.generate_key("Ed25519")
    assert none.is_private is False
    claims = {"iss": ISSUER, "aud": "iom", "sub": str(uuid4()), "exp": 9_999_999_999, "grants": []}
    for header in ({"alg": "none"}, {"alg": "none", "kid": public["kid"]}):
        parts = [json.dumps(part).encode() for part in (header, claims)]
        with pytest.raises(Unauthenticated):
            await verifier.person(".".join(_base64(part) for part in parts) + ".")
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the library says, it does not sign
        jwt.encode({"alg": "Ed25519"}, claims, none, algorithms=["Ed25519"])
    assert jwt.encode({"alg": "Ed25519"}, claims, own, algorithms=["Ed25519"])  # so it was the key that it would not


def _base64(raw: bytes) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(raw).decode().rstrip("=")


def test_the_token_key_is_not_the_key_of_the_log(maker):
    seed = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": "I" * 43, "x": maker.published["keys"][0]["x"]})
    assert seed.as_dict(private=False)["x"] == maker.published["keys"][0]["x"]
    assert maker.published == TokenMaker(b"\x22" * 32, ISSUER, 15).published  # a restart keeps everybody signed in


async def test_the_key_set_holds_no_secret(nobody):
    answer = await nobody.get("/.well-known/jwks.json")
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert answer.headers["Cache-Control"] == "public, max-age=300"


async def test_a_wrong_password_and_an_unknown_address_are_told_alike_and_cost_alike(nobody, anna, monkeypatch):
    verified = []
    verify = Argon2Hasher.verify

    def counted(self, password, hashed):
        verified.append(hashed.split("$")[:4])
        return verify(self, password, hashed)

    monkeypatch.setattr(Argon2Hasher, "verify", counted)
    wrong = await problem(nobody.post("/sign-in", WRONG), 401, "unauthenticated")
    unknown = await problem(nobody.post("/sign-in", {"email": "x@y.example", "password": "?"}), 401, "unauthenticated")
    assert wrong | {"trace_id": ""} == unknown | {"trace_id": ""}
    assert len(verified) == 2
    assert verified[0] == verified[1]  # the same algorithm at the same cost


@pytest.mark.parametrize("written", ["  ANNA@School.example ", "ａnna@school.example"])
async def test_an_address_is_known_however_it_is_written(anna, sign_in, written):
    assert (await sign_in(written)).id == anna.id


async def test_guessing_is_slowed_down_and_forgiven_later(nobody, anna, clock, sign_in):
    for _ in range(10):
        await problem(nobody.post("/sign-in", WRONG), 401, "unauthenticated")
    await problem(nobody.post("/sign-in", RIGHT), 429, "too-many-tries")
    clock.on(minutes=16)
    assert (await sign_in(ANNA_SAYS["email"])).id == anna.id


async def test_guesses_sent_all_at_once_are_counted_too(nobody, anna):
    answers = await asyncio.gather(*(nobody.post("/sign-in", WRONG) for _ in range(25)))
    assert Counter(answer.status_code for answer in answers) == {401: 10, 429: 15}


async def test_who_guesses_elsewhere_does_not_lock_the_person_out_at_once(app, anna, sign_in):
    async def guesser(number: int) -> Counter[int]:
        transport = httpx.ASGITransport(app=app, client=(f"203.0.113.{number}", 1))
        async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as client:
            return Counter([(await client.post("/sign-in", json=WRONG)).status_code for _ in range(11)])

    assert await guesser(1) == {401: 10, 429: 1}
    assert (await sign_in(ANNA_SAYS["email"])).id == anna.id
    for number in range(2, 11):
        assert (await guesser(number))[401] >= 9
    assert await guesser(99) == {429: 11}  # all together have had their hundred


async def test_the_right_password_clears_the_slips_before_it(nobody, anna, sign_in):
    for _ in range(3):
        for _ in range(9):
            await problem(nobody.post("/sign-in", WRONG), 401, "unauthenticated")
        assert (await sign_in(ANNA_SAYS["email"])).id == anna.id


def test_the_throttle_is_bounded():
    now = [0.0]
    throttle = Throttle(lambda: now[0], most=2, seconds=10)
    assert [throttle.allows(b"a") for _ in range(3)] == [True, True, False]
    now[0] = 10.0
    assert throttle.allows(b"a")
    throttle.undo(b"a")
    throttle.undo(b"never seen")
    assert [throttle.allows(b"a") for _ in range(3)] == [True, True, False]
    for number in range(REMEMBERED):
        throttle.allows(str(number).encode())
    assert len(throttle._tries) == REMEMBERED
    assert throttle.allows(b"a")


async def test_a_forgotten_person_does_not_sign_in(anna, app, nobody):
    await app.state.runtime.keys.destroy(UUID(anna.id))
    app.state.runtime.executor._states.clear()
    told = await problem(nobody.post("/sign-in", RIGHT), 401, "unauthenticated")
    stranger = await problem(
        nobody.post("/sign-in", RIGHT | {"email": "nobody@school.example"}), 401, "unauthenticated"
    )
    assert (told["title"], told["detail"]) == (stranger["title"], stranger["detail"])


async def test_a_service_shows_its_secret_and_is_a_service(nobody, app):
    for wrong in (
        {"service": "routes", "secret": "не та"},
        {"service": "strangers", "secret": ""},
        {"service": "routes", "secret": SECRETS["certificates"]},
    ):
        await problem(nobody.post("/service-token", wrong), 401, "unauthenticated")
    right = await nobody.do("/service-token", {"service": "routes", "secret": SECRETS["routes"]})
    assert right["token_type"] == "Bearer"
    assert right["expires_in"] == 15 * 60
    caller = await app.state.runtime.tokens.person(right["access_token"])
    assert (caller.service, caller.grants) == ("routes", ())


@pytest.mark.parametrize("body", [b'{"email":"a@b.c","password":"\\ud800"}', b'{"email":"\\ud800","password":"x"}'])
async def test_half_a_character_is_a_wrong_field(client, body):
    answer = await client.post("/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ({"issuer": ""}, "IOM_ISSUER"),
        ({"admin_password": ""}, "IOM_ADMIN_PASSWORD"),
        ({"admin_password": "коротко"}, "IOM_ADMIN_PASSWORD"),
        ({"signing_key": ""}, "IOM_SIGNING_KEY"),
        ({"master_key": ""}, "IOM_MASTER_KEY"),
    ],
)
def test_the_service_does_not_start_without_its_secrets(settings, missing, told):
    with pytest.raises(ValueError, match=told):
        build(settings.model_validate(settings.model_dump() | missing))


def test_tokens_are_signed_with_the_first_of_the_trusted_names(settings):
    assert settings.model_copy(update={"issuer": f"{ISSUER}, https://oidc.example"}).own_issuer() == ISSUER
