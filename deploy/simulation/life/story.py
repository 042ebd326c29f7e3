"""One teacher's route as it is being lived: who takes part, and what the next step must know of the earlier ones."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from deploy.simulation.region import Region, School, Somebody
from deploy.simulation.shares import Fate
from deploy.simulation.steps import Ask, Stage, Take


class Calendar(Protocol):
    """Which day it is where the life is walked."""

    @property
    def today(self) -> date: ...


@dataclass(slots=True)
class Story:
    me: Somebody
    school: School
    region: Region
    fate: Fate
    calendar: Calendar
    continues: str = ""
    route: str = ""
    tutor: Somebody = field(init=False)
    regional: bool = field(init=False)
    methodist: Somebody | None = field(init=False)
    ending: str = field(init=False)
    leaving: str = field(init=False)
    ability: float = field(init=False)
    bases: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    planned: list[tuple[date, str]] = field(default_factory=list)  # activities by their last day
    end: date = date.max
    started: date = date.max
    assessed: bool | None = None  # what those found whose assessment counts; None while nobody did
    verdict: str = ""  # what the two tests said of each other

    def __post_init__(self) -> None:
        fate = self.fate
        self.tutor = self.colleague("tutor")
        self.regional = fate.has("regional")
        assigned = fate.has("methodist")
        many = self.region.methodists
        self.methodist = many[fate.between(0, len(many) - 1, "which methodist")] if assigned else None
        self.ending = fate.pick("ending")
        self.leaving = fate.pick("leaves_at") if fate.has("withdrawn") else ""
        self.ability = fate.chance("ability") * 3 - 1.5

    @property
    def today(self) -> date:
        return self.calendar.today

    def colleague(self, what: str, other_than: Somebody | None = None) -> Somebody:
        """One of the school's tutors."""
        tutors = [tutor for tutor in self.school.tutors if tutor is not other_than]
        return tutors[self.fate.between(0, len(tutors) - 1, what)]

    def by(self, who: Somebody, path: str, refused: str = "", **body: Any) -> Ask:
        return Ask(who, self.route, path, body, refused)

    def mine(self, path: str, refused: str = "", **body: Any) -> Ask:
        return self.by(self.me, path, refused, **body)

    def test(self, purpose: Any, ability: float, other_scale: bool = False) -> Take:
        return Take(self.me, self.tutor, self.route, purpose, ability, self.school.place, other_scale)

    def errs(self, when: str) -> bool:
        """Whether somebody first asks for what a rule forbids."""
        return self.fate.has("mistake", when)

    @property
    def disagreeing(self) -> bool:
        """p. 2.8.4: assessment and final diagnostics say different things."""
        judged = {"improved": True, "no_reliable_change": False, "declined": False}
        return {self.assessed, judged.get(self.verdict)} == {True, False}


def leaves(story: Story, stage: str) -> Stage:
    """p. 1.6: at any time, and without a reason."""
    if story.leaving != stage:
        return False
    yield story.mine("withdrawal")
    if story.errs("after leaving"):
        yield story.mine("request", refused="route-ended", text="Хочу вернуться к маршруту.")
    return True
