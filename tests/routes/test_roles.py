"""Every command as every role, from inside its place and from outside: p. 2.8 in full.

A version that is never reached keeps every allowed command from having its effect, so one route serves them all: 412 is
"you may", 403 "you know of it and may not", 404 "there is nothing here for you".
"""

from uuid import UUID

import pytest

from services.routes.access import PARTS, READERS
from services.routes.addresses import ADDRESSES
from services.routes.domain.route.decider import RULES
from shared.http.tokens import ROLES
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.routes.requests import BODIES

STRANGER = UUID(int=900)
IN_SCHOOL = {"teacher", "tutor", "school_administrator", "school_coordinator", "school_curator"}
NEVER = {"If-Match": '"999"'}
MAY, MAY_NOT, NOTHING_HERE = 412, 403, 404


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


def test_every_command_of_people_has_an_address():
    by_service = {command for command, rule in RULES.items() if rule.who(p.POLICY) == {"service"}}
    opening = {p.preparing.Nominate, p.preparing.Open}
    assert {address.command for address in ADDRESSES} == set(RULES) - by_service - opening
