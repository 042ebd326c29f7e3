"""A life told in simulated time: each step is decided at its moment, and the service's clock strikes between them."""

from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from deploy.simulation.founding import ADMINISTRATOR, OTHER_SCALE, TEST, edition
from deploy.simulation.notebook import now
from deploy.simulation.offices import Offices, category, policies
from deploy.simulation.shares import Fate
from deploy.simulation.steps import Answer, Ask, Move, Part, Take, Wait, walk
from services.diagnostics.bodies import NewAnswer, NewSession, Submission
from services.diagnostics.domain.rasch import chance
from services.diagnostics.domain.session_facts import SessionScored
from services.people.domain.person import roles
from services.routes.deadlines import SERVICE
from services.routes.domain.calendar import local_day
from services.routes.domain.route.deadlines import MarkOverdue, RemindOfDeadline
from services.routes.domain.route.state import Completed, Concluded, Route, Withdrawn
from shared.domain import Refusal
from shared.http.commands import Wanted
from shared.http.problems import Forbidden, NotFound, slug
from shared.http.tokens import Grant, Person

MORNING = 1  # o'clock, UTC: nine in Irkutsk
DAWN = time(0, 30, tzinfo=UTC)  # when the service's clock strikes, before anybody comes
ENDED = (Completed, Concluded, Withdrawn)
BETWEEN_STEPS = timedelta(minutes=4)
T = TypeVar("T")

PROBLEMS = (Refusal, Forbidden, NotFound, ValidationError)


class Surprise(Exception):
    """A life went otherwise than it must: what was asked was refused, or what a rule forbids was granted."""


class YearIsOver(Exception):
    """The next step lies beyond the simulated time."""


@dataclass(slots=True)
class Clock:
    """The moment of the life that is being told."""

    at: datetime
    until: datetime

    @property
    def today(self) -> date:
        return local_day(self.at, policies().zone)

    def tick(self) -> datetime:
        self.at += BETWEEN_STEPS
        return self.at

    def pass_by(self, days: int) -> None:
        if not days:
            return
        morning = self.at.replace(hour=MORNING, minute=0) + timedelta(days=days)
        if morning >= self.until:
            raise YearIsOver
        self.at = morning


@dataclass(slots=True)
class Telling:
    offices: Offices
    clock: Clock
    fate: Fate
    meant: Counter[str]  # refusals that were provoked, by their names
    routes: list[UUID] = field(default_factory=list)

    def tell(self, life: Part) -> None:
        """Until the life or the year is over; raises Surprise."""
        try:
            walk(life, self)
        except YearIsOver:
            life.close()

    def ask(self, step: Ask) -> Answer:
        envelope = self.offices.envelope(step.who.token, self.clock.tick())
        try:
            if step.path:
                answer = self.offices.ask(step.route, step.path, step.body, envelope)
            else:
                answer = self.offices.open(step.body, envelope)
                self.routes.append(UUID(answer["id"]))
        except PROBLEMS as problem:
            name = slug(type(problem))
            if name != step.refused:
                raise Surprise(told(step, f"refused: {name}: {problem}")) from problem
            self.meant[name] += 1
            return {}
        if step.refused:
            raise Surprise(told(step, f"granted, though {step.refused} must forbid it"))
        return answer

    def test(self, step: Take) -> Answer:
        """Assigned, started, answered and handed in, as over the API; what is heard of it is in the route at once."""
        desk, version = self.offices.sessions, OTHER_SCALE if step.other_scale else TEST
        wish = NewSession(
            person_id=step.who.id,
            route_id=UUID(step.route),
            instrument=edition(version).code,
            version=version,
            purpose=step.purpose,
            municipality=step.place["municipality"],
            school=step.place["school"],
        )
        id = self.now(step.by.token, partial(desk.assign, wish)).id
        self.now(step.who.token, partial(desk.start, id))
        for item, option in answers(step, version, self.fate).items():
            self.now(step.who.token, partial(desk.answer, id, item, NewAnswer(answer=option)))
        facts = self.now(step.who.token, partial(desk.submit, id, Submission())).facts
        self.offices.tell(facts)
        [scored] = [fact for fact in facts if isinstance(fact.event, SessionScored)]
        return {"verdict": self.offices.note(id, scored)}

    def move(self, step: Move) -> Answer:
        today = self.clock.today
        transfer = roles.Transfer(
            municipality=step.new.municipality,
            school=step.new.code,
            roles=tuple(step.who.roles),
            on=today,
            today=today,
            at=self.clock.tick(),
        )
        self.offices.people(step.who.id, transfer, ADMINISTRATOR)
        step.who.grants = tuple(Grant(role=role, **step.new.place) for role in step.who.roles)
        return {}

    def wait(self, step: Wait) -> Answer:
        before = self.clock.today
        try:
            self.clock.pass_by(step.days)
        except YearIsOver:
            self.strike(before, local_day(self.clock.until, policies().zone))
            raise
        self.strike(before, self.clock.today)
        return {}

    def strike(self, before: date, after: date) -> None:
        """What the service's clock finds on the mornings after *before*, up to *after*."""
        for route in self.routes[-1:]:  # a life has one route at a time
            state, _ = now(self.offices.executor.state(category(), route))
            if not isinstance(state, Route) or state.run is None or isinstance(state.phase, ENDED):
                continue
            end = state.run.term.end
            near = [end - timedelta(days=days) for days in policies().at(self.clock.at).reminders]
            for day in sorted(day for day in (*near, end + timedelta(days=1)) if before < day <= after):
                mark = MarkOverdue if day > end else RemindOfDeadline
                self.offices.clock(route, mark(by=SERVICE, at=datetime.combine(day, DAWN), today=day))

    def now(self, who: Person, wish: Callable[[Wanted], Coroutine[Any, Any, T]]) -> T:
        try:
            return now(wish(self.offices.envelope(who, self.clock.tick())))
        except PROBLEMS as problem:
            raise Surprise(f"a session of {who.id}: refused: {slug(type(problem))}: {problem}") from problem


def answers(step: Take, version: int, fate: Fate) -> dict[str, str]:
    """What somebody of this ability answers, item by item, by the model that the test is scored with."""
    found = {}
    for item in edition(version).form(step.purpose):
        right = fate.chance(f"{step.purpose} {item.code}") < chance(step.ability, float(item.difficulty))
        wrong = next(option.code for option in item.options if option.code != item.key)
        found[item.code] = item.key if right else wrong
    return found


def told(step: Ask, what: str) -> str:
    """Which step it was, for a person; without what was written."""
    return f"{step.who.key}: {step.path or 'a new route'} of {step.route or 'nobody'}: {what}"
