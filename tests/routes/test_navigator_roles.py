"""Every command of the navigator as every role, from inside its place and from outside: pp. 2.8.1 and 2.8.2.

As in test_roles.py: 412 is "you may", 403 "you know of it and may not", 404 "there is nothing here for you".
"""

from typing import Any, Final
from uuid import UUID

import pytest

from services.routes.domain.resource import decider as d
from services.routes.navigator import KEEPERS
from shared.http.tokens import ROLES
from tests.routes import catalogue as c
from tests.routes.test_roles import MAY, MAY_NOT, NEVER, NOTHING_HERE, inside, outside

STRANGER = UUID(int=900)
PROPOSAL = c.SENT | {"municipality": "m-ust"}

# command -> its address, its body; {id} is a proposal or an entry.
ADDRESSES: Final[dict[type, tuple[str, Any]]] = {
    d.Propose: ("/resources/proposals", PROPOSAL),
    d.Publish: ("/resources", c.SENT),
    d.Include: ("/resources/{id}/inclusion", None),
    d.Decline: ("/resources/{id}/decline", {"reason": "повтор"}),
    d.Revise: ("/resources/{id}/revision", c.SENT),
    d.Withdraw: ("/resources/{id}/withdrawal", None),
}
MAKING = (d.Propose, d.Publish)


@pytest.fixture
async def proposed(somebody: Any) -> str:
    coordinator = somebody(STRANGER, "municipal_coordinator", municipality="m-ust")
    return str((await coordinator.do("/resources/proposals", PROPOSAL))["id"])


@pytest.fixture
async def included(centre: Any) -> str:
    return str((await centre.do("/resources", c.SENT))["id"])


async def answers(caller: Any, id: str) -> dict[type, int]:
    return {
        command: (await caller.post(path.format(id=id), body, **NEVER)).status_code
        for command, (path, body) in ADDRESSES.items()
    }


def expected(role: str, unknown: int) -> dict[type, int]:
    """What the rules give to *role*; *unknown* is what is said of an entry that it may not touch."""
    return {
        command: MAY if role in rule.who else MAY_NOT if command in MAKING else unknown
        for command, rule in d.RULES.items()
    }


async def test_2_8_1_and_2_8_2_what_a_role_may_with_a_proposal_of_its_place(proposed, somebody):
    for role in sorted(ROLES):
        wanted = expected(role, MAY_NOT if role in KEEPERS else NOTHING_HERE)
        assert (role, await answers(somebody(STRANGER, role, **inside(role)), proposed)) == (role, wanted)


async def test_2_8_1_what_a_role_may_with_an_entry_of_the_catalogue(included, somebody):
    for role in sorted(ROLES):
        found = await answers(somebody(STRANGER, role, **inside(role)), included)
        assert (role, found) == (role, expected(role, MAY_NOT))


async def test_2_8_2_outside_its_place_a_role_may_nothing(proposed, somebody):
    for role in sorted(ROLES):
        found = await answers(somebody(STRANGER, role, **outside(role)), proposed)
        assert (role, found) == (role, expected("", NOTHING_HERE))


async def test_2_8_nobody_may_anything(included, somebody):
    assert await answers(somebody(STRANGER), included) == expected("", MAY_NOT)


def test_every_command_of_the_navigator_has_an_address():
    assert set(ADDRESSES) == set(d.RULES)
