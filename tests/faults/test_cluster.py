"""Three broker nodes are parted and killed under load: nothing is lost, and nobody waits long."""

import asyncio
import time
from pathlib import Path

import pytest

from deploy.servers import postgres
from tests.faults import cluster, results
from tests.faults.checker import check, drained
from tests.faults.cluster import Cluster
from tests.faults.load import Load
from tests.faults.servers import Servers
from tests.faults.stage import Measured, Stage, slow_calls, slowest, told
from tests.faults.test_chance import chosen_seed
from tests.faults.world import NotInTime, until

ROUNDS = 20
GAP = 20.0  # seconds in which nothing is confirmed: half of it is the silence after which a node counts as gone
KINDS = ("parted from the others", "cut off from everybody", "killed")
HELD = (8.0, 14.0)  # seconds: long enough to be noticed
BACK = 60.0  # seconds, after which a node that did not come back by itself is started again
AGAIN = ", started again"
PAUSE = 0.1  # seconds before each wish: ten minutes of facts are judged at the end

pytestmark = pytest.mark.long


async def whole(broker: Cluster) -> bool:
    return await asyncio.to_thread(broker.whole)


async def strike(stage: Stage, broker: Cluster, kind: str) -> str:
    """One node is taken from the others and comes back."""
    node, seconds = stage.chance.choice(list(broker.network.nodes)), round(stage.chance.uniform(*HELD), 1)
    harm, heal = {
        "parted from the others": (broker.network.part, broker.network.join),
        "cut off from everybody": (broker.network.unplug, broker.network.plug_in),
        "killed": (broker.kill, lambda node: broker.node(node).start()),
    }[kind]
    harm(node)
    await asyncio.sleep(seconds)
    heal(node)
    detail = f"node {node}, {seconds:g} s"
    try:
        await until(lambda: whole(broker), "the node is back", BACK)
    except NotInTime:  # a known fault of the broker; whoever watches over a node starts it again
        broker.kill(node)
        broker.node(node).start()
        detail += AGAIN
    await until(lambda: whole(broker), "the cluster is whole again", 90.0)
    return detail


@pytest.mark.skipif(bool(cluster.lacking()), reason=cluster.lacking())
async def test_three_nodes_parted_and_killed_lose_nothing(
    servers_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, began, rows, late = chosen_seed(), time.monotonic(), [], []
    with capsys.disabled():
        print(f"\nthree nodes: IOM_FAULTS_SEED={seed}")
    folder = servers_folder / "n"
    folder.mkdir(mode=0o711)
    database = postgres.start(folder / "postgres", folder / "postgres.log", lasting=False)
    try:
        with cluster.running(folder / "nodes") as broker:
            await until(lambda: whole(broker), "three nodes know each other", 120.0)
            async with Stage.set(Servers(database, broker, folder), folder / "w", seed, wired=False) as stage:
                async with Load(stage.world, seed=int(seed), pause=PAUSE) as clients:
                    await clients.acknowledged(20)
                    for number in range(ROUNDS):
                        kind = KINDS[number % len(KINDS)]
                        measured = await stage.strike(
                            f"node {kind}", lambda stage, kind=kind: strike(stage, broker, kind)
                        )
                        rows.append(told(measured))
                        late += too_late(measured)
                        with capsys.disabled():
                            print(rows[-1])
                        await clients.acknowledged(10)
                assert await check(stage.world) == []
                assert await drained(stage.world) == []
                assert late + slow_calls(stage.world) == []
                counts = {**stage.world.ledger.counts(), **slowest(stage.world)}
                counts["nodes started again"] = sum(AGAIN in row["detail"] for row in rows)
    finally:
        database.stop()
    results.keep("three nodes", seed, time.monotonic() - began, counts, rows)


def too_late(measured: Measured) -> list[str]:
    gap = [f"{measured.fault}: gap {measured.gap:.1f} s of {GAP:g}"] if measured.gap > GAP else []
    return measured.broken() + gap
