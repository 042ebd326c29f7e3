"""Every command as every role, from inside its place and from outside: p. 2.8 in full.

A version that is never reached keeps every allowed command from having its effect, so one route serves them all: 412 is
"you may", 403 "you know of it and may not", 404 "there is nothing here for you".
"""

from typing import Any
from uuid import UUID

import pytest

from docs.rights import mapping, modules
from services.routes.access import PARTS, READERS
from services.routes.addresses import ADDRESSES
from services.routes.domain import allowance, paper, priority, track
from services.routes.domain.application import decider as applications
from services.routes.domain.route import opening
from services.routes.domain.route.decider import RULES
from services.routes.domain.school_list import decider as lists
from shared.http.tokens import ROLES
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.routes.requests import BODIES

STRANGER = UUID(int=900)
IN_SCHOOL = {"teacher", "tutor", "school_administrator", "school_coordinator", "school_curator"}
NEVER = {"If-Match": '"999"'}
MAY, MAY_NOT, NOTHING_HERE = 412, 403, 404


def who_of(rule: Any) -> frozenset[str]:
    return frozenset(rule.who(p.POLICY) if callable(rule.who) else rule.who)


WHO = {command: who_of(rule) for module in modules("routes", ".domain") for command, rule in mapping(module).items()}


def inside(role: str) -> dict[str, str]:
    if role in IN_SCHOOL:
        return PLACE
    return {"municipality": PLACE["municipality"]} if role == "municipal_coordinator" else {}


def outside(role: str) -> dict[str, str]:
    """Another school, another municipality; a role of the region has no outside but another region's municipality."""
    return {"municipality": "m-other", "school": "s-999"} if role in IN_SCHOOL else {"municipality": "m-other"}


@pytest.fixture
async def walk(walk):
    await walk.opened()
    await walk.prepared()
    await walk.centre.do(walk.at("methodists"), {"methodist_id": str(p.METHODIST)})
    return walk


async def answers(walk, caller) -> dict[str, int]:
    """What each command's address answers this caller."""
    found = {}
    for address in ADDRESSES:
        path = walk.at(address.path.replace("{item}", str(p.TASK)))
        answer = await caller.post(path, BODIES.get(address.path), **NEVER)
        found[address.path] = answer.status_code
    return found


def expected(part: str, otherwise: int) -> dict[str, int]:
    return {address.path: MAY if part in RULES[address.command].who(p.POLICY) else otherwise for address in ADDRESSES}


@pytest.mark.parametrize("part", sorted(PARTS))
async def test_2_8_what_the_participants_of_a_route_may(walk, part: str):
    caller = {"tutee": walk.anna, "tutor": walk.boris, "methodist": walk.methodist}[part]
    assert await answers(walk, caller) == expected(part, MAY_NOT)


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_2_8_what_a_role_may_inside_its_place(walk, somebody, role: str):
    caller = somebody(STRANGER, role, **inside(role))
    otherwise = MAY_NOT if role in READERS else NOTHING_HERE
    wanted = expected(role if role not in PARTS else "", otherwise)
    assert await answers(walk, caller) == wanted


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_2_8_outside_its_place_a_role_finds_nothing(walk, somebody, role: str):
    found = await answers(walk, somebody(STRANGER, role, **outside(role)))
    assert set(found.values()) == {NOTHING_HERE}


async def test_2_8_nobody_finds_nothing(walk, somebody):
    assert set((await answers(walk, somebody(STRANGER))).values()) == {NOTHING_HERE}


