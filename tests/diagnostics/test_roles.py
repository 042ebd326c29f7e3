"""Every command as every role, from inside its place and from outside: p. 2.8 for diagnostics.

A version that is never reached keeps every allowed command from having its effect, so one of each thing serves all of
them: 412 is "you may", 403 "you know of it and may not", 404 "there is nothing here for you". Where something is made
there is no version to miss, and 201, 200 or 409 say "you may".
"""

from uuid import UUID, uuid4

import pytest

from services.diagnostics.access import READERS
from services.diagnostics.domain import appraisal, authoring, comparison, diagnostic, outside, session
from services.diagnostics.domain.rules import Rule
from shared.http.tokens import REGION_ROLES, ROLES
from tests.diagnostics.examples import BORIS, RUBRIC, VERA
from tests.diagnostics.test_api import ANNA, CODES, PLACE, assigned, key
from tests.diagnostics.test_appraisal import grades
from tests.diagnostics.test_appraisals_http import new as new_appraisal
from tests.diagnostics.test_authoring import IVAN, ZOYA, publishing, without_code, written
from tests.diagnostics.test_outside import text

STRANGER = UUID(int=900)
IN_SCHOOL = {"teacher", "tutor", "school_administrator", "school_coordinator", "school_curator"}
NEVER = {"If-Match": '"999"'}
MAY, MAY_NOT, NOTHING_HERE = 412, 403, 404
DRAFT = without_code(written())

SESSION = {
    session.Start: ("start", {}),
    session.Answer: (f"answers/{CODES[0]}", {"answer": "a"}),
    session.Submit: ("submission", {}),
    session.Withdraw: ("withdrawal", {"reason": "other"}),
}
APPRAISAL = {
    appraisal.NameRater: ("raters", {"rater_id": str(UUID(int=77))}),
    appraisal.Rate: ("ratings", {"grades": grades("pyy")}),
    appraisal.Conclude: ("conclusion", {}),
    appraisal.CallOff: ("withdrawal", {"reason": "other"}),
}
AUTHORING = {
    authoring.Revise: ("revision", DRAFT),
    authoring.SubmitForReview: ("review", {}),
    authoring.ReturnDraft: ("return", {"reason": "причина"}),
    authoring.Approve: ("approval", {}),
    authoring.PublishApproved: ("publication", {}),
    authoring.Retire: ("retirement", {"reason": "outdated"}),
}
MAKING = {session.Assign, appraisal.Arrange, authoring.Draft, outside.Import}
ALL = {
    **session.RULES,
    **appraisal.RULES,
    **authoring.RULES,
    **outside.RULES,
    **comparison.RULES,
    **diagnostic.RULES,
}


def inside(role: str) -> dict[str, str]:
    if role in IN_SCHOOL:
        return PLACE
    return {"municipality": PLACE["municipality"]} if role == "municipal_coordinator" else {}


def outside_of(role: str) -> dict[str, str]:
    return {"municipality": "m-other", "school": "s-999"} if role in IN_SCHOOL else {"municipality": "m-other"}


@pytest.fixture
async def town(serve, bearer):
    """The service with a session, an appraisal and a draft: (client, their addresses)."""
    async with serve() as client:
        zoya, ivan = bearer(ZOYA, "regional_centre"), bearer(IVAN, "regional_centre")
        tutor = bearer(UUID(int=2), "tutor", **PLACE)
        await publishing(client, zoya, ivan, RUBRIC)
        await client.post("/instruments", json=written(), headers=zoya | key())
        arranged = await client.post("/appraisals", json=new_appraisal(), headers=tutor | key())
        session_id = await assigned(client, tutor)
        yield client, f"/sessions/{session_id}", f"/appraisals/{arranged.json()['id']}", "/instruments/tiny/1"


async def answers(town, who) -> dict[type, int]:
    """What each command's address answers."""
    client, *places = town
    found = {}
    for place, commands in zip(places, (SESSION, APPRAISAL, AUTHORING), strict=True):
        for command, (path, body) in commands.items():
            answer = await client.post(f"{place}/{path}", json=body, headers=who | key() | NEVER)
            found[command] = answer.status_code
    return found


async def made(town, who) -> dict[type, int]:
    client = town[0]
    asked = {"person_id": str(ANNA), "instrument": "none-2026", "purpose": "initial", **PLACE}
    posts = {
        session.Assign: ("/sessions", {"json": asked}),
        appraisal.Arrange: ("/appraisals", {"json": new_appraisal(instrument="none-2026")}),
        authoring.Draft: ("/instruments", {"json": written(code=f"d-{uuid4().hex[:8]}")}),
        outside.Import: ("/outside-results", {"content": text({"Дата проведения": "15.09.2025"})}),
    }
    return {
        command: (await client.post(path, headers=who | key(), **sent)).status_code
        for command, (path, sent) in posts.items()
    }


