"""The cabinet (p. 3.1.3): details, address and password are the person's own, and each change is a fact."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

from services.people.domain.person import cabinet as c
from services.people.domain.person import facts as p
from services.people.domain.person.decider import person
from services.people.domain.person.roles import PersonUnknown
from shared.domain import Personal
from shared.mail.post import Post
from tests.people import examples as e
from tests.people.examples import ANNA_SAYS, CODE, PASSWORD, away
from tests.problems import problem
from tests.story import Story

PERSON = Story(person).given(e.registered)
NEW = "другой-пароль-2026"


def sealed(text):
    return Personal(subject=e.ANNA, text=text)


def change(**changes):
    return c.ChangeDetails(person=e.ANNA, changes=changes, at=e.NOW)


def test_3_1_3_only_what_differs_is_told_and_null_empties():
    told = p.DetailsChanged(changed=("phone", "position"), position=sealed("учитель физики"), phone=None, at=e.NOW)
    PERSON.when(change(position="учитель физики", phone=None, category="первая")).then(told)
    state = person.fold([e.registered, told])
    assert state.about.position.text == "учитель физики"
    assert state.about.phone is None
    assert state.about.category.text == "первая"


def test_3_1_3_the_same_details_change_nothing():
    PERSON.when(change(position="учитель математики", service_years=4)).then()


def test_2_5_a_person_keeps_a_family_name_and_a_given_name():
    PERSON.when(change(family_name=None)).refused(c.NameMissing)
    PERSON.when(change(given_name="")).refused(c.NameMissing)


def test_an_address_is_not_changed_among_the_details():
    PERSON.when(change(email="x@y.example")).then()


ask = c.AskEmailChange(
    person=e.ANNA, email="new@school.example", digest="d1", expires_at=e.NOW + timedelta(days=1), at=e.NOW
)
asked = p.EmailChangeAsked(
    email=sealed("new@school.example"), digest="d1", expires_at=e.NOW + timedelta(days=1), at=e.NOW
)


def test_3_1_3_a_new_address_waits_for_its_secret():
    PERSON.when(ask).then(asked)
    PERSON.given(asked).when(ask).then()
    PERSON.when(replace(ask, email=ANNA_SAYS["email"])).then()
    assert person.fold([e.registered, asked]).about.email.text == ANNA_SAYS["email"]


def test_3_1_3_only_the_last_secret_confirms_and_not_for_ever():
    waiting = PERSON.given(asked)
    waiting.when(c.ConfirmEmail(digest="d1", at=e.NOW)).then(p.EmailChanged(email=asked.email, at=e.NOW))
    waiting.when(c.ConfirmEmail(digest="d0", at=e.NOW)).refused(c.EmailCodeWrong)
    waiting.when(c.ConfirmEmail(digest="d1", at=e.NOW + timedelta(days=1))).refused(c.EmailCodeExpired)
    waiting.given(replace(asked, digest="d2")).when(c.ConfirmEmail(digest="d1", at=e.NOW)).refused(c.EmailCodeWrong)
    PERSON.when(c.ConfirmEmail(digest="d1", at=e.NOW)).refused(c.EmailCodeWrong)


async def facts_of(app, id):
    return await app.state.runtime.store.read(f"person-{id}")


async def test_3_1_3_a_teacher_keeps_their_own_details(anna, app):
    changes = {"position": "учитель физики", "attestation": "2027-03", "workplace": "Лицей № 1", "phone": None}
    done = await anna.do(f"/persons/{anna.id}/details", changes)
    me = (await anna.get("/me")).json()
    assert me | changes == me
    assert me["version"] == done["version"]
    again = await anna.do(f"/persons/{anna.id}/details", changes)
    assert again["version"] == done["version"]
    (changed,) = [fact for fact in await facts_of(app, anna.id) if isinstance(fact.event, p.DetailsChanged)]
    assert (changed.context.actor, changed.context.command_name) == (changed.event.position.subject, "ChangeDetails")
    raw = await app.state.runtime.store.fetch("SELECT data FROM facts WHERE id = $1", changed.id)
    assert "физики".encode() not in raw[0]["data"]


async def test_two_who_edit_at_once_do_not_overwrite_each_other(anna, director):
    version = (await anna.get("/me")).headers["ETag"]
    path = f"/persons/{anna.id}/details"
    answers = await asyncio.gather(
        anna.post(path, {"position": "учитель физики"}, **{"If-Match": version}),
        director.post(path, {"position": "учитель химии"}, **{"If-Match": version}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    stale = next(answer for answer in answers if answer.status_code == 412)
    assert stale.json()["type"] == "/problems/stale-version"


BAD = [
    *(
        {"family_name": wrong}
        for wrong in ("", " ", "Ор\u202eлова", "Ор\u200bлова", "Орлова1", "Орлова 🎓", "<b>", "-")
    ),
    *({"given_name": wrong} for wrong in ("Ан\nна", "Ан\x00на", "А" * 101)),
    *({"position": wrong} for wrong in ("учи\u2028тель", "учи\ufeffтель", "у" * 501, "учи\x85тель")),
    *({"attestation": wrong} for wrong in ("2027-13", "март 2027", "1900-01", "2100-01", "2027-3")),
    *({"service_years": wrong} for wrong in (-1, 81, "много", 4.5)),
    {"phone": "позвоните мне"},
    {"email": "x@y.example"},
]


async def test_a_wrong_detail_is_named_in_russian(anna):
    for wrong in BAD:
        answer = await anna.post(f"/persons/{anna.id}/details", wrong)
        assert answer.status_code == 422, (wrong, answer.text)
        (error,) = answer.json()["errors"]
        assert error["pointer"] == f"#/{next(iter(wrong))}"
        assert re.search("[а-яё]", error["detail"])
    await problem(anna.post(f"/persons/{anna.id}/details", {"given_name": None}), 409, "name-missing")


async def test_a_real_name_is_taken_in_its_composed_form(anna):
    for name in ("Д’Артаньян", "Мамин-Сибиряк", "Ибрагим оглы", "Ё", "Müller", "И\u0306ванов"):
        await anna.do(f"/persons/{anna.id}/details", {"family_name": name})
        kept = (await anna.get("/me")).json()["family_name"]
        assert kept == {"И\u0306ванов": "Йванов"}.get(name, name)


async def test_3_1_3_a_password_is_changed_by_who_knows_the_old_one(anna, nobody, sign_in, app):
    await problem(anna.post("/me/password", {"old": "не тот", "new": NEW}), 409, "wrong-password")
    first = await anna.post("/me/password", {"old": PASSWORD, "new": NEW}, key="one")
    again = await anna.post("/me/password", {"old": PASSWORD, "new": NEW}, key="one")
    assert first.json() == again.json()
    await problem(nobody.post("/sign-in", {"email": ANNA_SAYS["email"], "password": PASSWORD}), 401, "unauthenticated")
    assert (await sign_in(ANNA_SAYS["email"], NEW)).id == anna.id
    changed = [fact for fact in await facts_of(app, anna.id) if isinstance(fact.event, p.PasswordChanged)]
    assert len(changed) == 1


async def test_guessing_the_old_password_is_slowed_down(anna, sign_in):
    for _ in range(10):
        await problem(anna.post("/me/password", {"old": "не тот", "new": NEW}), 409, "wrong-password")
    await problem(anna.post("/me/password", {"old": PASSWORD, "new": NEW}), 429, "too-many-tries")
    assert (await sign_in(ANNA_SAYS["email"], PASSWORD)).id == anna.id  # even the right one changed nothing


def code_in(mail_catcher) -> str:
    found = re.search(CODE, mail_catcher.messages[-1].get_content())
    assert found
    return found.group()


async def test_3_1_3_a_new_address_serves_once_its_code_came_back(anna, mail_catcher, sign_in, nobody):
    wish = {"email": "new@school.example", "password": PASSWORD}
    await anna.do("/me/email", wish)
    assert mail_catcher.messages[-1]["To"] == "new@school.example"
    me = (await anna.get("/me")).json()
    assert (me["email"], me["new_email"]) == (ANNA_SAYS["email"], "new@school.example")
    await problem(anna.post("/me/email-confirmation", {"code": "A" * 26}), 409, "email-code-wrong")
    assert (await sign_in(ANNA_SAYS["email"])).id == anna.id
    code = code_in(mail_catcher)
    await anna.do("/me/email-confirmation", {"code": code.lower().replace("-", " ")})
    me = (await anna.get("/me")).json()
    assert (me["email"], me["new_email"]) == ("new@school.example", None)
    assert (await sign_in("new@school.example")).id == anna.id
    await problem(nobody.post("/sign-in", {"email": ANNA_SAYS["email"], "password": PASSWORD}), 401, "unauthenticated")
    await problem(anna.post("/me/email-confirmation", {"code": code}), 409, "email-code-wrong")


async def test_an_address_of_somebody_else_is_not_taken(anna, director, mail_catcher):
    taken = {"email": "igor@school.example", "password": PASSWORD}
    await problem(anna.post("/me/email", taken), 409, "email-taken")
    await problem(anna.post("/me/email", {"email": "n@s.example", "password": "не тот"}), 409, "wrong-password")
    assert mail_catcher.count == 0


async def test_while_the_mail_server_is_away_the_same_request_is_repeated(anna, app, mail_catcher, monkeypatch):
    wish = {"email": "new@school.example", "password": PASSWORD}
    with monkeypatch.context() as patched:
        patched.setattr(Post, "announce", away)
        await problem(anna.post("/me/email", wish, key="one"), 503, "try-later")
    assert (await anna.post("/me/email", wish, key="one")).status_code == 200
    asked = [fact for fact in await facts_of(app, anna.id) if isinstance(fact.event, p.EmailChangeAsked)]
    assert len(asked) == 1
    await anna.do("/me/email-confirmation", {"code": code_in(mail_catcher)})


def test_of_who_asked_to_be_forgotten_nothing_new_is_written():
    forgotten = Story(person).given(replace(e.registered, email=Personal(subject=e.ANNA, text=None)))
    replaced = c.ReplaceEmail(person=e.ANNA, email="new@school.example", at=e.NOW)
    for command in (change(position="учитель физики"), ask, replaced):
        forgotten.when(command).refused(PersonUnknown)
