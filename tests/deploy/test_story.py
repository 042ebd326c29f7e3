"""The demonstration's story fits its region, its instrument and its own acts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.demo.client import Refused, TooLate, until
from deploy.demo.region import sample
from deploy.demo.walk import ACTS, Broken, Walk, denied, story
from deploy.paths import ROOT

STORY = story()
PERSONS = {person["key"] for person in sample()["persons"]}


def names(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from names(each)
    elif isinstance(value, str):
        yield from (part[1:] for part in value.split("/") if part.startswith("@"))


def test_every_step_names_only_what_is_known_by_then() -> None:
    known = PERSONS | {"place.municipality", "place.school", "today"}
    for step in STORY["steps"]:
        wanted = {name for name in names([step.get("body", {}), step.get("post", "")]) if not name.startswith("in:")}
        assert wanted <= known, step["told"]
        assert step["who"] in PERSONS | {""}
        assert ("post" in step) + ("act" in step) + ("wait" in step) == 1
        assert step.get("act", "consent") in ACTS
        known.add(step.get("keep", "today"))


def test_the_place_is_the_heros_school() -> None:
    [hero] = [person for person in sample()["persons"] if person["key"] == STORY["hero"]]
    assert hero["school"] == STORY["school"]


def test_the_answers_are_those_of_the_instruments_forms() -> None:
    instrument = json.loads((ROOT / "services/diagnostics/data/meta-2026.v1.json").read_text(encoding="utf-8"))
    assert {form: list(answers) for form, answers in STORY["answers"].items()} == instrument["forms"]


def walk() -> Walk:
    return Walk(people={}, kept={"task": "t-1"})


def test_names_are_replaced_wherever_they_stand() -> None:
    made = walk()
    assert made.meant({"a": ["@task", 7, True], "b": "plain"}) == {"a": ["t-1", 7, True], "b": "plain"}
    assert made.meant("@in:0") == made.meant("@today") == made.today.isoformat()
    with pytest.raises(KeyError):
        made.meant("@nobody")


def refuse(status: int, clause: str = "") -> None:
    raise Refused(status, {"clause": clause}, "POST")


def test_what_must_be_refused_is_refused_for_the_right_reason() -> None:
    denied(lambda: refuse(409, "1.12"), "1.12")
    denied(lambda: refuse(403), "403")
    with pytest.raises(Broken, match="another reason"):
        denied(lambda: refuse(500), "403")
    with pytest.raises(Broken, match="allowed"):
        denied(lambda: None, "403")


def test_waiting_ends_with_what_was_found_or_says_what_is_missing() -> None:
    seen = iter([None, None, "found"])
    assert until(lambda: next(seen), "it") == "found"
    with pytest.raises(TooLate, match="the letter"):
        until(lambda: None, "the letter", seconds=0)
