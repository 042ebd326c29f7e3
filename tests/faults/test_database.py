"""The database ends a statement or its commit at each table the kit writes, and nothing is lost, doubled or halved."""

from typing import NamedTuple

import pytest

from tests.faults import database
from tests.faults.checker import check
from tests.faults.conftest import Worlds
from tests.faults.load import Load
from tests.faults.world import World, until


class Strike(NamedTuple):
    """What happens to the third row that *service* writes to *table*: at once, or when its transaction commits."""

    service: str
    table: str
    action: str
    at_commit: bool

    def __str__(self) -> str:
        return f"{self.service}, {self.table}, {self.action}{', at commit' if self.at_commit else ''}"


WRITTEN = {
    "writing": (
        "facts",
        "pending",
        "commands",
        "claims",
        "notes",
        "data_keys",
        "log",
        "lease",
        "tree_heads",
        "checkpoints",
    ),
    "hearing": ("facts", "inbox", "mirrors", "certificates", "log", "lease"),
}
KILLS = [
    Strike(service, table, "kill", at_commit)
    for service, tables in WRITTEN.items()
    for table in tables
    for at_commit in (False, True)
]
REFUSALS = [
    Strike(service, "facts", action, at_commit)
    for service in WRITTEN
    for action in ("deadlock", "serialization")
    for at_commit in (False, True)
]


def cases() -> list[object]:
    return [
        pytest.param(strike, id=str(strike), marks=() if strike.at_commit else pytest.mark.long)
        for strike in KILLS + REFUSALS
    ]


@pytest.mark.parametrize("strike", cases())
async def test_a_statement_that_ends_early_costs_nothing(worlds: Worlds, strike: Strike) -> None:
    world = await worlds.lend()
    kept = False
    try:
        await under(world, strike)
        assert await check(world) == []
        kept = True
    finally:
        await (worlds.give_back(world) if kept else world.drop())


async def under(world: World, strike: Strike) -> None:
    """Load until the strike has hit, and then some more."""
    url = world.urls[strike.service]
    await database.strike(url, strike.table, strike.action, 3, 3, at_commit=strike.at_commit)

    async def hit() -> bool:
        return await database.struck(url) == 1

    async with Load(world, seed=7) as clients:
        await until(hit, f"three rows of {strike.table} are written")
        await clients.acknowledged(20)
        await database.heal(url)
        await clients.acknowledged(10)
