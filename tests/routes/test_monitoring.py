"""How routes stand, over HTTP and a real database: what is counted, who may see it, and what nobody is shown."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.routes.categories import categories
from services.routes.domain.route.records import Whose
from shared.rebuild import Source, rebuild, reconcile
from shared.store.execute import Executor
from tests.problems import problem
from tests.routes import crowd
from tests.routes import path as p
from tests.routes.crowd import come

HIDDEN = {"routes": None, "people": None, "hidden": True}
NOT_ACHIEVED = p.but(
    p.draft, conclusion=p.but(p.conclusion, achieved=False, verdicts=(p.TaskVerdict(task=p.TASK, achieved=False),))
)
FAILED = tuple(NOT_ACHIEVED if each is p.draft else each for each in p.COMPLETED)
OTHER_DEFICIT = p.but(p.record_deficit, deficit=p.REPORT, competency="lesson")
AGAIN = p.but(p.record_deficit, deficit=p.REVIEW)
USTS = "/monitoring?municipality=m-ust"


def cell(number: int, people: int | None = None) -> dict[str, Any]:
    return {"routes": number, "people": number if people is None else people, "hidden": False}


def inside(of: dict[str, Any], status: str, model: str | None) -> dict[str, Any]:
    """A stage whose routes are all of one status and one model."""
    return of | {"statuses": {status: of}, "models": {model: of}}


def stage(seen: dict[str, Any], number: int) -> dict[str, Any]:
    """A stage with its statuses by name."""
    found: dict[str, Any] = seen["stages"][number - 1]
    assert found.pop("stage") == number
    assert found.pop("stage_name")
    return found | {
        name: {each.pop(of): each for each in found[name]} for name, of in (("statuses", "status"), ("models", "model"))
    }


@pytest.fixture
def executor(app: Any, client: Any) -> Executor:
    made: Executor = app.state.runtime.executor
    return made


@pytest.fixture
async def schools(executor: Executor) -> None:
    """Two schools of one municipality and one of another; every cell is of five people or of nobody."""
    await come(executor, 6, "s-011", (*p.DIAGNOSED, AGAIN, OTHER_DEFICIT))
    await come(executor, 5, "s-012")
    await come(executor, 5, "s-012", (*p.STARTED, p.mark_overdue))
    await come(executor, 5, "s-021", p.COMPLETED, "m-sev")
    await come(executor, 5, "s-021", FAILED, "m-sev")
    await come(executor, 7, "s-021", (p.nominate,), "m-sev")


async def test_2_8_1_11_the_centre_sees_how_the_routes_of_the_region_stand(schools, centre):
    seen = await centre.see("/monitoring")
    asked = {"municipality": None, "school": None, "since": None, "until": None, "policy": "1", "least": 5}
    assert asked.items() <= seen.items()
    assert seen["total"] == cell(26)  # a nomination is no route yet
    assert stage(seen, 1) == inside(cell(5), "opened", None)
    assert stage(seen, 2) == inside(cell(6), "diagnosing", "regional")
    assert stage(seen, 3) == cell(0) | {"statuses": {}, "models": {}}
    assert stage(seen, 4) == inside(cell(5), "running", "regional")
    assert stage(seen, 5) == inside(cell(10), "completed", "regional")
    assert seen["models"] == [{"model": None} | cell(5), {"model": "regional"} | cell(21)]
    assert seen["overdue"] == [{"overdue": True} | cell(5), {"overdue": False} | cell(21)]
    assert seen["outcomes"]["achieved"] == [{"achieved": True} | cell(5), {"achieved": False} | cell(5)]
    due = [{"certificate_due": True} | cell(5), {"certificate_due": False} | cell(5)]
    assert seen["outcomes"]["certificate_due"] == due
    assert seen["coverage"] == [{"municipality": "m-sev"} | cell(10), {"municipality": "m-ust"} | cell(16)]


async def test_2_8_1_11_a_route_whose_tutor_has_no_consent_is_on_hold(executor, centre):
    await come(executor, 5, "s-011", (*p.PREPARED, p.withdraw_consent))
    await come(executor, 6, "s-011", p.PREPARED)
    seen = (await centre.see("/monitoring"))["on_hold"]
    assert seen == [{"on_hold": True} | cell(5), {"on_hold": False} | cell(6)]


async def test_2_8_2_2_the_coordinator_sees_coverage_and_deficits_of_the_municipality(schools, coordinator):
    seen = await coordinator.see(USTS)
    assert seen["total"] == cell(16)
    assert seen["coverage"] == [{"school": "s-011"} | cell(6), {"school": "s-012"} | cell(10)]
    assert seen["deficits"] == [{"competency": "assessment"} | cell(11), {"competency": "lesson"} | cell(6)]
    school = await coordinator.see(f"{USTS}&school=s-012")
    assert (school["total"], school["coverage"]) == (cell(10), [{"school": "s-012"} | cell(10)])
    assert school["deficits"] == [{"competency": "assessment"} | cell(5)]


async def test_2_8_2_2_a_teacher_of_two_routes_is_one_of_the_staff(executor, coordinator):
    first, *_ = await come(executor, 5, "s-011", p.DIAGNOSED)
    await crowd.go(executor, Whose(tutee=first, municipality="m-ust", school="s-011"), p.DIAGNOSED)
    seen = await coordinator.see(USTS)
    assert seen["coverage"] == [{"school": "s-011"} | cell(6, 5)]
    assert seen["deficits"] == [{"competency": "assessment"} | cell(6, 5)]


async def test_2_8_1_11_many_routes_of_few_people_are_hidden(executor, centre):
    (one,) = await come(executor, 1, "s-011")
    for _ in range(5):
        await crowd.go(executor, Whose(tutee=one, municipality="m-ust", school="s-011"), crowd.OPENED)
    assert (await centre.see("/monitoring"))["total"] == HIDDEN


async def test_2_8_1_11_a_hidden_cell_cannot_be_computed_of_the_others(executor, centre):
    """Four people of stage 2 are hidden, and with them the five of stage 1: their sum is all that can be told."""
    await come(executor, 4, "s-011", p.DIAGNOSED)
    await come(executor, 5, "s-012")
    await come(executor, 7, "s-013", p.STARTED)
    seen = await centre.see("/monitoring")
    assert seen["total"] == cell(16)
    assert stage(seen, 1) == inside(HIDDEN, "opened", None)
    assert stage(seen, 2) == inside(HIDDEN, "diagnosing", "regional")
    assert stage(seen, 4) == inside(cell(7), "running", "regional")
    # Without a model are exactly those of stage 1, so that their figure would tell of it.
    assert seen["models"] == [{"model": None} | HIDDEN, {"model": "regional"} | HIDDEN]
    assert seen["coverage"] == [{"municipality": "m-ust"} | cell(16)]
    schools = (await centre.see(USTS))["coverage"]
    assert schools == [{"school": "s-011"} | HIDDEN, {"school": "s-012"} | HIDDEN, {"school": "s-013"} | cell(7)]
    assert seen["deficits"] == [{"competency": "assessment"} | cell(11)]


async def test_2_8_1_11_outcomes_hide_each_other_and_a_few_hide_all(executor, centre):
    await come(executor, 5, "s-011", p.COMPLETED)
    await come(executor, 4, "s-012", FAILED)
    outcomes = (await centre.see("/monitoring"))["outcomes"]
    assert outcomes["achieved"] == [{"achieved": True} | HIDDEN, {"achieved": False} | HIDDEN]
    few = await centre.see(f"{USTS}&school=s-012")
    assert few["total"] == HIDDEN
    assert few["coverage"] == [{"school": "s-012"} | HIDDEN]
    assert few["deficits"] == [{"competency": "assessment"} | HIDDEN]
    assert few["outcomes"]["achieved"] == [{"achieved": True} | cell(0), {"achieved": False} | HIDDEN]


async def test_2_8_1_11_routes_are_those_opened_in_the_days_of_the_region(executor, centre):
    """In Irkutsk 1 October begins at 16:00 UTC of 30 September."""
    for moment, number in ((datetime(2026, 9, 30, 15, 59, tzinfo=UTC), 5), (datetime(2026, 9, 30, 16, tzinfo=UTC), 6)):
        await come(executor, number, "s-011", (p.but(p.open_, at=moment),))
    for wish, number in (("until=2026-09-30", 5), ("since=2026-10-01", 6), ("since=2026-09-30&until=2026-10-01", 11)):
        assert (await centre.see(f"/monitoring?{wish}"))["total"] == cell(number), wish
    assert (await centre.see("/monitoring?since=2026-10-02"))["total"] == cell(0)
    for wrong in ("since=yesterday", "until=1999-12-31", "municipality=", "school=a%20b"):
        await problem(centre.get(f"/monitoring?{wrong}"), 422, "invalid-request")


REGION, UST, SCHOOL = {}, {"municipality": "m-ust"}, {"municipality": "m-ust", "school": "s-011"}
READERS = [
    ("regional_centre", REGION, [REGION, UST, SCHOOL]),
    ("auditor", REGION, [REGION, UST, SCHOOL]),
    ("auditor", UST, [UST, SCHOOL]),
    ("municipal_coordinator", UST, [UST, SCHOOL]),
    ("school_administrator", SCHOOL, [SCHOOL]),
    ("school_coordinator", SCHOOL, [SCHOOL]),
    ("school_curator", SCHOOL, [SCHOOL]),
    ("municipal_coordinator", {"municipality": "m-sev"}, []),
    ("school_curator", UST | {"school": "s-012"}, []),
    ("teacher", SCHOOL, []),
    ("tutor", SCHOOL, []),
    ("methodist", REGION, []),
    ("administrator", REGION, []),
    ("subscriber", REGION, []),
    ("", REGION, []),
]


async def test_2_8_2_2_and_2_8_1_11_everybody_sees_their_own_place(somebody, client):
    for role, home, seen in READERS:
        reader = somebody(uuid4(), role, **home)
        for place in (REGION, UST, SCHOOL):
            wish = "/monitoring?" + "&".join(f"{name}={code}" for name, code in place.items())
            if place in seen:
                assert (await reader.see(wish))["school"] == place.get("school"), (role, place)
            else:
                await problem(reader.get(wish), 404, "not-found")
    assert (await client.get("/monitoring")).status_code == 401


async def test_2_8_1_11_the_monitoring_is_the_same_after_a_rebuild(schools, executor, centre, database):
    before = await centre.see("/monitoring")
    source = Source(url=database, categories=categories)
    assert [each async for each in reconcile(source, workers=1)] == []
    await rebuild(source, workers=1)
    assert await centre.see("/monitoring") == before
