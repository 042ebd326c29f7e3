"""Annex 1: what a form of mentoring asks of the pair, and a mentor's capacity over all their routes."""

import pytest

from services.routes.domain.policy import Pairing, Policies
from services.routes.domain.route.decider import route
from services.routes.domain.route.mentoring import MoreThanOneMeeting
from tests.problems import problem
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.routes.test_refusals import meet
from tests.routes.walk import ACTIVITY

PAIR = {"start": "2026-10-01", "end": "2026-10-01", "mentoring": "self_regulated", "mentors": [str(p.OTHER)]}


@pytest.mark.parametrize(
    "command",
    [
        meet("speed"),
        meet("team", mentors=(p.OTHER, p.BORIS)),
        meet("self_regulated", 1, mentors=(p.OTHER,), capacity=2),
        meet("traditional", planned=p.activity.planned),
        p.but(p.plan_activity, activity=p.but(p.activity, id=p.OTHER)),
    ],
    ids=lambda command: command.activity.mentoring or "none",
)
def test_1_3_a_pair_that_fits_its_form_is_planned(command):
    assert command.activity.id in p.ROUTE.fold(p.facts((*p.PLANNED, command))).plan.activities


def test_1_3_which_form_asks_for_what_is_the_policys():
    strict = p.but(p.POLICY, mentoring={"situational": Pairing(one_meeting=True)})
    decider = route(Policies(versions=(strict,), zone="UTC"))
    past = decider.fold(p.facts(p.PLANNED))
    with pytest.raises(MoreThanOneMeeting):
        decider.decide(meet("situational", planned=p.activity.planned), past)
    assert decider.decide(meet("speed", planned=p.activity.planned), past)


async def test_1_3_a_mentor_takes_as_many_people_as_they_said(walk, somebody):
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    vera = somebody(p.METHODIST, "teacher", **PLACE)
    other = (await vera.do("/routes", PLACE))["id"]
    await walk.director.do(f"/routes/{other}/tutor", {"tutor_id": str(p.BORIS)})
    await vera.do(f"/routes/{other}/model", {"model": "school"})
    basis = (await vera.do(f"/routes/{other}/request", {"text": "учиться"}))["item_id"]
    task = (await vera.do(f"/routes/{other}/tasks", {"text": "задача", "bases": [basis]}))["item_id"]

    await walk.anna.do(walk.at("activities"), ACTIVITY | PAIR | {"tasks": [walk.task], "capacity": 1})
    await walk.anna.do(walk.at("activities"), ACTIVITY | PAIR | {"tasks": [walk.task], "capacity": 1})
    wish = ACTIVITY | PAIR | {"tasks": [task], "capacity": 1}
    body = await problem(vera.post(f"/routes/{other}/activities", wish), 409, "mentor-taken")
    assert body["clause"] == "1.3"
    await vera.do(f"/routes/{other}/activities", wish | {"capacity": 2})
    await walk.anna.do(walk.at("withdrawal"))
    await vera.do(f"/routes/{other}/activities", wish)
