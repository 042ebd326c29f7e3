"""Roles with their days (p. 2.8) and the move to another school; every command as every role, inside and outside."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.people import access
from services.people.domain.person import facts as p
from services.people.domain.person import roles as r
from services.people.domain.person.decider import person
from services.people.domain.person_view import view
from shared.http.tokens import ROLES, key_set
from tests.issuer import Issuer
from tests.people import examples as e
from tests.people.conftest import Somebody
from tests.people.examples import ANNA_SAYS, SHOWN
from tests.problems import problem
from tests.story import Story

PERSON = Story(person).given(e.registered)
DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 2, 1))


def granted(since=None, until=None, grant=e.TEACHER, basis=None):
    return p.RoleGranted(grant=grant, valid_from=since, valid_until=until, basis=basis, at=e.NOW)


def wish(since=None, until=None, **more):
    return r.GrantRole(grant=e.TEACHER, period=p.Period(since=since, until=until), at=e.NOW, **more)


def held(*events):
    return person.fold([e.registered, *events]).held


@given(st.builds(p.Period, since=DAYS, until=DAYS), st.builds(p.Period, since=DAYS, until=DAYS))
def test_two_periods_meet_when_they_share_a_day(one, other):
    days = [date(2025, 12, 1) + timedelta(days=n) for n in range(100)]
    assume(any(one.holds(day) for day in days) and any(other.holds(day) for day in days))
    assert one.meets(other) == any(one.holds(day) and other.holds(day) for day in days)


def test_2_8_a_role_has_its_days_both_included():
    PERSON.when(wish(e.FIRST, e.LAST)).then(granted(e.FIRST, e.LAST))
    state = person.fold([e.registered, granted(e.FIRST, e.LAST)])
    outside = (e.FIRST - timedelta(days=1), e.LAST + timedelta(days=1))
    assert [state.grants_on(day) for day in (e.FIRST, e.LAST)] == [(e.TEACHER,)] * 2
    assert [state.grants_on(day) for day in outside] == [()] * 2
    PERSON.when(wish(e.LAST, e.FIRST)).refused(r.RoleEndsBeforeItBegins)
    PERSON.when(wish(e.FIRST, e.FIRST)).then(granted(e.FIRST, e.FIRST))


def test_2_8_the_same_role_for_the_same_days_is_held_once_and_new_days_replace_the_old_ones():
    PERSON.given(granted(e.FIRST, e.LAST)).when(wish(e.FIRST, e.LAST)).then()
    assert len(held(granted(), granted(e.FIRST, e.LAST))) == 1
    next_year = granted(e.LAST + timedelta(days=93), None)
    assert len(held(granted(e.FIRST, e.LAST), next_year)) == 2


def test_a_fact_written_before_there_were_days_is_valid_always():
    state = person.fold([e.registered, p.RoleGranted(grant=e.TEACHER, at=e.NOW)])
    assert state.grants_on(date.min) == state.grants_on(date.max) == (e.TEACHER,)


def test_2_8_3_the_act_behind_a_role_is_kept():
    PERSON.when(wish(basis=e.ORDER)).then(granted(basis=e.ORDER))
    assert held(granted(basis=e.ORDER))[0].basis == e.ORDER


ON = date(2026, 9, 14)
MOVE = r.Transfer(municipality="m-ust", school="s-012", roles=("teacher", "tutor"), on=ON, today=ON, at=e.NOW)
THERE = [p.Grant(role=role, municipality="m-ust", school="s-012") for role in ("teacher", "tutor")]
MOVED = p.PersonTransferred(municipality="m-ust", school="s-012", on=ON, at=e.NOW)


def test_2_8_3_a_moved_teacher_leaves_the_old_roles_with_their_last_day():
    ended = p.RoleEnded(grant=e.TEACHER, valid_from=None, valid_until=ON - timedelta(days=1), at=e.NOW)
    new = [granted(ON, grant=grant) for grant in THERE]
    PERSON.given(granted()).when(MOVE).then(MOVED, ended, *new)
    state = person.fold([e.registered, granted(), MOVED, ended, *new])
    assert state.grants_on(ON - timedelta(days=1)) == (e.TEACHER,)
    assert state.grants_on(ON) == tuple(THERE)
    assert state.about.school == "s-012"
    Story(person).given(e.registered, granted(), MOVED, ended, *new).when(MOVE).then()


def test_a_move_leaves_what_had_ended_and_the_roles_of_the_region_and_takes_back_what_was_to_begin():
    region = p.Grant(role="methodist", municipality=None, school=None)
    old = granted(None, date(2026, 5, 31))
    future = granted(date(2026, 10, 1), grant=e.TUTOR)
    given = (old, future, granted(grant=region))
    taken = p.RoleRevoked(grant=e.TUTOR, at=e.NOW)
    new = [granted(ON, grant=grant) for grant in THERE]
    PERSON.given(*given).when(MOVE).then(MOVED, taken, *new)


def test_a_move_is_to_another_school_and_not_in_the_future():
    PERSON.when(replace(MOVE, school="s-011")).refused(r.AlreadyThere)
    PERSON.when(replace(MOVE, today=ON - timedelta(days=1))).refused(r.TransferInFuture)
    PERSON.when(replace(MOVE, roles=("methodist",))).refused(r.RoleOfAnotherPlace)


def test_the_rows_of_roles_have_their_days():
    rows = [row for row in view(e.ANNA, 1, person.fold([e.registered, granted(e.FIRST, None)])) if "role" in
            getattr(row, "values", {})]  # fmt: skip
    assert [(row.values["valid_from"], row.values["valid_until"]) for row in rows] == [(e.FIRST, date(9999, 12, 31))]


async def roles_told(app, token):
    return sorted(grant.role for grant in (await app.state.runtime.tokens.person(token)).grants)


async def test_2_8_a_token_carries_the_roles_of_its_day_in_the_schools_time_zone(director, anna, app, clock, sign_in):
    clock.now = datetime(2026, 9, 14, 15, 0, tzinfo=UTC)  # 23:00 in Irkutsk
    app.state.runtime.tokens._now = lambda: clock().timestamp()
    boss = await sign_in("igor@school.example")
    body = {"role": "tutor", "school": "s-011", "valid_from": "2026-09-15", "valid_until": "2026-09-15"}
    await boss.do(f"/persons/{anna.id}/grants", body)
    told = []
    for moment in (15, 16, 39, 40):  # hours of 14 September, UTC; the 15th in Irkutsk is 16..40
        clock.now = datetime(2026, 9, 14, tzinfo=UTC) + timedelta(hours=moment)
        told.append(await roles_told(app, (await sign_in(ANNA_SAYS["email"])).token))
    assert told == [["teacher"], ["teacher", "tutor"], ["teacher", "tutor"], ["teacher"]]


async def test_the_directory_names_those_who_hold_a_role_today(director, anna, service, clock):
    today = clock().date()
    body = {"role": "tutor", "school": "s-011", "valid_until": (today - timedelta(days=3)).isoformat()}
    await director.do(f"/persons/{anna.id}/grants", body)
    assert (await service.get("/directory?role=tutor&school=s-011")).json() == {"items": []}
    assert (await service.get("/directory?role=teacher&school=s-011")).json() == {"items": [{"id": anna.id}]}
    shown = (await anna.get("/me")).json()["grants"]
    assert {grant["role"]: grant["valid"] for grant in shown} == {"teacher": True, "tutor": False}


async def test_a_day_that_cannot_be_is_named_in_russian(director, anna):
    for wrong in ("1900-01-01", "2100-01-01", "2026-02-30", "завтра", "15.09.2026", 20260915.5):
        body = {"role": "tutor", "school": "s-011", "valid_from": wrong}
        told = await problem(director.post(f"/persons/{anna.id}/grants", body), 422, "invalid-request")
        assert told["errors"][0]["pointer"] == "#/valid_from"


async def test_2_8_3_a_school_lets_a_teacher_go_to_another_one(director, anna, admin, sign_in, clock):
    on = (clock().date() - timedelta(days=1)).isoformat()
    await director.do(f"/persons/{anna.id}/transfer", {"school": "s-012", "on": on, "roles": ["teacher"]})
    me = (await (await sign_in(ANNA_SAYS["email"])).get("/me")).json()
    assert me["school"] == "s-012"
    assert [(g["school"], g["valid"]) for g in me["grants"]] == [("s-011", False), ("s-012", True)]
    await problem(director.get(f"/persons/{anna.id}"), 404, "not-found")
    wish = {"school": "s-011", "on": on, "roles": ["teacher"]}
    await problem(director.post(f"/persons/{anna.id}/transfer", wish), 404, "not-found")
    await admin.do(f"/persons/{anna.id}/transfer", wish)


async def test_a_school_gives_no_role_of_its_leaders_away_by_a_transfer(director, anna, clock):
    wish = {"school": "s-012", "on": clock().date().isoformat(), "roles": ["school_administrator"]}
    await problem(director.post(f"/persons/{anna.id}/transfer", wish), 403, "forbidden")
    me = (await anna.get("/me")).json()
    assert (me["school"], [(grant["role"], grant["valid"]) for grant in me["grants"]]) == ("s-011", [("teacher", True)])


# Every command on a person as every role. A version that is never reached keeps an allowed one from having its effect:
# 412 is "you may", 403 "you know of them and may not", 404 "there is nobody here for you".
NEVER = {"If-Match": '"999"'}
COMMANDS = {
    "GrantRole": ("grants", {"role": "tutor", "school": "s-011"}),
    "RevokeRole": ("grant-withdrawal", {"role": "tutor", "school": "s-011"}),
    "Transfer": ("transfer", {"school": "s-012", "on": "2026-09-01"}),
    "ChangeDetails": ("details", {"position": "учитель физики"}),
    "GiveConsent": ("consent", {"document_hash": SHOWN}),
    "WithdrawConsent": ("consent-withdrawal", {}),
    "Invite": ("invitation", {}),
}
PLACE = {"municipality": "m-ust", "school": "s-011"}
OUTSIDE = {"municipality": "m-ust", "school": "s-012"}
ELSEWHERE = {"municipality": "m-other", "school": "s-999"}
SEEN_BY = access.READERS | access.REGIONAL_READERS


def place_of(role, place):
    if role in p.SCHOOL_ROLES:
        return place
    return {"municipality": place["municipality"]} if role in p.MUNICIPAL_ROLES else {}


@pytest.fixture
def somebody(client, app, tmp_path):
    """A stranger of any role, by the token of an issuer this service is made to trust."""
    issuer = Issuer("people-test")
    app.state.runtime.tokens._sets["test"] = key_set(issuer.published)

    def made(role, **place):
        id = uuid4()
        return Somebody(client, issuer.token(id, {"role": role, **place}, iss="http://people"), str(id))

    return made


async def answers(caller, id):
    return {
        command: (await caller.post(f"/persons/{id}/{path}", body, **NEVER)).status_code
        for command, (path, body) in COMMANDS.items()
    }


def rule_of(command):
    return next(rule for kind, rule in access.RULES.items() if kind.__name__ == command)


async def test_2_8_what_a_role_may_do_with_a_person_inside_its_place(anna, somebody):
    for role in sorted(ROLES):
        otherwise = 403 if role in SEEN_BY else 404
        wanted = {command: 412 if role in rule_of(command).who else otherwise for command in COMMANDS}
        assert await answers(somebody(role, **place_of(role, PLACE)), anna.id) == wanted, role


async def test_2_8_outside_its_place_a_role_finds_nobody(anna, somebody):
    for role in sorted(p.SCHOOL_ROLES | p.MUNICIPAL_ROLES):
        for place in (ELSEWHERE, OUTSIDE) if role in p.SCHOOL_ROLES else (ELSEWHERE,):
            told = await answers(somebody(role, **place_of(role, place)), anna.id)
            assert set(told.values()) == {404}, (role, place)


async def test_2_8_what_a_person_may_do_with_themselves(anna):
    told = await answers(anna, anna.id)
    assert told == {command: 412 if "self" in rule_of(command).who else 403 for command in COMMANDS}


PLACED = {
    "RegisterOrganisation": ("/organisations", {"kind": "municipality", "code": "m-x", "name": "Район"}),
    "RenameOrganisation": ("/organisations/school/s-011/name", {"name": "Школа"}),
    "Register": ("/persons", ANNA_SAYS),
    "RegisterAct": ("/acts", e.ACT_SAYS),
}


async def test_2_8_what_a_role_may_do_at_a_place(places, somebody):
    for role in sorted(ROLES):
        for command, (path, body) in PLACED.items():
            for place, inside in ((PLACE, True), (OUTSIDE, False)):
                fresh = {"email": f"{uuid4()}@school.example"} if command == "Register" else {}
                answer = await somebody(role, **place_of(role, place)).post(path, body | fresh, **NEVER)
                may = role in rule_of(command).who and (inside or role == "administrator")
                assert answer.status_code == (412 if may else 403), (role, command, place, answer.text)


def test_every_command_of_people_is_in_one_of_these_tables_or_needs_no_role():
    own = {
        "AskEmailChange",
        "ConfirmEmail",
        "ChangePassword",
        "RevokeInvitation",
        "EndAct",
        "ReplaceEmail",
        "RegisterWithRoles",
    }
    without = {kind.__name__ for kind, rule in access.RULES.items() if rule.who <= {"invited", "service"}}
    assert {kind.__name__ for kind in access.RULES} == set(COMMANDS) | set(PLACED) | own | without
