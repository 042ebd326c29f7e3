"""A year of a region: the same for the same seed, with every kind of life in it, as often as the shares say."""

import re
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from deploy.simulation import life, year
from deploy.simulation.kinds import EVERY_KIND
from deploy.simulation.life.story import Story
from deploy.simulation.run import tell
from deploy.simulation.shares import Fate, read_shares
from deploy.simulation.steps import Ask, Wait
from deploy.simulation.summary import observed
from deploy.simulation.tally import Tally
from deploy.simulation.year import Wish
from services.routes.domain.route.facts import Fact
from shared.store.codec import snake_case
from tests.simulation.small import wish, with_shares

Told = tuple[Wish, Tally]
PROVOKED = {
    name
    for file in Path(life.__file__).parent.glob("*.py")
    for name in re.findall(r'refused="([a-z-]+)"', file.read_text(encoding="utf-8"))
}
NEVER = {"TaskDropped", "ActivityDropped", "TaskProposed", "MethodistReleased"}  # nobody does it in these lives


def test_the_same_seed_gives_the_same_facts_however_many_tell_them() -> None:
    alone, together = tell(wish(), workers=1), tell(wish(), workers=2)
    assert alone.digest == together.digest
    assert (alone.facts, alone.lives, alone.routes) == (together.facts, together.lives, together.routes)
    assert tell(wish(seed=6), workers=1).digest != alone.digest


def test_a_school_lives_alike_in_whatever_order_schools_are_told() -> None:
    one, other = year.Year(wish()), year.Year(wish())
    forwards = [one.school(number)[1].digests for number in range(3)]
    backwards = [other.school(number)[1].digests for number in reversed(range(3))]
    assert forwards == backwards[::-1]


def test_a_fate_does_not_depend_on_what_was_asked_before() -> None:
    shares = read_shares()
    first, second = Fate(shares, "5/somebody"), Fate(shares, "5/somebody")
    assert second.pick("months")
    assert [first.has("late"), first.between(1, 1_000, "days")] == [
        second.has("late"),
        second.between(1, 1_000, "days"),
    ]
    assert first.chance("days") != first.of("next").chance("days")


def test_every_kind_of_life_occurs_and_every_law_holds(two_years: Told) -> None:
    _, tally = two_years
    assert (tally.surprises, tally.broken) == ([], [])
    assert sorted(kind for kind in EVERY_KIND if not tally.lives[kind]) == []


def test_every_fact_of_a_route_occurs_but_those_said_to_be_absent(two_years: Told) -> None:
    absent = {fact.__name__ for fact in Fact.__args__ if not two_years[1].facts[f"route.{snake_case(fact.__name__)}"]}  # type: ignore[attr-defined]
    assert absent - NEVER == set()


def test_routes_end_in_every_way_and_some_are_under_way() -> None:
    tally = tell(wish(teachers=90, months=9), workers=1)
    assert {"completed", "withdrawn", "declined", "running", "evaluating"} <= {status for status, _ in tally.routes}
    assert {3, 4, 5} <= {stage for _, stage in tally.routes}


def test_the_shares_that_show_in_facts_are_near_the_wanted_ones(two_years: Told) -> None:
    wanted, tally = two_years
    far, seen = {}, observed(tally, wanted.shares)
    assert len(seen) > 10
    for name, each in seen.items():
        share, of = each["wanted"], each["of"]
        assert of >= 10, name
        if abs(each["found"] - share) > 3.5 * sqrt(share * (1 - share) / of):
            far[name] = each
    assert far == {}


def test_another_share_is_seen_in_the_facts() -> None:
    shares = with_shares(declined=0.9, own_wish=0.0)
    tally = tell(wish(teachers=60, shares=shares), workers=1)
    assert observed(tally, shares)["declined"]["found"] > 0.7
    assert tally.lives["own_first"] == 0


def test_every_mistake_is_made_and_refused_by_the_rule_it_breaks() -> None:
    tally = tell(wish(teachers=120, shares=with_shares(mistake=1.0)), workers=1)
    assert (tally.surprises, tally.broken) == ([], [])
    assert set(tally.meant) == PROVOKED


def planted(step: Ask) -> Any:
    def lived(story: Story) -> Iterator[Any]:
        yield Wait(1)
        opened = yield story.mine("", **story.school.place)
        yield Ask(story.me, opened["id"], step.path, step.body, step.refused)
        return False

    return lived


@pytest.mark.parametrize(
    ("path", "refused", "told"),
    [("submission", "", "refused: nothing-diagnosed"), ("withdrawal", "route-ended", "granted, though route-ended")],
)
def test_what_goes_otherwise_than_it_must_is_a_surprise(
    path: str, refused: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step: Any = Ask(None, "", path, {}, refused)  # type: ignore[arg-type]
    monkeypatch.setattr("deploy.simulation.life.whole.lived", planted(step))
    tally = tell(wish(), workers=1)
    assert tally.surprises
    assert not tally.well
    assert all(told in surprise for surprise in tally.surprises)


def test_certificates_are_numbered_in_the_order_they_were_granted(two_years: Told) -> None:
    _, tally = two_years
    assert tally.facts["certificate.issued"] == tally.facts["register.entered"] == tally.lives["certificate"] > 0
