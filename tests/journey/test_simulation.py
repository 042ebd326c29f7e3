"""`iom simulate --through-api`: lives of a tiny region walked through the HTTP APIs of the whole suite."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.cli import main
from deploy.servers import rabbitmq
from deploy.servers.admin import Management
from deploy.simulation import command, live
from deploy.simulation.life.story import Story
from deploy.suite import Suite
from tests.simulation.small import wish, with_shares
from tests.suites import running_suite

# Everybody has a route, often errs and often changes what is theirs: few lives then show much.
SHARES = with_shares(with_route=1.0, declined=0.1, unanswered=0.0, mistake=0.15, withdrawn=0.1, replaced=0.4, moved=0.2)


@pytest.fixture(scope="module")
def suite(
    place: Path, postgres_url: str, rabbitmq_server: rabbitmq.RabbitMQ, management: Management
) -> Iterator[Suite]:
    with running_suite(place / "suite", postgres_url, rabbitmq_server, management) as one:
        yield one


def test_lives_are_walked_through_the_apis_of_the_running_suite(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "described", lambda: json.loads(suite.run_file.read_text()))
    (tmp_path / "shares.json").write_bytes(msgspec.json.encode(SHARES))
    place = ("--shares", str(tmp_path / "shares.json"), "--report", str(tmp_path / "report.json"))
    assert main(["simulate", "--through-api", "--schools", "2", "--teachers", "4", "--seed", "3", *place]) == 0
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (told["ok"], told["through_api"]) == (True, True)
    assert (told["lives"]["teacher"], told["lives"]["with_route"]) == (4, 4)
    assert told["lives"]["moved"] >= 1
    assert told["facts"]["route.route_completed"] >= 2
    assert told["facts"]["certificate.issued"] >= 1
    assert told["facts"]["route.diagnostic_result_recorded"] >= 2
    assert told["refusals"]
    assert "4 of 4 teachers" in capsys.readouterr().err


def test_the_same_people_walk_again_and_an_unexpected_refusal_is_a_surprise(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hasty(story: Story) -> Any:
        opened = yield story.mine("", **story.school.place)
        story.route = opened["id"]
        yield story.mine("submission")
        return False

    monkeypatch.setattr("deploy.simulation.life.whole.lived", hasty)
    with live.connected({name: suite.url(name) for name in suite.names}, concurrency=1) as walked:
        walked.sign_in(suite.secrets.admin_email, suite.secrets.admin_password)
        tally = live.walk(walked, live.register(walked, wish(seed=3, schools=2, teachers=4, shares=SHARES).region))
    assert len(tally.surprises) == 4
    assert all("submission of" in surprise and "п. 2.4" in surprise for surprise in tally.surprises), tally.surprises
