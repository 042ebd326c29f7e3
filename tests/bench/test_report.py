"""What is made of measured figures, and what becomes of those that were kept."""

import json
from pathlib import Path

import pytest

from bench.effect import pace
from bench.peers.following import Reader
from bench.report import Measurement, compared, interleaved, keep, percentile


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "new" / "bench.json"


def measured(name: str, value: float, against: str | None = None) -> Measurement:
    return Measurement(name=name, value=value, unit="facts/s", against=against)


def lines(path: Path) -> list[tuple[str, str | None, float]]:
    return [(one["name"], one["against"], one["value"]) for one in json.loads(path.read_text())]


def test_what_is_measured_again_replaces_only_what_has_its_name_and_comparison(kept: Path):
    keep([measured("append", 1, "jsonb"), measured("append", 2, "bytea"), measured("replay", 3)], kept)

    keep([measured("append", 20, "bytea"), measured("growth", 4)], kept)

    assert lines(kept) == [
        *(("append", "jsonb", 1), ("append", "bytea", 20)),
        *(("replay", None, 3), ("growth", None, 4)),
    ]


def test_a_ratio_is_kept_with_its_rounds(kept: Path):
    keep([compared("append", "facts/s", "jsonb", [3, 2, 8], [1, 2, 2])], kept)

    assert json.loads(kept.read_text())[0]["ratio"] == {"min": 1, "median": 3, "max": 4, "rounds": 3}


@pytest.mark.parametrize(("rounds", "told"), [(4, "1.00 · 1.00 · 1.00 (rounds: only 4)"), (5, "1.00 · 1.00 · 1.00")])
def test_few_rounds_are_told_beside_the_ratio(rounds: int, told: str):
    assert str(compared("append", "facts/s", "jsonb", [1.0] * rounds, [1.0] * rounds).ratio) == told


async def test_each_round_begins_with_the_next_contestant():
    order = list[str]()

    async def turn(name: str) -> float:
        order.append(name)
        return len(order)

    found = await interleaved(3, {name: lambda name=name: turn(name) for name in "abc"})

    assert "".join(order) == "abcbcacab"
    assert found == {"a": [1, 6, 8], "b": [2, 4, 9], "c": [3, 5, 7]}


@pytest.mark.parametrize(("share", "sample"), [(0, 1), (0.5, 5), (0.51, 6), (0.99, 10), (1, 10)])
def test_a_percentile_is_the_smallest_sample_that_so_many_do_not_exceed(share: float, sample: int):
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == sample


def test_a_writer_that_falls_behind_shows_what_it_wrote_and_not_what_it_was_asked_for():
    assert pace([1000 + 10 * n for n in range(101)]) == 100
    assert pace([1000 + 20 * n for n in range(101)]) == 50


async def test_a_reader_ends_without_knowing_how_much_there_is_and_tells_what_was_doubled():
    pages = iter([[1, 2], [], [2, 4], []])
    reader = Reader(page=lambda: given(next(pages, [])), calm=0.01)
    reader.ended.set()

    followed = await reader.run()

    assert (followed.given, followed.different) == (4, 3)


async def given(page: list[int]) -> list[int]:
    return page
