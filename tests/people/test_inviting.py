"""Invitations (p. 3.1.3): a secret used once, that ends, can be revoked and is kept nowhere."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.people.codes import Codes, digest
from services.people.credentials import Credentials
from services.people.domain import invitation as i
from services.people.domain.person import cabinet as c
from services.people.domain.person import facts as p
from services.people.domain.person import roles
from services.people.domain.person.decider import person
from services.people.inviting import Inviting
from shared.mail.post import Post
from tests.bus.wire import until, until_async
from tests.people import examples as e
from tests.people.examples import CODE, PASSWORD, away
from tests.problems import problem
from tests.story import Story

CLEAN = Story(i.invitation)
issued = i.invitation.decide(e.invite, i.NotIssued())[0]
OPEN = CLEAN.given(issued)
BEGIN = i.Begin(request="r1", at=e.NOW)
begun = i.InvitationBegun(request="r1", at=e.NOW)
WISH = {"school": "s-011", "roles": ["teacher", "tutor"]}
BORIS = {"family_name": "Лебедев", "given_name": "Борис", "password": PASSWORD, "position": "учитель истории"}
EMAIL = "boris@school.example"


def test_3_1_3_an_invitation_is_issued_with_the_hash_of_its_secret_and_a_sealed_address():
    CLEAN.when(e.invite).then(issued)
    assert issued.email == p.Personal(subject=e.BORIS, text=EMAIL)
    OPEN.when(e.invite).then()
    OPEN.when(replace(e.invite, roles=())).refused(i.InvitedOtherwise)
    nowhere = p.Held(grant=p.Grant(role="teacher", municipality=None, school=None))
    CLEAN.when(replace(e.invite, roles=(nowhere,))).refused(roles.RoleWithoutPlace)


def test_3_1_3_it_is_used_once():
    OPEN.when(BEGIN).then(begun)
    using = OPEN.given(begun)
    using.when(BEGIN).then()
    using.when(i.Begin(request="r2", at=e.NOW)).refused(i.RegistrationUnderWay)
    later = e.NOW + i.UNDER_WAY
    using.when(i.Begin(request="r2", at=later)).then(i.InvitationBegun(request="r2", at=later))
    using.when(i.Finish(at=e.NOW)).then(i.InvitationUsed(at=e.NOW))
    used = using.given(i.InvitationUsed(at=e.NOW))
    used.when(i.Finish(at=e.NOW)).then()
    for command in (BEGIN, i.RevokeInvitation(at=e.NOW)):
        used.when(command).refused(i.InvitationUsedUp)


def test_3_1_3_it_ends_by_itself_and_can_be_revoked():
    OPEN.when(replace(BEGIN, at=issued.expires_at)).refused(i.InvitationExpired)
    OPEN.when(replace(BEGIN, at=issued.expires_at - timedelta(seconds=1))).then(
        replace(begun, at=issued.expires_at - timedelta(seconds=1))
    )
    OPEN.when(i.RevokeInvitation(at=e.NOW)).then(i.InvitationRevoked(at=e.NOW))
    revoked = OPEN.given(i.InvitationRevoked(at=e.NOW))
    revoked.when(BEGIN).refused(i.InvitationTakenBack)
    revoked.when(i.RevokeInvitation(at=e.NOW)).then()
    revoked.when(i.Finish(at=e.NOW)).then()
    for command in (BEGIN, i.RevokeInvitation(at=e.NOW)):
        CLEAN.when(command).refused(i.InvitationUnknown)


def test_a_letters_fate_is_noted_once():
    OPEN.when(i.NoteSent(delivered=True, at=e.NOW)).then(i.InvitationSent(at=e.NOW))
    OPEN.when(i.NoteSent(delivered=False, at=e.NOW)).then(i.InvitationUndeliverable(at=e.NOW))
    OPEN.given(i.InvitationSent(at=e.NOW)).when(i.NoteSent(delivered=False, at=e.NOW)).then()


def test_a_code_is_long_the_same_again_and_read_however_it_is_typed():
    codes, id = Codes(b"\x11" * 32), UUID(int=5)
    code = codes.of(id)
    assert re.fullmatch(r"([A-Z2-7]{5}-){5}[A-Z2-7]", code)
    assert code == codes.of(id) != codes.of(UUID(int=6))
    assert code != Codes(b"\x12" * 32).of(id)
    typed = code.lower().replace("-", " ").replace("o", "0")
    assert digest(typed) == digest(code) == codes.digest_of(id)


@pytest.fixture
async def handed(director):
    return await director.do("/invitations", WISH)


async def test_3_1_3_a_teacher_registers_with_a_code_that_was_handed_over(handed, nobody, sign_in):
    offer = await nobody.do("/invitation", {"code": handed["code"]})
    assert (offer["school_name"], offer["roles"], offer["email_known"]) == ("Школа s-011", ["teacher", "tutor"], False)
    body = BORIS | {"code": handed["code"], "email": EMAIL}
    done = await nobody.do("/registration", body)
    boris = await sign_in(EMAIL)
    assert boris.id == done["id"]
    me = (await boris.get("/me")).json()
    assert (me["family_name"], me["school"], me["consented"]) == ("Лебедев", "s-011", False)
    assert {grant["role"] for grant in me["grants"]} == {"teacher", "tutor"}
    await problem(nobody.post("/registration", body), 409, "invitation-used-up")
    await problem(nobody.post("/invitation", {"code": handed["code"]}), 409, "invitation-used-up")


async def test_3_1_3_a_teacher_registers_with_the_letter_that_was_sent(director, nobody, mail_catcher, sign_in):
    told = await director.do("/invitations", WISH | {"email": EMAIL})
    assert told["code"] is None
    await until(lambda: mail_catcher.count == 1)
    (letter,) = mail_catcher.messages
    text = letter.get_content()
    assert letter["To"] == EMAIL
    assert "Школа s-011" in text
    code = re.search(CODE, text).group()
    assert not re.search(rf"\S+://\S*{code}", text)
    other = BORIS | {"code": code, "email": "other@school.example"}
    await problem(nobody.post("/registration", other), 409, "invited-at-another-address")
    await nobody.do("/registration", BORIS | {"code": code})
    assert (await sign_in(EMAIL)).id
    (one,) = (await director.get("/invitations?school=s-011")).json()["items"]
    assert one["status"] == "used"


async def test_a_letter_waits_for_the_mail_server(director, app, mail_catcher, monkeypatch):
    monkeypatch.setattr("services.people.delivery.WAIT", 0.05)
    tried = asyncio.Event()

    async def tell(self, letter):
        tried.set()
        await away(self, letter)

    with monkeypatch.context() as patched:
        patched.setattr(Post, "announce", tell)
        await director.do("/invitations", WISH | {"email": EMAIL})
        await asyncio.wait_for(tried.wait(), 20)
        assert (await letter_of_the_only_one(director), mail_catcher.count) == ("wanted", 0)

    async def sent() -> bool:
        return await letter_of_the_only_one(director) == "sent"

    await until_async(sent)
    assert [letter["To"] for letter in mail_catcher.messages] == [EMAIL]


async def letter_of_the_only_one(director):
    (one,) = (await director.get("/invitations?school=s-011")).json()["items"]
    return one["letter"]


async def test_a_repeated_wish_gives_the_same_code_and_one_invitation(director):
    first = await director.post("/invitations", WISH, key="one")
    again = await director.post("/invitations", WISH, key="one")
    assert first.json() == again.json()
    assert first.headers["Cache-Control"] == "no-store"
    other = await director.do("/invitations", WISH)
    assert other["code"] != first.json()["code"]
    assert len((await director.get("/invitations?school=s-011")).json()["items"]) == 2


async def test_3_1_3_a_revoked_or_old_or_unknown_code_is_told_apart(director, handed, nobody, clock):
    body = BORIS | {"email": EMAIL}
    other = await director.do("/invitations", WISH)
    await director.do(f"/invitations/{handed['id']}/revocation")
    told = [await problem(nobody.post("/registration", body | {"code": handed["code"]}), 409, "invitation-taken-back")]
    clock.on(days=31)
    told.append(await problem(nobody.post("/registration", body | {"code": other["code"]}), 409, "invitation-expired"))
    told.append(await problem(nobody.post("/registration", body | {"code": "A" * 26}), 409, "invitation-unknown"))
    assert len({one["detail"] for one in told}) == 3, "each says its own next step"


async def test_of_two_who_use_one_code_at_once_one_is_registered(handed, nobody, sign_in):
    bodies = [BORIS | {"code": handed["code"], "email": f"b{n}@school.example"} for n in range(4)]
    answers = await asyncio.gather(*(nobody.post("/registration", body) for body in bodies))
    won = [n for n, answer in enumerate(answers) if answer.status_code == 201]
    assert len(won) == 1
    assert (await sign_in(f"b{won[0]}@school.example")).id == answers[won[0]].json()["id"]
    for n in set(range(4)) - set(won):
        login = {"email": f"b{n}@school.example", "password": PASSWORD}
        await problem(nobody.post("/sign-in", login), 401, "unauthenticated")


@pytest.mark.parametrize("dies_at", ["claim_invited", "_finish"])
async def test_a_registration_that_was_broken_off_is_completed_by_the_same_request(
    handed, nobody, sign_in, monkeypatch, dies_at, clock
):
    body = BORIS | {"code": handed["code"], "email": EMAIL}
    owner = Inviting if dies_at == "_finish" else Credentials
    real = getattr(owner, dies_at)

    async def dies(self, *args):
        if dies_at == "claim_invited":
            await real(self, *args)
        raise ConnectionError("the process died here")

    monkeypatch.setattr(owner, dies_at, dies)
    assert (await nobody.post("/registration", body)).status_code == 500
    monkeypatch.setattr(owner, dies_at, real)
    other = body | {"given_name": "Глеб"}
    if dies_at == "claim_invited":
        await problem(nobody.post("/registration", other), 409, "registration-under-way")
    else:
        await problem(nobody.post("/registration", other), 409, "person-registered-otherwise")
    done = await nobody.do("/registration", body)
    assert (await sign_in(EMAIL)).id == done["id"]


async def test_another_address_may_be_tried_after_a_try_that_came_to_nothing(
    handed, nobody, sign_in, monkeypatch, clock
):
    real = Credentials.claim_invited

    async def dies(self, *args):
        await real(self, *args)
        raise ConnectionError("the process died here")

    monkeypatch.setattr(Credentials, "claim_invited", dies)
    body = BORIS | {"code": handed["code"], "email": "wrong@school.example"}
    assert (await nobody.post("/registration", body)).status_code == 500
    monkeypatch.setattr(Credentials, "claim_invited", real)
    clock.on(minutes=2)
    done = await nobody.do("/registration", body | {"email": EMAIL})
    assert (await sign_in(EMAIL)).id == done["id"]


async def test_a_taken_address_does_not_use_the_invitation_up(handed, nobody, sign_in, director):
    body = BORIS | {"code": handed["code"], "email": "igor@school.example"}
    await problem(nobody.post("/registration", body), 409, "email-taken")
    await problem(nobody.post("/registration", BORIS | {"code": handed["code"]}), 409, "address-needed")
    await problem(director.post("/invitations", WISH | {"email": "igor@school.example"}), 409, "email-taken")
    await nobody.do("/registration", body | {"email": EMAIL})
    assert (await sign_in(EMAIL)).id


async def test_who_forgot_the_password_gets_a_letter(director, anna, nobody, mail_catcher, sign_in):
    await director.do(f"/persons/{anna.id}/invitation", {})
    await until(lambda: mail_catcher.count == 1)
    code = re.search(CODE, mail_catcher.messages[0].get_content()).group()
    registering = BORIS | {"code": code, "email": EMAIL}
    await problem(nobody.post("/registration", registering), 409, "invitation-unknown")
    await nobody.do("/password", {"code": code, "password": "новый-пароль-2026"})
    assert (await sign_in("anna@school.example", "новый-пароль-2026")).id == anna.id
    await problem(nobody.post("/password", {"code": code, "password": PASSWORD}), 409, "invitation-used-up")


async def test_a_school_offers_its_own_roles_only(director, admin, anna):
    for wish, status, name in (
        ({"school": "s-012"}, 403, "forbidden"),
        ({"school": "s-011", "roles": ["school_administrator"]}, 403, "forbidden"),
        ({"school": "s-999"}, 409, "organisation-unknown"),
        ({"school": "s-011", "roles": ["administrator"]}, 422, "invalid-request"),
    ):
        await problem(director.post("/invitations", wish), status, name)
    await problem(anna.post("/invitations", WISH), 403, "forbidden")
    assert (await director.get("/invitations?school=s-011")).json()["items"] == []
    await admin.do("/invitations", {"school": "s-012", "roles": ["school_administrator"]})
    await problem(director.get("/invitations?school=s-012"), 404, "not-found")
    await problem(anna.get("/invitations?school=s-011"), 404, "not-found")
    (elsewhere,) = (await admin.get("/invitations?school=s-012")).json()["items"]
    await problem(director.post(f"/invitations/{elsewhere['id']}/revocation"), 404, "not-found")
    await problem(director.post(f"/invitations/{uuid4()}/revocation"), 404, "not-found")


async def test_guessing_codes_is_slowed_down(handed, nobody):
    for _ in range(20):
        await problem(nobody.post("/invitation", {"code": "A" * 26}), 409, "invitation-unknown")
    told = await problem(nobody.post("/invitation", {"code": handed["code"]}), 429, "too-many-tries")
    assert WISH["school"] not in str(told), "a right guess among them is not confirmed"


async def test_the_secret_and_the_address_are_kept_nowhere(director, handed, app, caplog):
    await director.do("/invitations", WISH | {"email": EMAIL})
    store = app.state.runtime.store
    for table in ("facts", "invitations", "commands", "credentials", "persons"):
        rows = await store.fetch(f"SELECT t::text AS row FROM {table} t")  # noqa: S608 - constants
        binary = await store.fetch("SELECT data FROM facts")
        kept = "".join(row["row"] for row in rows) + "".join(row["data"].decode("latin1") for row in binary)
        for secret in (handed["code"], handed["code"].replace("-", ""), EMAIL):
            assert secret not in kept, table
    assert handed["code"] not in caplog.text


def test_a_registered_person_has_the_offered_roles_at_once():
    command = c.RegisterWithRoles(
        person=e.ANNA,
        details=e.DETAILS,
        municipality="m-ust",
        school="s-011",
        roles=(p.Held(grant=e.TEACHER, period=e.YEAR),),
        at=e.NOW,
    )
    granted = p.RoleGranted(grant=e.TEACHER, valid_from=e.FIRST, valid_until=e.LAST, at=e.NOW)
    Story(person).when(command).then(e.registered, granted)
    Story(person).given(e.registered, granted).when(command).then()
