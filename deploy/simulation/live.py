"""The same lives walked through the HTTP APIs of a running suite: people register, sign in, and ask for every step.

Time is real there: whoever waits in a life does not wait here, and what needs days to pass does not happen.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any

import httpx

from deploy.demo.client import Person, Refused, TooLate, until
from deploy.demo.region import PASSWORD, load
from deploy.demo.walk import consent_to_processing, take_session
from deploy.simulation import steps
from deploy.simulation.founding import TEST, edition
from deploy.simulation.life.whole import whole_year
from deploy.simulation.offices import policies
from deploy.simulation.region import DIRECTIONS, TRACKS, Region
from deploy.simulation.run import Watch, unheard
from deploy.simulation.shares import Fate
from deploy.simulation.steps import Answer, Ask, Move, Take, Wait
from deploy.simulation.tally import Tally
from deploy.simulation.telling import Surprise, answers, told
from services.routes.domain.calendar import local_day
from shared.http.tokens import Grant

TROUBLES = (Surprise, Refused, TooLate, httpx.HTTPError)


@dataclass
class Suite:
    """The addresses of a running suite, and everybody who has signed in there."""

    services: dict[str, str]
    http: httpx.Client
    concurrency: int
    administrator: Person = field(init=False)
    emails: dict[str, str] = field(default_factory=dict)
    _people: dict[str, Person] = field(default_factory=dict)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def sign_in(self, email: str, password: str) -> None:
        """As the administrator."""
        self.administrator = Person(self.services, self.http).sign_in(email, password)

    def person(self, key: str) -> Person:
        """Signed in when they first do something; the consent to the processing of their data comes first."""
        with self._one_at_a_time:
            if key not in self._people:
                person = Person(self.services, self.http, name=key).sign_in(self.emails[key], PASSWORD)
                consent_to_processing(person)
                self._people[key] = person
            return self._people[key]

    def again(self, key: str) -> None:
        """A new token, for the grants have changed."""
        self.person(key).sign_in(self.emails[key], PASSWORD)


@contextmanager
def connected(services: dict[str, str], concurrency: int) -> Iterator[Suite]:
    limits = httpx.Limits(max_connections=2 * concurrency)
    with httpx.Client(timeout=30, trust_env=False, limits=limits) as http:
        yield Suite(services, http, concurrency)


def register(suite: Suite, region: Region, told: Callable[[int, int], None] = lambda done, total: None) -> Region:
    """The region under the ids that people gives it, once for each seed; told(done, total) after each person."""
    registered = load(suite.administrator, told, region.whole(), lambda what: f"simulation/{region.seed}/{what}")
    suite.emails = registered.emails
    return replace(region, ids=registered.ids)


def walk(suite: Suite, region: Region, progress: Watch = unheard) -> Tally:
    """Every teacher's life, each told by one thread."""
    founded(suite, region)
    total = Tally()
    with ThreadPoolExecutor(suite.concurrency) as pool:
        lives = [
            pool.submit(live, suite, region, number, n)
            for number in range(region.schools)
            for n in range(len(region.school(number).teachers))
        ]
        for done, life in enumerate(as_completed(lives), 1):
            total.add(life.result())
            progress(done, total)
    return total


def founded(suite: Suite, region: Region) -> None:
    """Tracks and this year's priorities, set again where they are."""
    for code, title in TRACKS.items():
        suite.person(region.centre.key).do("routes", "/tracks", {"code": code, "title": title})
    directions = [{"code": code, "title": title} for code, title in DIRECTIONS.items()]
    for municipality, coordinator in region.municipal.items():
        year = {"municipality": municipality, "year": today().year, "directions": directions, "basis": "План"}
        suite.person(coordinator.key).do("routes", "/priorities", year)


def today() -> date:
    return local_day(datetime.now(UTC), policies().zone)


@dataclass(frozen=True)
class Today:
    """The real day, on which a whole life is walked."""

    @property
    def today(self) -> date:
        return today()


