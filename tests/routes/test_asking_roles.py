"""Every address of lists and applications as every role, from inside its place and from outside."""

import pytest

from shared.http.tokens import ROLES
from tests.routes import path as p
from tests.routes.asking import GALINA
from tests.routes.conftest import PLACE, Somebody
from tests.routes.test_roles import MAY, MAY_NOT, NEVER, NOTHING_HERE, STRANGER, inside, outside
from tests.routes.town import teacher

SCHOOLS = {"school_administrator", "school_coordinator", "school_curator"}
READ_LISTS = SCHOOLS | {"municipal_coordinator", "regional_centre", "auditor"}
REASON = {"reason": "причина"}
NAMING = {"teacher_id": str(p.ANNA), "methodist_id": str(p.METHODIST)}
OF_LIST = {  # address -> body, who may
    "teachers": (teacher(GALINA), SCHOOLS),
    f"teachers/{p.ANNA}/removal": (None, SCHOOLS),
    "submission": (None, SCHOOLS),
    "submission-withdrawal": (None, SCHOOLS),
    "return": (REASON, {"municipal_coordinator"}),
}
OF_APPLICATION = {
    "lists": ({"list_id": None}, {"municipal_coordinator"}),
    "lists/{list}/removal": (None, {"municipal_coordinator"}),
    "submission": (None, {"municipal_coordinator"}),
    "acceptance": ({}, {"regional_centre"}),
    "return": (REASON, {"regional_centre"}),
    "methodists": (NAMING, {"regional_centre"}),
    "methodist-recall": (NAMING, {"regional_centre"}),
}


async def answers(caller: Somebody, first: str, application: str) -> dict[str, int]:
    """What every address answers; the version is never reached, so that nothing has its effect."""
    found = {}
    for sub, (body, _) in OF_LIST.items():
        found[f"list/{sub}"] = (await caller.post(f"/school-lists/{first}/{sub}", body, **NEVER)).status_code
    for sub, (body, _) in OF_APPLICATION.items():
        body = {"list_id": first} if body == {"list_id": None} else body
        path = f"/applications/{application}/{sub.replace('{list}', first)}"
        found[f"application/{sub}"] = (await caller.post(path, body, **NEVER)).status_code
    found["read list"] = (await caller.get(f"/school-lists/{first}")).status_code
    found["read list's history"] = (await caller.get(f"/school-lists/{first}/timeline")).status_code
    found["read application"] = (await caller.get(f"/applications/{application}")).status_code
    found["read application's history"] = (await caller.get(f"/applications/{application}/timeline")).status_code
    return found


def expected(role: str) -> dict[str, int]:
    knows_list, knows_application = role in READ_LISTS, role in READ_LISTS - SCHOOLS
    found = {
        f"list/{sub}": MAY if role in who else MAY_NOT if knows_list else NOTHING_HERE
        for sub, (_, who) in OF_LIST.items()
    }
    found |= {
        f"application/{sub}": MAY if role in who else MAY_NOT if knows_application else NOTHING_HERE
        for sub, (_, who) in OF_APPLICATION.items()
    }
    for what, knows in (("list", knows_list), ("application", knows_application)):
        found |= {f"read {what}": 200 if knows else 404, f"read {what}'s history": 200 if knows else 404}
    return found


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_2_8_what_a_role_may_with_lists_and_applications_inside_and_outside_its_place(town, somebody, role):
    first = await town.submitted(town.director, PLACE, p.ANNA)
    await town.accepted(first)
    found = await answers(somebody(STRANGER, role, **inside(role)), first, town.application)
    assert found == expected(role)
    found = await answers(somebody(STRANGER, role, **outside(role)), first, town.application)
    assert set(found.values()) == {NOTHING_HERE}
    lists = (await somebody(STRANGER, role, **outside(role)).see("/school-lists"))["items"]
    applications = (await somebody(STRANGER, role, **outside(role)).see("/applications"))["items"]
    assert (lists, applications) == ([], [])
