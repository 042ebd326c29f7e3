"""Access tokens: who is believed, who is not, and where the keys come from."""

import asyncio
import base64
import json
import time
from pathlib import Path
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from shared.http import tokens
from shared.http.problems import TryLater, Unauthenticated
from shared.http.tokens import ROLES, Grant, Person, TokenVerifier
from tests.http.jwks import address
from tests.issuer import ISSUER, Issuer

ANNA = UUID(int=1)
TUTOR = {"role": "tutor", "municipality": "m-ust", "school": "s-011"}


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def verifier(issuer: Issuer, tmp_path: Path) -> TokenVerifier:
    return TokenVerifier(issuers={ISSUER}, file=issuer.keys(tmp_path))


async def refused(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier.person(token)


async def test_a_valid_token_tells_who_asks_and_by_what_right(verifier: TokenVerifier, issuer: Issuer):
    person = await verifier.person(issuer.token(ANNA, TUTOR, {"role": "auditor"}))
    tutor, auditor = Grant(role="tutor", municipality="m-ust", school="s-011"), Grant(role="auditor")
    assert person == Person(id=ANNA, grants=(tutor, auditor))
    assert (person.has("tutor", "teacher"), person.has("teacher"), person.is_service) == (True, False, False)
    assert [tutor.scope, Grant(role="x", municipality="m").scope, auditor.scope] == [
        "school:s-011",
        "municipality:m",
        "region",
    ]


async def test_a_service_is_known_by_its_name(verifier: TokenVerifier, issuer: Issuer):
    person = await verifier.person(issuer.token(ANNA, svc="certificates"))
    assert (person.is_service, person.service) == (True, "certificates")


async def test_a_role_nobody_here_knows_gives_no_right(verifier: TokenVerifier, issuer: Issuer):
    person = await verifier.person(issuer.token(ANNA, {"role": "tsar"}, {"role": "teacher", "school": None}))
    assert person.grants == (Grant(role="teacher"),)
    assert "tsar" not in ROLES


@pytest.mark.parametrize("late", [tokens.LEEWAY + 1, 3600])
async def test_an_expired_token_is_refused(verifier: TokenVerifier, issuer: Issuer, late: int):
    await refused(verifier, issuer.token(ANNA, lasting=-late))


async def test_clocks_may_differ_a_little(verifier: TokenVerifier, issuer: Issuer):
    assert (await verifier.person(issuer.token(ANNA, lasting=-5))).id == ANNA


async def test_time_passes_for_a_token_once_good(issuer: Issuer, tmp_path: Path):
    moment = time.time()
    verifier = TokenVerifier(issuers={ISSUER}, file=issuer.keys(tmp_path), now=lambda: moment)
    token = issuer.token(ANNA, lasting=600)
    assert (await verifier.person(token)).id == ANNA
    moment += 600 + tokens.LEEWAY + 1
    await refused(verifier, token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.test"},
        {"iss": None},
        {"aud": "another-system"},
        {"aud": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"sub": None},
        {"sub": "anna"},
        {"sub": 7},
        {"iat": int(time.time()) + 3600},
        {"grants": None, "sub": "00000000-0000-0000-0000-00000000000g"},
        {"grants": "teacher"},
        {"grants": [{"municipality": "m-ust"}]},
        {"grants": 7},
        {"grants": [{"role": ["teacher"]}]},
    ],
    ids=str,
)
async def test_wrong_claims_are_refused(verifier: TokenVerifier, issuer: Issuer, wrong: dict[str, object]):
    await refused(verifier, issuer.token(ANNA, **wrong))


async def test_a_forged_signature_is_refused(tmp_path: Path):
    true, thief = Issuer("one-name"), Issuer("one-name")
    verifier = TokenVerifier(issuers={ISSUER}, file=true.keys(tmp_path))
    await refused(verifier, thief.token(ANNA, TUTOR))
    assert (await verifier.person(true.token(ANNA))).id == ANNA


async def test_changed_claims_are_refused(verifier: TokenVerifier, issuer: Issuer):
    head, _, signature = issuer.token(ANNA, {"role": "teacher"}).split(".")
    _, claims, _ = issuer.token(ANNA, {"role": "administrator"}).split(".")
    await refused(verifier, ".".join((head, claims, signature)))


async def test_a_token_without_signature_or_signed_with_the_public_key_is_refused(
    verifier: TokenVerifier, issuer: Issuer
):
    head, claims, _ = issuer.token(ANNA).split(".")
    kid = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
    none = part({"alg": "none", "kid": kid})
    await refused(verifier, f"{none}.{claims}.")
    public = OctKey.import_key(json.loads(issuer.published)["keys"][0]["x"] * 2)
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": "iom", "sub": str(ANNA), "exp": now + 600}
    await refused(verifier, jwt.encode({"alg": "HS256", "kid": kid}, usual, public, algorithms=["HS256"]))


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "слово",
        "bm8.bm8.bm8",
        f"{part([1])}.{part({})}.",
        f"{part({'kid': 7, 'alg': 'Ed25519'})}.{part({})}.AA",
        f"{part({'kid': ['a'], 'alg': ['Ed25519']})}.{part({})}.AA",
        f"{part({'alg': 'Ed25519', 'crit': ['x'], 'x': 1})}.{part({})}.AA",
        f"{base64.urlsafe_b64encode(b'[' * 30_000).decode()}.e30.AA",
        f"{base64.urlsafe_b64encode(bytes(range(128, 200))).decode()}.e30.AA",
    ],
    ids=lambda value: value[:12],
)
async def test_nonsense_is_refused_like_any_bad_token(verifier: TokenVerifier, nonsense: str):
    await refused(verifier, nonsense)


