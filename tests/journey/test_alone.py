"""Routes, diagnostics, certificates and notifications need neither people nor the portal to do their work."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from deploy.demo.client import until
from deploy.demo.walk import timeline
from deploy.suite import Suite
from tests.issuer import Issuer
from tests.journey import invariants
from tests.journey.cast import gather_without_people

ABSENT = frozenset({"people", "portal"})
NEED_PEOPLE = ("consent", "fetch_certificate", "verify_certificate", "await_letters")


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def suite(
    place: Path, tmp_path: Path, issuer: Issuer, postgres_url: str, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Suite]:
    """On the run's own servers."""
    monkeypatch.setenv("IOM_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("IOM_AMQP_URL", amqp_url)
    monkeypatch.setenv("IOM_JWKS_FILE", issuer.keys(tmp_path))
    one = Suite(place / "suite", lasting=False, without=ABSENT, prefix=f"t{uuid4().hex[:8]}", dropping=True)
    one.start()
    yield one
    one.stop()


def test_a_route_is_walked_while_people_and_the_portal_are_absent(
    suite: Suite, issuer: Issuer, http: httpx.Client
) -> None:
    suite.wait_until_ready()
    services = {name: suite.url(name) for name in suite.names}
    issuer.name = suite.url("people")  # the name that is expected, and another's key
    walk = gather_without_people(services, http, issuer)
    walk.story["steps"] = [step for step in walk.story["steps"] if step.get("act") not in NEED_PEOPLE]
    for _ in walk.steps():
        pass

    assert timeline(walk)[-1]["kind"] == "route.route_completed"
    granted = until(lambda: walk.hero.see("certificates", "/certificates", route=walk.route)["items"], "the grant")
    assert [(one["status"], one["number"]) for one in granted] == [("granted", None)]  # a name is what it waits for

    def told() -> bool:
        notices = walk.hero.see("notifications", "/notices", limit="200")["items"]
        assert {notice["status"] for notice in notices} <= {"pending"}  # an address is what they wait for
        return "route_completed.tutee" in {notice["topic"] for notice in notices}

    until(told, "the notice on the completion")
    until(lambda: asyncio.run(invariants.all_sequenced(suite)), "every fact in the log")
    asyncio.run(invariants.check(suite))
    asyncio.run(invariants.value(suite, "routes", "UPDATE routes SET stage = 1"))
    with pytest.raises(AssertionError, match="routes: only in routes"):  # the check has teeth
        asyncio.run(invariants.check(suite))
    assert suite.supervisor.restarts == {}