def live(suite: Suite, region: Region, number: int, n: int) -> Tally:
    """One teacher's life, and what the services tell of it afterwards."""
    school = region.school(number)
    me, tally = school.teachers[n], Tally()
    walking = Walking(suite, region.fate(me.key), tally)
    try:
        steps.walk(whole_year(me, school, region, Today()), walking)
        for route in walking.routes:
            read(suite.person(me.key), route, tally)
        walking.go_home()
    except TROUBLES as trouble:
        tally.surprises.append(f"{me.key}: {trouble}")
    tally.lives["teacher"] += 1
    tally.lives["with_route"] += bool(walking.routes)
    tally.lives["moved"] += walking.moved is not None
    return tally


@dataclass
class Walking:
    suite: Suite
    fate: Fate
    tally: Tally
    routes: list[str] = field(default_factory=list)
    moved: Move | None = None

    def ask(self, step: Ask) -> Answer:
        path = f"/routes/{step.route}/{step.path}" if step.path else "/routes"
        try:
            answer = self.suite.person(step.who.key).do("routes", path, step.body)
        except Refused as refusal:
            name = str(refusal.problem.get("type", "")).rpartition("/")[2]
            if name != step.refused:
                raise Surprise(told(step, f"refused: {refusal}")) from refusal
            self.tally.meant[name] += 1
            return {}
        if step.refused:
            raise Surprise(told(step, f"granted, though {step.refused} must forbid it"))
        if not step.path:
            self.routes.append(answer["id"])
        return answer

    def test(self, step: Take) -> Answer:
        """Until the route has heard of it."""
        wish = {"person_id": str(step.who.id), "route_id": step.route, "instrument": edition(TEST).code}
        by, me = self.suite.person(step.by.key), self.suite.person(step.who.key)
        session = by.do("diagnostics", "/sessions", {**wish, "purpose": step.purpose, **step.place})["id"]
        take_session(me, session, answers(step, TEST, self.fate))
        path = f"/routes/{step.route}"
        if step.purpose == "initial":
            until(lambda: me.see("routes", path)["diagnostic"]["results"], f"the first result in route {step.route}")
            return {}
        dynamics = until(lambda: me.see("routes", path)["reflection"]["dynamics"], f"the dynamics in {step.route}")
        return {"verdict": dynamics["verdict"]}

    def wait(self, step: Wait) -> Answer:
        return {}  # the day goes on

    def move(self, step: Move) -> Answer:
        self.moved = step
        transfer = {"school": step.new.code, "on": today().isoformat(), "roles": step.who.roles}
        self.suite.administrator.do("people", f"/persons/{step.who.id}/transfer", transfer)
        step.who.grants = tuple(Grant(role=role, **step.new.place) for role in step.who.roles)
        self.suite.again(step.who.key)
        return {}

    def go_home(self) -> None:
        """The region is then as it was registered, and can be walked again."""
        if self.moved:
            self.move(Move(self.moved.who, self.moved.new, self.moved.old))


def read(reader: Person, route: str, tally: Tally) -> None:
    """Count what the route's timeline tells, and await the certificate that it earned."""
    shown = reader.see("routes", f"/routes/{route}")
    tally.routes[shown["status"], shown["stage"]] += 1
    timeline: list[dict[str, Any]] = reader.see("routes", f"/routes/{route}/timeline")["items"]
    tally.facts.update(fact["kind"] for fact in timeline)
    if [fact["version"] for fact in timeline] != list(range(1, len(timeline) + 1)):
        tally.broken.append(f"versions_are_dense: {route}")
    if shown["status"] != "completed":
        return
    verdicts = shown["reflection"]["conclusion"]["verdicts"]
    if shown["medium"] == "ais" and any(verdict["achieved"] for verdict in verdicts):
        issued = until(lambda: certificates(reader, route), f"the certificate of {route}")
        tally.facts["certificate.issued"] += len(issued)
        if len(issued) > 1:
            tally.broken.append(f"one_certificate_per_route: {route}")


def certificates(reader: Person, route: str) -> list[dict[str, Any]]:
    found = reader.see("certificates", "/certificates", route=route)["items"]
    return [one for one in found if one["status"] == "issued"]
