"""Worlds on the run's servers; whoever breaks one gets the next a new one."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.servers.postgres import Postgres
from deploy.servers.rabbitmq import RabbitMQ
from tests.faults.world import SERVICES, World


class Worlds:
    """Lends worlds one after the other; a used one serves again unless it was spoiled or has grown old."""

    MOST_USES = 15

    def __init__(self, postgres: Postgres, rabbitmq: RabbitMQ, folder: Path) -> None:
        self._postgres, self._rabbitmq, self._folder = postgres, rabbitmq, folder
        self._world: World | None = None
        self._made = self._uses = 0

    async def fresh(self, *, declared: bool = True) -> World:
        """A world without a process, to be dropped by its user."""
        self._made += 1
        return await World.make(self._postgres, self._rabbitmq, self._folder / str(self._made), declared=declared)

    async def lend(self) -> World:
        """A world at work; give it back if nothing was found wrong with it."""
        if self._world is None or self._uses >= self.MOST_USES:
            await self.close()
            self._world, self._uses = await self.fresh(), 0
            for name in SERVICES:
                self._world.start(name)
        self._uses += 1
        world, self._world = self._world, None
        await world.recover()
        return world

    async def give_back(self, world: World) -> None:
        await self.close()
        self._world = world

    async def close(self) -> None:
        if self._world is not None:
            await self._world.drop()
            self._world = None


@pytest.fixture(scope="session")
def worlds(postgres_server: Postgres, rabbitmq_server: RabbitMQ, servers_folder: Path) -> Iterator[Worlds]:
    folder = servers_folder / "w"  # short: a socket's path has at most 107 bytes
    folder.mkdir()
    made = Worlds(postgres_server, rabbitmq_server, folder)
    yield made
    asyncio.run(made.close())
