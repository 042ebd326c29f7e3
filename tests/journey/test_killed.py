"""One route walked while a service, the broker or the database is killed at a random moment.

IOM_SEED repeats a moment that was printed.
"""

import asyncio
import os
import random
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.demo.client import Person, until
from deploy.demo.region import PASSWORD, Region, load
from deploy.demo.walk import Step, Walk, gather, timeline
from deploy.secrets import SERVICES
from deploy.servers.process import Program
from deploy.suite import Suite
from tests.journey import invariants, letters

VICTIMS = (*SERVICES, "rabbitmq", "postgres")


@pytest.fixture(scope="module")
def suite(place: Path) -> Iterator[Suite]:
    """With servers of its own, for they are killed."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IOM_POSTGRES_URL", "IOM_AMQP_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("IOM_SMTP_TIMEOUT", "2")
        patch.setenv("IOM_DOUBT_AFTER", "5")
        one = Suite(place / "suite", lasting=False)
        one.start()
        yield one
        one.stop()


@pytest.fixture(scope="module")
def services(suite: Suite) -> dict[str, str]:
    suite.wait_until_ready()
    return {name: suite.url(name) for name in suite.names}


@pytest.fixture(scope="module")
def region(suite: Suite, services: dict[str, str]) -> Region:
    with httpx.Client(timeout=15, trust_env=False) as http:
        return load(Person(services, http).sign_in(suite.secrets.admin_email, suite.secrets.admin_password))


@pytest.fixture
def walk(services: dict[str, str], region: Region, http: httpx.Client) -> Walk:
    made = gather(services, http, region)
    made.people["auditor"] = Person(services, http).sign_in(region.emails["auditor"], PASSWORD)
    return made


def program(suite: Suite, victim: str) -> Program:
    if victim == "rabbitmq":
        return suite.rabbitmq.programs[-1]
    found = suite.postgres.program if victim == "postgres" else suite.services[victim]
    assert found is not None
    return found


class Killer:
    """Strikes once: some time after a step of the story begins."""

    def __init__(self, suite: Suite, victim: str, walk: Walk) -> None:
        seed = os.environ.get("IOM_SEED") or str(random.SystemRandom().randrange(10**9))
        chance = random.Random(f"{seed} {victim}")  # noqa: S311 - to be repeated
        self._step: Step = chance.choice(walk.story["steps"])
        self._after = chance.uniform(0, 0.5)
        self._suite, self._victim = suite, victim
        self._timer = threading.Timer(self._after, self._strike)
        print(f"IOM_SEED={seed}: {victim} dies {self._after:.3f} s after «{self._step['told']}» begins")

    def hear(self, step: Step) -> None:
        if step is self._step:
            self._timer.start()

    def _strike(self) -> None:
        os.kill(program(self._suite, self._victim).pid, signal.SIGKILL)

    def struck(self) -> None:
        self._timer.join()


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_killed_part_costs_nothing_and_doubles_nothing(suite: Suite, walk: Walk, victim: str) -> None:
    killer, before = Killer(suite, victim, walk), suite.supervisor.restarts[victim]
    for _ in walk.steps(killer.hear):
        pass
    killer.struck()
    until(lambda: suite.supervisor.restarts[victim] > before, f"{victim} again", 60)
    suite.wait_until_ready()

    assert timeline(walk)[-1]["kind"] == "route.route_completed"
    until(lambda: letters.all_settled(walk), "every notice settled", 90)
    letters.sent_once(suite, walk, doubt=victim == "notifications")
    [certificate] = walk.hero.see("certificates", "/certificates", route=walk.route)["items"]
    assert certificate["status"] == "issued"
    issued = "SELECT count(*) FROM facts WHERE kind = 'certificate.issued' AND stream = 'certificate-' || $1"
    assert asyncio.run(invariants.value(suite, "certificates", issued, certificate["id"])) == 1
    until(lambda: asyncio.run(invariants.all_sequenced(suite)), "every fact in the log", 30)
    asyncio.run(invariants.check(suite))
