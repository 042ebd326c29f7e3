"""Every address of lists and applications as every role, from inside its place and from outside."""

from typing import Any

import pytest

from services.routes.domain import support
from services.routes.domain.application import decider as applications
from services.routes.domain.school_list import decider as lists
from shared.http.tokens import ROLES
from tests.routes import path as p
from tests.routes.asking import GALINA
from tests.routes.conftest import PLACE, Somebody
from tests.routes.test_roles import MAY, MAY_NOT, NEVER, NOTHING_HERE, STRANGER, WHO, inside, outside
from tests.routes.town import teacher

SCHOOLS = {"school_administrator", "school_coordinator", "school_curator"}
READ_LISTS = SCHOOLS | {"municipal_coordinator", "regional_centre", "auditor"}
REASON = {"reason": "причина"}
NAMING = {"teacher_id": str(p.ANNA), "methodist_id": str(p.METHODIST)}
OF_LIST: dict[str, tuple[Any, type]] = {  # address -> body, command
    "teachers": (teacher(GALINA), lists.ListTeacher),
    f"teachers/{p.ANNA}/removal": (None, lists.UnlistTeacher),
    "submission": (None, lists.SubmitList),
    "submission-withdrawal": (None, lists.WithdrawSubmission),
    "return": (REASON, lists.ReturnList),
}
OF_APPLICATION: dict[str, tuple[Any, type]] = {
    "lists": ({"list_id": None}, applications.IncludeList),
    "lists/{list}/removal": (None, applications.ExcludeList),
    "submission": (None, applications.SubmitApplication),
    "acceptance": ({}, applications.AcceptApplication),
    "return": (REASON, applications.ReturnApplication),
    "methodists": (NAMING, support.NameMethodist),
    "methodist-recall": (NAMING, support.RecallMethodist),
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
        f"list/{sub}": MAY if role in WHO[command] else MAY_NOT if knows_list else NOTHING_HERE
        for sub, (_, command) in OF_LIST.items()
    }
    found |= {
        f"application/{sub}": MAY if role in WHO[command] else MAY_NOT if knows_application else NOTHING_HERE
        for sub, (_, command) in OF_APPLICATION.items()
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
    found_lists = (await somebody(STRANGER, role, **outside(role)).see("/school-lists"))["items"]
    found_applications = (await somebody(STRANGER, role, **outside(role)).see("/applications"))["items"]
    assert (found_lists, found_applications) == ([], [])
