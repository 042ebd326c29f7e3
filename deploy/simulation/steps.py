"""The steps a life is made of, in the words of the public API, so that it can be walked with and without a network."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from deploy.simulation.region import School, Somebody


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody posts *body* to *path* below the route, or opens one where the path is empty.

    `refused` is the problem's name (its type) that must be the answer; without it the wish must be granted.
    """

    who: Somebody
    route: str
    path: str
    body: dict[str, Any]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Take:
    """A session of diagnostics: assigned, started, answered item by item by somebody this able (in logits), handed in.

    `other_scale`: the test is of another calibration than the first one, where the suite has such a test.
    """

    who: Somebody
    by: Somebody
    route: str
    purpose: Literal["initial", "final"]
    ability: float
    place: dict[str, str]
    other_scale: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A teacher leaves a school and works at another."""

    who: Somebody
    old: School
    new: School


@dataclass(frozen=True, slots=True)
class Wait:
    """Days pass, where time is simulated."""

    days: int


Step = Ask | Take | Move | Wait
Answer = dict[str, Any]  # what the API answers; {} to a wish that was refused as it must be
Part = Generator[Step, Answer, None]  # of a life, and a whole one
Stage = Generator[Step, Answer, bool]  # whether the route goes on


class Walker(Protocol):
    """Where a life is walked."""

    def ask(self, step: Ask) -> Answer: ...

    def test(self, step: Take) -> Answer: ...

    def move(self, step: Move) -> Answer: ...

    def wait(self, step: Wait) -> Answer: ...


def walk(life: Part, walker: Walker) -> None:
    """To the life's end."""
    try:
        step = next(life)
        while True:
            step = life.send(take(step, walker))
    except StopIteration:
        return


def take(step: Step, walker: Walker) -> Answer:
    match step:
        case Ask():
            return walker.ask(step)
        case Take():
            return walker.test(step)
        case Move():
            return walker.move(step)
        case Wait():
            return walker.wait(step)
