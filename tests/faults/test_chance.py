"""Faults strike at random while clients ask, and everything comes back by itself and in time."""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from tests.faults import results
from tests.faults.chance import FAULTS, ROUNDS
from tests.faults.checker import check, drained
from tests.faults.deck import Deck
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.servers import Servers
from tests.faults.stage import CALL, READ, Stage, slow_calls, slowest, told
from tests.faults.world import until

SELECTION = (
    *("service killed", "service killed", "wire cut", "wire cut at an answer", "wire cut at an answer"),
    *("duplicates in disorder", "first deliveries turned around", "unreadable message"),
    *("database killed", "broker killed"),
)
PAUSE = 0.02  # seconds before each wish of a client: what is measured is how things come back, not how fast they are
LONG_PAUSE = 0.05  # in the long run, for what a wiped broker is fed again is all that was ever written
ALL = tuple(name for name, fault in FAULTS.items() for _ in range(fault.times))


@pytest.fixture(scope="module")
def servers(servers_folder: Path) -> Iterator[Servers]:
    started = Servers.start(servers_folder / "c")
    yield started
    started.stop()


def chosen_seed() -> str:
    """IOM_FAULTS_SEED repeats a run, as far as machines repeat themselves."""
    return os.environ.get("IOM_FAULTS_SEED") or str(random.SystemRandom().randrange(1_000_000))


@pytest.mark.parametrize(
    ("kind", "names"),
    [("selection", SELECTION), pytest.param("all", ALL, marks=pytest.mark.long)],
    ids=["selection", "all"],
)
async def test_faults_at_random_under_load(
    servers: Servers, servers_folder: Path, kind: str, names: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    seed, began, rows, late = chosen_seed(), time.monotonic(), [], []
    with capsys.disabled():
        print(f"\nfaults at random, {kind}: IOM_FAULTS_SEED={seed}")
    async with Stage.set(servers, servers_folder / "c" / kind[0], seed) as stage:
        async with Load(
            stage.world, seed=int(seed), pause=PAUSE if kind == "selection" else LONG_PAUSE, readers=2
        ) as clients:
            await clients.acknowledged(20)
            await until(servers.streams_are_known, "the broker has written down that it has streams")
            for name in stage.chance.sample(names, len(names)):
                measured = await stage.strike(name, FAULTS[name])
                rows.append(told(measured))
                with capsys.disabled():
                    print(rows[-1])
                late += measured.broken()
                await clients.acknowledged(10)
        assert await check(stage.world) == []
        assert await drained(stage.world) == []
        assert late + slow_calls(stage.world) == []
        counts = {**stage.world.ledger.counts(), **slowest(stage.world)}
    results.keep(kind, seed, time.monotonic() - began, counts, rows)


@pytest.mark.parametrize("seed", ["1", "2", "3"])
async def test_the_long_run_strikes_every_victim(seed: str) -> None:
    stage: Any = SimpleNamespace(deck=Deck(seed))
    struck: dict[str, list[Any]] = {}

    def noting(name: str) -> Any:
        async def harm(_: Stage, victim: Any = None) -> str:
            struck.setdefault(name, []).append(victim)
            return ""

        return replace(FAULTS[name], harm=harm)

    for name in ALL:
        await noting(name)(stage)
    assert {name: set(victims) for name, victims in struck.items()} == {
        name: set(fault.victims or [None]) for name, fault in FAULTS.items()
    }
    assert min(len(victims) for victims in struck.values()) == ROUNDS


def test_a_call_is_slow_beyond_its_bound_and_the_stops_of_who_was_asked() -> None:
    ledger = Ledger()
    world: Any = SimpleNamespace(ledger=ledger, pauses={"writing": [(100.0, 110.0)]})
    ask = ledger.ask(uuid4(), "Note", {})
    ask.tries += [(0.0, CALL - 1), (95.0, CALL + 9)]
    ledger.reads += [("log", 0.0, READ - 1), ("log", 105.0, READ + 4)]
    assert slow_calls(world) == []
    ask.tries.append((0.0, CALL + 1))
    ledger.reads.append(("log", 0.0, READ + 1))
    assert len(slow_calls(world)) == 2
