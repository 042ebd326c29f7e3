"""A procedure rated by experts, over HTTP, until its levels stand in the teacher's diagnostic."""

import asyncio
from uuid import UUID, uuid4

import pytest

from tests.diagnostics.examples import BORIS, RUBRIC, VERA
from tests.diagnostics.test_api import ANNA, PLACE, key
from tests.diagnostics.test_appraisal import grades
from tests.diagnostics.test_authoring import IVAN, ZOYA, publishing
from tests.problems import is_problem


@pytest.fixture
def people(bearer):
    return {
        "zoya": bearer(ZOYA, "regional_centre"),
        "ivan": bearer(IVAN, "regional_centre"),
        "anna": bearer(ANNA, "teacher", **PLACE),
        "tutor": bearer(UUID(int=2), "tutor", **PLACE),
        "boris": bearer(BORIS, "methodist"),
        "vera": bearer(VERA, "teacher", **PLACE),
    }


def new(**other):
    experts = [str(BORIS), str(VERA)]
    body = {"person_id": str(ANNA), "instrument": "lesson", "purpose": "initial", "rater_ids": experts, **PLACE}
    return {**body, **other}


async def arranged(client, people, **other) -> str:
    await publishing(client, people["zoya"], people["ivan"], RUBRIC)
    answer = await client.post("/appraisals", json=new(**other), headers=people["tutor"] | key())
    assert answer.status_code == 201, answer.text
    return f"/appraisals/{answer.json()['id']}"


async def rated(client, path, who, text, comment=""):
    body = {"grades": grades(text), "comment": comment}
    return await client.post(f"{path}/ratings", json=body, headers=who | key())


async def gathered(client, headers) -> dict:
    async with asyncio.timeout(20):
        while not (items := (await client.get("/diagnostics", headers=headers)).json()["items"]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # it comes in its own time, and its reader can only ask again
    return (await client.get(f"/diagnostics/{items[0]['id']}", headers=headers)).json()


async def test_1_3_experts_rate_alone_and_their_levels_stand_in_the_diagnostic(serve, people):
    route = str(uuid4())
    async with serve() as client:
        path = await arranged(client, people, route_id=route, due_on="2026-12-31")
        assert (await rated(client, path, people["boris"], "pyy", "Хороший темп 👍")).status_code == 200
        seen = (await client.get(path, headers=people["vera"])).json()
        assert (seen["ratings"], seen["rated"], len(seen["criteria"])) == ([], 1, 3)  # she rates alone
        assert (await client.get(path, headers=people["anna"])).json()["ratings"] == []
        early = await client.post(f"{path}/conclusion", headers=people["tutor"] | key())
        is_problem(early, 409, "too-few-ratings")
        assert (await rated(client, path, people["vera"], "ypy")).status_code == 200
        assert (await client.post(f"{path}/conclusion", headers=people["tutor"] | key())).status_code == 200
        shown = (await client.get(path, headers=people["anna"])).json()
        assert shown["kind_name"] == "наблюдение урока"
        assert [each["comment"] for each in shown["ratings"]] == ["Хороший темп 👍", None]
        assert [(each["level"], each["points"]) for each in shown["outcome"]["levels"]] == [("высокий", "1.667")]
        assert shown["outcome"]["text"].endswith("Эксперты согласны между собой.")
        whole = await gathered(client, people["anna"])
        assert (whole["route_id"], whole["purpose"]) == (route, "initial")
        assert [(each["competency"], each["level"], each["kind"]) for each in whole["levels"]] == [
            ("communicative", "высокий", "observation")
        ]
        assert (await client.get(f"/diagnostics/{whole['id']}", headers=people["zoya"])).status_code == 200
        is_problem(await client.get(f"/diagnostics/{whole['id']}", headers=people["vera"]), 404, "not-found")


async def test_1_3_a_rubric_is_not_taken_and_a_test_is_not_rated(serve, people):
    async with serve() as client:
        await arranged(client, people)
        alone = {name: value for name, value in new().items() if name != "rater_ids"}
        answer = await client.post("/sessions", json=alone, headers=people["tutor"] | key())
        is_problem(answer, 409, "rated-by-experts")
        answer = await client.post("/appraisals", json=new(instrument="meta-2026"), headers=people["tutor"] | key())
        is_problem(answer, 409, "taken-alone")
        assert (await client.get("/sessions", headers=people["tutor"])).json()["items"] == []
        assert len((await client.get("/appraisals", headers=people["tutor"])).json()["items"]) == 1


async def test_1_3_experts_find_what_they_are_to_rate_and_strangers_find_nothing(serve, people, bearer):
    async with serve() as client:
        path = await arranged(client, people)
        for who in ("boris", "vera", "anna", "tutor"):
            assert len((await client.get("/appraisals", headers=people[who])).json()["items"]) == 1, who
        stranger = bearer(uuid4(), "tutor", municipality="m-ust", school="s-012")
        assert (await client.get("/appraisals", headers=stranger)).json()["items"] == []
        is_problem(await client.get(path, headers=stranger), 404, "not-found")
        is_problem(await rated(client, path, stranger, "pyy"), 404, "not-found")
        is_problem(await client.get(f"/diagnostics/{uuid4()}", headers=people["zoya"]), 404, "not-found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"comment": "о" * 10_001}, "#/comment"),
        ({"comment": "\x07"}, "#/comment"),
        ({"grades": {}}, "#/grades"),
        ({"grades": {"c 1": "yes"}}, "#/grades/c 1/[key]"),
    ],
)
async def test_1_3_a_malformed_rating_names_its_field(serve, people, change, pointer):
    async with serve() as client:
        path = await arranged(client, people)
        body = {"grades": grades("pyy")} | change
        answer = await client.post(f"{path}/ratings", json=body, headers=people["boris"] | key())
        assert [each["pointer"] for each in is_problem(answer, 422, "invalid-request")["errors"]] == [pointer]