async def test_keys_are_fetched_once_and_again_for_a_key_not_known(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tokens, "REFETCH_AFTER", 0.0)
    old, new = Issuer(), Issuer()
    async with address(old.published) as place:
        verifier = TokenVerifier(issuers={ISSUER}, urls=[place.url])
        for _ in range(3):
            assert (await verifier.person(old.token(ANNA))).id == ANNA
        assert place.asked == 1
        place.answer = new.published
        assert (await verifier.person(new.token(ANNA))).id == ANNA
        assert place.asked == 2
        await refused(verifier, old.token(ANNA))  # a key that was withdrawn


async def test_a_stranger_cannot_make_the_issuer_be_asked_more_often_than_the_limit():
    async with address(Issuer().published) as place:
        verifier = TokenVerifier(issuers={ISSUER}, urls=[place.url])
        for _ in range(5):
            await refused(verifier, Issuer().token(ANNA))
        await asyncio.gather(*(refused(verifier, Issuer().token(ANNA)) for _ in range(20)))
        assert place.asked == 1


async def test_keys_stay_usable_while_the_issuer_is_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tokens, "REFETCH_AFTER", 0.0)
    issuer = Issuer()
    async with address(issuer.published) as place:
        verifier = TokenVerifier(issuers={ISSUER}, urls=[place.url])
        await verifier.person(issuer.token(ANNA))
    await refused(verifier, Issuer().token(ANNA))  # asks the issuer, who is gone
    assert (await verifier.person(issuer.token(ANNA))).id == ANNA


@pytest.mark.parametrize("answer", ["", "not JSON", "{}", '{"keys": 7}', '{"keys": [{"kty": "OKP"}]}', "[]"])
async def test_an_issuer_that_fails_is_no_reason_to_doubt_the_person(answer: str):
    async with address(answer) as place:
        verifier = TokenVerifier(issuers={ISSUER}, urls=[place.url])
        with pytest.raises(TryLater):
            await verifier.person(Issuer().token(ANNA))


async def test_a_failing_issuer_is_asked_again_soon_but_not_by_everybody():
    issuer = Issuer()
    async with address() as place:
        verifier = TokenVerifier(issuers={ISSUER}, urls=[place.url])
        for _ in range(5):
            with pytest.raises(TryLater):
                await verifier.person(issuer.token(ANNA))
        assert place.asked == 1
        place.answer = issuer.published
        async with asyncio.timeout(20):
            while (person := await known(verifier, issuer.token(ANNA))) is None:  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(0.01)
        assert (person.id, place.asked) == (ANNA, 2)


async def known(verifier: TokenVerifier, token: str) -> Person | None:
    try:
        return await verifier.person(token)
    except TryLater:
        return None


async def test_several_issuers_and_a_file_are_trusted_together(tmp_path: Path):
    mine, theirs = Issuer(), Issuer()
    async with address(theirs.published) as place, address() as away:
        verifier = TokenVerifier(
            issuers={ISSUER, "https://other.test"}, urls=[away.url, place.url], file=mine.keys(tmp_path)
        )
        assert (await verifier.person(mine.token(ANNA))).id == ANNA
        assert place.asked == 0
        assert (await verifier.person(theirs.token(ANNA, iss="https://other.test"))).id == ANNA
        await refused(verifier, theirs.token(ANNA, iss="https://third.test"))


async def test_without_any_keys_configured_nobody_is_believed():
    await refused(TokenVerifier(issuers={ISSUER}), Issuer().token(ANNA))


async def test_without_any_issuer_configured_nobody_is_believed(issuer: Issuer, tmp_path: Path):
    await refused(TokenVerifier(issuers=(), file=issuer.keys(tmp_path)), issuer.token(ANNA))


PLACES = [
    # the grant, and whether it covers school s-1 of municipality m-1
    (Grant(role="school_administrator", municipality="m-1", school="s-1"), True),
    (Grant(role="school_administrator", municipality="m-1", school="s-2"), False),
    (Grant(role="school_administrator", school="s-1"), True),
    (Grant(role="municipal_coordinator", municipality="m-1"), True),
    (Grant(role="municipal_coordinator", municipality="m-2"), False),
    (Grant(role="regional_centre"), True),
    (Grant(role="auditor", municipality="m-2"), False),
    (Grant(role="school_administrator"), False),
    (Grant(role="teacher"), False),
]


@pytest.mark.parametrize(("grant", "covers"), PLACES, ids=str)
def test_a_grant_reaches_as_far_as_its_place(grant: Grant, covers: bool):
    person = Person(id=UUID(int=1), grants=(grant,))
    assert grant.covers("m-1", "s-1") is covers
    assert person.role_at({grant.role}, "m-1", "s-1") == (grant if covers else None)
    assert person.role_at({"another"}, "m-1", "s-1") is None


def test_the_places_of_a_role_leave_out_grants_that_reach_nowhere():
    grants = (Grant(role="auditor"), Grant(role="teacher", school="s-1"), Grant(role="teacher"))
    person = Person(id=UUID(int=1), grants=grants)
    assert person.places({"auditor", "teacher"}) == (("", ""), ("", "s-1"))
    assert person.places({"tutor"}) == ()