PAPER = {"teacher_id": str(p.ANNA), "model": "school", "start": "2025-09-01", "end": "2026-05-31", "place": "шкаф"}
DIRECTIONS = {"municipality": PLACE["municipality"], "year": 2026, "basis": "план"}
BESIDE: dict[type, tuple[str, Any]] = {  # every command of this service that no address of a route takes
    opening.Nominate: ("/routes", PLACE | {"teacher_id": str(p.METHODIST)}),
    opening.Open: ("/routes", PLACE | {"teacher_id": str(p.METHODIST)}),
    track.PublishTrack: ("/tracks", {"code": "t", "title": "Т"}),
    track.CloseTrack: ("/tracks/t/closing", {}),
    priority.SetPriorities: ("/priorities", DIRECTIONS | {"directions": [{"code": "d", "title": "Д"}]}),
    lists.OpenList: ("/school-lists", PLACE | {"year": 2026}),
    applications.FormApplication: ("/applications", {"municipality": PLACE["municipality"], "year": 2026}),
    allowance.AllowModels: ("/allowed-models", PLACE | {"models": ["school"]}),
    paper.RegisterPaper: ("/paper-routes", PAPER | PLACE),
    paper.MovePaperEnd: ("/paper-routes/{paper}/term", {"end": "2026-06-30"}),
    paper.ClosePaper: ("/paper-routes/{paper}/closing", {"closed_on": "2026-06-01", "achieved": True}),
}
CAUSED = {lists.TakeList, lists.ReleaseList}  # by including a list in an application and excluding it
CASES = [(command, role) for command in BESIDE if command is not opening.Open for role in sorted(ROLES)]


@pytest.fixture
async def kept(walk) -> str:
    """A paper route of Anna's, registered by the director of her school."""
    return str((await walk.director.do("/paper-routes", PAPER | PLACE))["id"])


def where(command: type, kept: str) -> str:
    return BESIDE[command][0].replace("{paper}", kept)


def may(command: type, role: str) -> bool:
    return role in WHO[command] - PARTS


async def test_2_8_what_a_role_may_beside_a_route(somebody, kept):
    for command, role in CASES:
        caller = somebody(STRANGER, role, **inside(role))
        found = (await caller.post(where(command, kept), BESIDE[command][1], **NEVER)).status_code
        hidden = "{paper}" in BESIDE[command][0] and role not in READERS
        assert found == (MAY if may(command, role) else NOTHING_HERE if hidden else MAY_NOT), (command, role)


async def test_2_8_what_a_role_may_not_beside_a_route_outside_its_place(somebody, kept):
    """A track is the whole region's; everything else has a place, and is not found or not allowed outside it."""
    for command, role in CASES:
        caller = somebody(STRANGER, role, **outside(role))
        found = (await caller.post(where(command, kept), BESIDE[command][1], **NEVER)).status_code
        assert found == (NOTHING_HERE if "{paper}" in BESIDE[command][0] else MAY_NOT), (command, role)


async def test_2_8_a_teacher_opens_a_route_of_their_own_and_nobody_elses(somebody):
    own = somebody(STRANGER, "teacher", **PLACE)
    assert (await own.post("/routes", PLACE, **NEVER)).status_code == MAY
    assert (await own.post("/routes", PLACE | {"teacher_id": str(p.ANNA)}, **NEVER)).status_code == MAY_NOT


def test_no_command_can_be_added_without_being_sent_as_every_role():
    """The domain is searched for commands, so that a new one fails here until it stands in one of the two tables."""
    by_service = {command for command, who in WHO.items() if who == {"service"}}
    # They are written in the words of this module.
    from tests.routes.test_asking_roles import OF_APPLICATION, OF_LIST
    from tests.routes.test_navigator_roles import ADDRESSES as NAVIGATOR

    asking = {command for _, command in (*OF_LIST.values(), *OF_APPLICATION.values())}
    sent = [*(address.command for address in ADDRESSES), *BESIDE, *asking, *NAVIGATOR]
    assert set(sent) | by_service | CAUSED == set(WHO)
    assert len(set(sent)) == len(sent)


def test_no_address_takes_a_command_that_no_role_may_give():
    given = {**{address.path: address.command for address in ADDRESSES}}
    assert [path for path, command in given.items() if not WHO[command] - {"service"}] == []