def held(command: type, role: str, otherwise: int) -> int:
    return MAY if role in ALL[command].who else otherwise


def wanted(role: str) -> dict[type, int]:
    otherwise = MAY_NOT if role in READERS else NOTHING_HERE
    taken = dict.fromkeys(SESSION, otherwise) | {session.Withdraw: held(session.Withdraw, role, otherwise)}
    rated = {command: held(command, role, MAY_NOT) if role in READERS else NOTHING_HERE for command in APPRAISAL}
    return taken | rated | {command: held(command, role, MAY_NOT) for command in AUTHORING}


async def test_2_8_what_a_role_may_inside_its_place(town, bearer):
    found = {role: await answers(town, bearer(STRANGER, role, **inside(role))) for role in sorted(ROLES)}
    assert found == {role: wanted(role) for role in sorted(ROLES)}


async def test_2_8_outside_its_place_a_role_finds_nothing(town, bearer):
    for role in sorted(ROLES - REGION_ROLES):
        found = await answers(town, bearer(STRANGER, role, **outside_of(role)))
        assert {found[command] for command in [*SESSION, *APPRAISAL]} == {NOTHING_HERE}, role
        assert {found[command] for command in AUTHORING} == {MAY_NOT}, role  # the bank is the region's, and no secret


async def test_2_8_nobody_finds_nothing(town, bearer):
    found = await answers(town, bearer(STRANGER))
    assert {found[command] for command in [*SESSION, *APPRAISAL]} == {NOTHING_HERE}
    assert {found[command] for command in AUTHORING} == {MAY_NOT}


async def test_2_8_5_the_teacher_takes_the_session_and_rates_nothing(town, bearer):
    found = await answers(town, bearer(ANNA, "teacher", **PLACE))
    taken = {command: MAY for command in (session.Start, session.Answer, session.Submit)}
    assert {command: found[command] for command in SESSION} == {**taken, session.Withdraw: MAY_NOT}
    assert {found[command] for command in APPRAISAL} == {MAY_NOT}


async def test_1_3_nobody_conducts_a_procedure_about_themselves(town, bearer):
    head = bearer(ANNA, "school_administrator", **PLACE)
    found = await answers(town, head)
    assert {found[command] for command in APPRAISAL} == {MAY_NOT}
    assert (await made(town, head))[appraisal.Arrange] == MAY_NOT


@pytest.mark.parametrize(("expert", "role", "place"), [(BORIS, "methodist", {}), (VERA, "teacher", PLACE)])
async def test_1_3_a_named_expert_rates_and_organises_by_role_alone(town, bearer, expert, role, place):
    found = await answers(town, bearer(expert, role, **place))
    assert found[appraisal.Rate] == MAY
    assert found[appraisal.Conclude] == held(appraisal.Conclude, role, MAY_NOT)


async def test_2_8_who_may_make_what_at_a_place(town, bearer):
    """409 is "you may": the instrument that is asked for is not there."""
    for role in sorted(ROLES):
        found = await made(town, bearer(STRANGER, role, **inside(role)))
        for command in (session.Assign, appraisal.Arrange):
            assert found[command] == (409 if role in ALL[command].who else MAY_NOT), (
                role,
                command,
            )  # inside, all know of it
        assert found[authoring.Draft] == (201 if role in ALL[authoring.Draft].who else MAY_NOT), role
        assert found[outside.Import] == (200 if role in ALL[outside.Import].who else MAY_NOT), role


async def test_2_8_nobody_makes_anything_elsewhere(town, bearer):
    for role in sorted(ROLES - REGION_ROLES):
        found = await made(town, bearer(STRANGER, role, **outside_of(role)))
        assert (found[session.Assign], found[appraisal.Arrange]) == (NOTHING_HERE, NOTHING_HERE), role
        importing = 409 if role in ALL[outside.Import].who else MAY_NOT  # told that the row's school is not theirs
        assert found[outside.Import] == importing, role


def test_every_command_of_people_has_an_address_and_a_rule():
    by_service = {command for command, rule in ALL.items() if rule.who == {"service"}}
    assert {*SESSION, *APPRAISAL, *AUTHORING} | MAKING == set(ALL) - by_service
    assert all(isinstance(rule, Rule) and rule.clause for rule in ALL.values())
    assert {role for rule in ALL.values() for role in rule.who} <= ROLES | {"tutee", "service"}
