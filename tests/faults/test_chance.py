"""Faults strike at random while clients ask, and everything comes back by itself and in time."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import results
from tests.faults.chance import FAULTS
from tests.faults.checker import check, drained
from tests.faults.load import Load
from tests.faults.servers import Servers
from tests.faults.stage import Stage, slow_calls, slowest, told

SELECTION = (
    *("service killed", "service killed", "wire cut", "wire cut at an answer", "wire cut at an answer"),
    *("duplicates in disorder", "first deliveries turned around", "unreadable message"),
    *("database killed", "broker killed"),
)
PAUSE = 0.02  # seconds before each wish of a client: what is measured is how things come back, not how fast they are
ROUNDS = 2  # in the long run every fault strikes so often


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
    [("selection", SELECTION), pytest.param("all", tuple(FAULTS) * ROUNDS, marks=pytest.mark.long)],
    ids=["selection", "all"],
)
async def test_faults_at_random_under_load(
    servers: Servers, servers_folder: Path, kind: str, names: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    seed, began, rows, late = chosen_seed(), time.monotonic(), [], []
    with capsys.disabled():
        print(f"\nfaults at random, {kind}: IOM_FAULTS_SEED={seed}")
    async with Stage.set(servers, servers_folder / "c" / kind[0], seed) as stage:
        async with Load(stage.world, seed=int(seed), pause=PAUSE) as clients:
            await clients.acknowledged(20)
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
        counts = {**stage.world.ledger.counts(), "slowest call": round(slowest(stage.world), 1)}
    results.keep(kind, seed, time.monotonic() - began, counts, rows)
