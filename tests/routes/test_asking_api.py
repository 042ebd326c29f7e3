"""Lists and applications over HTTP, on a real database: two schools, their municipality and the regional centre."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from services.routes import texts
from services.routes.applications import ConsolidatedApplications
from services.routes.categories import applications, lists, supports
from services.routes.domain.school_list.decider import TakeList
from services.routes.domain.school_list.state import Known
from services.routes.school_lists import SchoolLists
from services.routes.themes import Themes
from shared.http.commands import Wanted
from shared.http.tokens import Grant, Person
from tests.problems import problem
from tests.routes import path as p
from tests.routes.asking import GALINA, VERA
from tests.routes.conftest import PLACE
from tests.routes.town import GROUND, SECOND, teacher


async def test_2_8_3_and_2_8_2_a_list_becomes_part_of_an_accepted_application(town):
    first = await town.submitted(town.director, PLACE, p.ANNA, VERA)
    second = await town.submitted(town.second, SECOND, VERA, GALINA)
    await town.accepted(first, second)
    seen = await town.coordinator.see(f"/applications/{town.application}")
    assert (seen["status"], seen["waits_for"]) == ("accepted", "")
    teachers = {each["teacher_id"]: each["list_id"] for each in seen["teachers"]}
    assert teachers == {str(p.ANNA): first, str(VERA): first, str(GALINA): second}
    assert [each["listed_before"] for each in seen["lists"]] == [[], [str(VERA)]]
    listed = await town.director.see(f"/school-lists/{first}")
    assert (listed["status"], listed["application_id"]) == ("taken", town.application)
    assert listed["teachers"][0]["ground"] == GROUND["ground"]
    (row,) = (await town.director.see("/school-lists"))["items"]
    assert (row["teachers"], row["application_status"]) == (2, "accepted")


async def test_what_waits_for_whom(town, somebody):
    first = await town.list_of(town.director, PLACE, p.ANNA)
    told = [town.director, town.curator, town.second, town.coordinator, town.centre, somebody(p.OTHER, "auditor")]

    async def waiting() -> list[tuple[int, int]]:
        seen = [await each.see("/waiting") for each in told]
        return [(len(each["lists"]), len(each["applications"])) for each in seen]

    assert await waiting() == [(1, 0), (1, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    await town.director.do(f"/school-lists/{first}/submission")
    assert await waiting() == [(0, 0), (0, 0), (0, 0), (1, 0), (0, 0), (0, 0)]
    await town.included(first)
    assert await waiting() == [(0, 0), (0, 0), (0, 0), (0, 1), (0, 0), (0, 0)]
    await town.coordinator.do(town.at("submission"))
    assert await waiting() == [(0, 0), (0, 0), (0, 0), (0, 0), (0, 1), (0, 0)]
    await town.centre.do(town.at("return"), {"reason": "уточните"})
    assert (await town.coordinator.see(f"/applications/{town.application}"))["returned_because"] == "уточните"
    assert await waiting() == [(0, 0), (0, 0), (0, 0), (0, 1), (0, 0), (0, 0)]


async def test_2_8_2_a_list_goes_back_to_its_school_only_after_it_left_the_application(town):
    first = await town.submitted(town.director, PLACE, p.ANNA)
    await town.included(first)
    at = f"/school-lists/{first}"
    body = await problem(town.director.post(f"{at}/submission-withdrawal"), 409, "list-is-taken")
    assert (body["clause"], body["detail"]) == ("2.8.2", texts.REFUSALS["list-is-taken"][1])
    await problem(town.coordinator.post(f"{at}/return", {"reason": "мало"}), 409, "list-is-taken")
    await town.coordinator.do(town.at(f"lists/{first}/removal"))
    await town.coordinator.do(f"{at}/return", {"reason": "мало"})
    seen = await town.curator.see(at)
    assert (seen["status"], seen["returned_because"]) == ("returned", "мало")
    assert (await town.coordinator.see(f"/applications/{town.application}"))["lists"] == []


async def test_1_7_a_wished_direction_is_one_of_the_lists_year(town):
    first = await town.list_of(town.director, PLACE)
    wish = teacher(p.ANNA, direction="literacy")
    await problem(town.director.post(f"/school-lists/{first}/teachers", wish), 409, "direction-unknown")
    direction = {"code": "literacy", "title": "Функциональная грамотность"}
    year = {"municipality": "m-ust", "year": 2026, "basis": "план", "directions": [direction]}
    await town.coordinator.do("/priorities", year)
    await town.director.do(f"/school-lists/{first}/teachers", wish)
    await town.director.do(f"/school-lists/{first}/teachers", teacher(VERA))
    await town.director.do(f"/school-lists/{first}/submission")
    await town.included(first)
    assert (await town.coordinator.see(f"/applications/{town.application}"))["directions"] == {"literacy": 1}


async def test_two_editors_of_one_list_do_not_overwrite_each_other(town):
    first = await town.list_of(town.director, PLACE)
    at = f"/school-lists/{first}/teachers"
    seen = {"If-Match": '"1"'}
    answers = await asyncio.gather(
        town.director.post(at, teacher(p.ANNA), **seen), town.curator.post(at, teacher(VERA), **seen)
    )
    assert sorted(each.status_code for each in answers) == [200, 412]
    both = await asyncio.gather(town.director.post(at, teacher(p.ANNA)), town.curator.post(at, teacher(VERA)))
    assert [each.status_code for each in both] == [200, 200]
    other = teacher(p.ANNA) | {"ground": "иначе"}
    await problem(town.curator.post(at, other), 409, "teacher-listed-otherwise")
    assert {each["teacher_id"] for each in (await town.curator.see(f"/school-lists/{first}"))["teachers"]} == {
        str(p.ANNA),
        str(VERA),
    }


async def test_the_same_key_has_one_effect_and_one_answer(town):
    first = await town.submitted(town.director, PLACE, p.ANNA)
    await town.formed()
    wish, key = {"list_id": first}, {"Idempotency-Key": "include-1", "If-Match": '"1"'}
    answers = [await town.coordinator.post(town.at("lists"), wish, **key) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    await town.coordinator.do(town.at(f"lists/{first}/removal"))
    again = await town.coordinator.post(town.at("lists"), wish, **key)
    assert again.json() == answers[0].json()
    assert (await town.director.see(f"/school-lists/{first}"))["status"] == "submitted"
    assert (await town.coordinator.see(f"/applications/{town.application}"))["lists"] == []
    reused = town.coordinator.post(town.at("lists"), {"list_id": str(uuid4())}, **key)
    await problem(reused, 404, "not-found")


async def test_2_8_2_a_refused_inclusion_leaves_the_list_with_the_municipality(town):
    first = await town.submitted(town.director, PLACE, p.ANNA)
    second = await town.submitted(town.second, SECOND, GALINA)
    await town.sent(first)
    await problem(town.coordinator.post(town.at("lists"), {"list_id": second}), 409, "application-is-sent")
    stale = {"If-Match": '"1"'}
    await problem(town.coordinator.post(town.at("lists"), {"list_id": second}, **stale), 409, "application-is-sent")
    assert (await town.second.see(f"/school-lists/{second}"))["status"] == "submitted"


async def test_2_8_2_a_stale_inclusion_gives_the_list_free_again(town):
    first = await town.submitted(town.director, PLACE, p.ANNA)
    second = await town.submitted(town.second, SECOND, GALINA)
    await town.included(first)
    stale = {"If-Match": '"1"'}
    await problem(town.coordinator.post(town.at("lists"), {"list_id": second}, **stale), 412, "stale-version")
    assert (await town.second.see(f"/school-lists/{second}"))["status"] == "submitted"
    await problem(town.coordinator.post(town.at("lists"), {"list_id": first}, **stale), 412, "stale-version")
    assert (await town.director.see(f"/school-lists/{first}"))["status"] == "taken"


async def test_2_8_2_what_died_between_list_and_application_is_completed_or_undone(town, app):
    """The list is taken and the application knows nothing of it: the state in which a crash leaves them."""
    first = await town.submitted(town.director, PLACE, p.ANNA)
    await town.formed()
    executor, category = app.state.runtime.executor, lists(p.POLICIES)
    context = (await executor.history(category, UUID(first)))[-1].context
    take = TakeList(**p.COORDINATOR, application=UUID(town.application))
    await executor.execute(category, UUID(first), take, context)
    await problem(town.director.post(f"/school-lists/{first}/submission-withdrawal"), 409, "list-is-taken")
    await town.coordinator.do(town.at(f"lists/{first}/removal"))
    assert (await town.director.see(f"/school-lists/{first}"))["status"] == "submitted"
    await executor.execute(category, UUID(first), take, context)
    await town.coordinator.do(town.at("lists"), {"list_id": first})
    assert len((await town.coordinator.see(f"/applications/{town.application}"))["lists"]) == 1


async def test_2_8_3_withdrawal_and_inclusion_at_once_leave_one_of_them(town):
    """Whoever is first wins, and list and application agree about it."""
    await town.formed()
    for campaign in range(1, 7):
        first = await town.list_of(town.director, PLACE, p.ANNA, campaign=campaign)
        await town.director.do(f"/school-lists/{first}/submission")
        answers = await asyncio.gather(
            town.director.post(f"/school-lists/{first}/submission-withdrawal"),
            town.coordinator.post(town.at("lists"), {"list_id": first}),
        )
        assert sorted(each.status_code for each in answers) == [200, 409]
        listed = await town.director.see(f"/school-lists/{first}")
        lists = (await town.coordinator.see(f"/applications/{town.application}"))["lists"]
        included = answers[1].status_code == 200
        assert (listed["status"] == "taken", len(lists)) == (included, int(included))
        if included:
            await town.coordinator.do(town.at(f"lists/{first}/removal"))


class Interrupted(SchoolLists):
    """The school changes its list between the moment it is seen and the moment it is taken."""

    meanwhile: Any = None

    async def show(self, id: UUID, reader: Person) -> tuple[Known, int]:
        seen = await super().show(id, reader)
        if self.meanwhile is not None:
            await self.meanwhile()
        return seen


async def test_2_8_2_a_list_is_entered_as_it_was_taken_not_as_it_was_seen(town, app, clock):
    first = await town.submitted(town.director, PLACE, p.ANNA)
    await town.formed()
    store, executor = app.state.runtime.store, app.state.runtime.executor
    seen = Interrupted(store, executor, lists(p.POLICIES), p.POLICIES, Themes(store, executor, "UTC"))
    kinds = applications(p.POLICIES), supports(p.POLICIES)
    asking = ConsolidatedApplications(store, executor, *kinds, p.POLICIES, seen)

    async def added() -> None:
        await town.director.do(f"/school-lists/{first}/submission-withdrawal")
        await town.director.do(f"/school-lists/{first}/teachers", teacher(VERA))
        await town.director.do(f"/school-lists/{first}/submission")

    seen.meanwhile = added
    coordinator = Person(id=p.OTHER, grants=(Grant(role="municipal_coordinator", municipality="m-ust"),))
    envelope = Wanted(person=coordinator, receipt=None, expected=None, at=clock(), correlation="")
    await asking.include(UUID(town.application), UUID(first), envelope)
    told = (await town.coordinator.see(f"/applications/{town.application}"))["teachers"]
    assert {each["teacher_id"] for each in told} == {str(p.ANNA), str(VERA)}


async def test_2_8_2_two_of_the_centre_decide_at_once_and_one_decision_stands(town):
    await town.sent(await town.submitted(town.director, PLACE, p.ANNA))
    answers = await asyncio.gather(
        town.centre.post(town.at("acceptance")), town.centre.post(town.at("return"), {"reason": "уточните"})
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
    seen = await town.coordinator.see(f"/applications/{town.application}")
    assert seen["status"] == ("accepted" if answers[0].status_code == 200 else "returned")


async def test_two_applications_want_one_list_and_one_gets_it(town):
    first = await town.submitted(town.director, PLACE, p.ANNA)
    ids = [
        (await town.coordinator.do("/applications", {"municipality": "m-ust", "year": 2026, "number": n}))["id"]
        for n in (1, 2)
    ]
    wish = {"list_id": first}
    answers = await asyncio.gather(*(town.coordinator.post(f"/applications/{id}/lists", wish) for id in ids))
    assert sorted(each.status_code for each in answers) == [200, 409]
    winner = ids[[each.status_code for each in answers].index(200)]
    assert (await town.director.see(f"/school-lists/{first}"))["application_id"] == winner
