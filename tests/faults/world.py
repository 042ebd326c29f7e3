"""The world of the fault suite: two services as real processes, a database each, a virtual host, and who kills them.

    world = await World.make(postgres_server, rabbitmq_server, folder)
    world.start("writing"); world.start("hearing"); await world.ready()
    ...
    world.kill("writing")            # SIGKILL; freeze and thaw are SIGSTOP and SIGCONT, stop is SIGTERM
    await world.recover()            # what a supervisor would do: thaw, start again, wait until ready
    ...
    await world.drop()

A second process of a service is "writing-2". Processes are forked from a server that has imported everything, so that a
death costs a tenth of a second; each is a whole `Runtime`. Nothing here is bound to an event loop.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from aio_pika import Message

from deploy.servers.admin import Management, drop_database, make_database
from deploy.servers.postgres import Postgres
from deploy.servers.rabbitmq import RabbitMQ
from shared.bus.connect import connect
from shared.bus.envelope import contract_of
from shared.bus.topology import declare, inbox_queue
from tests.faults import child, words
from tests.faults.ledger import Ledger

SERVICES = ("writing", "hearing")
READY_SECONDS = 20.0
LOOK = 0.02  # seconds between looks at something that only another process can change

_forks = get_context("forkserver")
_forks.set_forkserver_preload(["tests.faults.preload"])


class NotInTime(AssertionError):
    """A condition did not come true while it was waited for."""


async def until(condition: Callable[[], Awaitable[Any]], what: str, within: float = READY_SECONDS) -> Any:
    """The first true value of *condition*; raises NotInTime, which says *what* was waited for."""
    end = time.monotonic() + within
    while not (value := await condition()):
        if time.monotonic() > end:
            raise NotInTime(f"{what}: not within {within:g} s")
        await asyncio.sleep(LOOK)
    return value


class World:
    """Databases, a virtual host, processes and the ledger of what was asked of them.

    `setups` may be changed before a start (another address through a proxy, a defect); `deaths` counts the processes
    that ended other than by `stop`.
    """

    def __init__(self, postgres: Postgres, rabbitmq: RabbitMQ, folder: Path, name: str) -> None:
        self.ledger = Ledger()
        self.deaths = 0
        self.pauses: dict[str, list[tuple[float, float]]] = {}  # name -> when it was stopped and when it went on
        self.patience = 30.0  # seconds until quiet
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.vhost = f"faults-{name}"
        self.broker = rabbitmq.url(self.vhost)
        self.databases = {service: f"faults_{service}_{name}" for service in SERVICES}
        self.urls = {service: postgres.with_database(database) for service, database in self.databases.items()}
        self.setups = {service: self._setup(service, service) for service in SERVICES}
        self._postgres, self._management = postgres, Management(rabbitmq)
        self._processes: dict[str, BaseProcess] = {}
        self._frozen: dict[str, float] = {}

    @classmethod
    async def make(cls, postgres: Postgres, rabbitmq: RabbitMQ, folder: Path, *, declared: bool = True) -> "World":
        """Empty databases and an empty virtual host, with its queues if they are to be *declared*; no process yet."""
        world = cls(postgres, rabbitmq, folder, uuid4().hex[:12])
        for database in world.databases.values():
            await make_database(postgres.url, database)
        world.make_vhost()
        if declared:
            await world.declare()
        return world

    def make_vhost(self) -> None:
        self._management.make_vhost(self.vhost)

    def empty_vhost(self) -> None:
        """All that the broker kept is gone."""
        self._management.drop_vhost(self.vhost)
        self.make_vhost()

    async def declare(self) -> None:
        """The topology, as a deployment declares it before the first start."""
        connection = await connect(self.broker)
        try:
            contracts = [contract_of(hearing.reads) for hearing in words.HEARINGS]
            await declare(await connection.channel(), "hearing", contracts)
        finally:
            await connection.close()

    async def drop(self) -> None:
        for name in list(self._processes):
            self.thaw(name)
            self.kill(name)
        self._management.drop_vhost(self.vhost)
        for database in self.databases.values():
            await drop_database(self._postgres.url, database)

    # Processes

    def _setup(self, name: str, service: str) -> child.Setup:
        return child.Setup(
            service=service,
            database=self.urls.get(service, ""),
            broker=self.broker,
            socket=self.folder / f"{name}.sock",
            log=self.folder / f"{name}.log",
            deaths=self.folder / f"{name}.deaths",
        )

    def setup_of(self, name: str) -> child.Setup:
        """What *name* is started with."""
        return self.setups.get(name) or self._setup(name, name.partition("-")[0])

    def start(self, name: str, **changes: Any) -> None:
        """Start process *name*; *changes* of its setup hold for this one life."""
        assert not self.running(name), f"{name} runs already"
        setup = self.setups[name] = self.setup_of(name)
        setup = replace(setup, **changes)
        setup.socket.unlink(missing_ok=True)
        process = _forks.Process(target=child.run, args=(setup,), name=name, daemon=True)
        process.start()
        self._processes[name] = process

    def running(self, name: str) -> bool:
        return name in self._processes and self._processes[name].is_alive()

    def pid(self, name: str) -> int:
        found = self._processes[name].pid
        assert found
        return found

    @property
    def names(self) -> list[str]:
        """Every process of a service that was started and not stopped, dead or alive."""
        return [name for name in self._processes if self.setups[name].service in SERVICES]

    def kill(self, name: str) -> None:
        """SIGKILL; returns when the process is gone."""
        self._processes[name].kill()
        self._processes[name].join(10)
        self.deaths += 1

    def freeze(self, name: str) -> None:
        os.kill(self.pid(name), signal.SIGSTOP)
        self._frozen[name] = time.monotonic()

    def thaw(self, name: str) -> None:
        since = self._frozen.pop(name, None)
        if since is not None:
            self.pauses.setdefault(name, []).append((since, time.monotonic()))
            if self.running(name):
                os.kill(self.pid(name), signal.SIGCONT)

    def stop(self, name: str, within: float = 20.0) -> int | None:
        """SIGTERM, and the exit code; None when it did not end within *within* seconds."""
        process = self._processes[name]
        process.terminate()
        process.join(within)
        if process.exitcode is not None:
            del self._processes[name]
        return process.exitcode

    def terminate(self, name: str) -> None:
        """SIGTERM, without waiting."""
        self._processes[name].terminate()

    async def dead(self, name: str, within: float = READY_SECONDS) -> int:
        """Wait until the process has ended by itself; its exit code, -9 when it was killed."""

        async def gone() -> bool:
            return not self.running(name)

        await until(gone, f"{name} dies", within)
        code = self._processes[name].exitcode
        assert code is not None
        self.deaths += 1
        return code

    async def recover(self, within: float = READY_SECONDS) -> None:
        """What a supervisor does: let the frozen go on, start the dead again, until all are ready."""
        for name in self.names:
            self.thaw(name)
            if not self.running(name):
                self.start(name)
        await self.ready(within=within)

    async def ready(self, *names: str, within: float = READY_SECONDS) -> None:
        """Wait until every process (or those named) says it is ready; a death during the wait ends the process's wait
        with NotInTime, for nobody starts it again here."""
        for name in names or self.names:

            async def is_ready(name: str = name) -> bool:
                return bool((await self.status(name)).get("ready"))

            await until(is_ready, f"{name} is ready", within)

    async def status(self, name: str) -> dict[str, Any]:
        """What the process says of itself; {} when it does not answer."""
        try:
            async with asyncio.timeout(5), self._line(name) as (reader, writer):
                writer.write(b'{"status": true}\n')
                return dict(msgspec.json.decode(await reader.readline() or b"{}"))
        except (OSError, TimeoutError):
            return {}

    @asynccontextmanager
    async def _line(self, name: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_unix_connection(self.setups[name].socket)
        try:
            yield reader, writer
        finally:
            writer.close()

    def deaths_of(self, name: str) -> list[str]:
        """The points at which the process died, in order."""
        path = self.setups[name].deaths
        return path.read_text().splitlines() if path.exists() else []

    async def poison(self, body: bytes = b"this is no message") -> None:
        """A message that nobody can read, in the inbox."""
        connection = await connect(self.broker)
        try:
            channel = await connection.channel()
            await channel.default_exchange.publish(Message(body), inbox_queue("hearing"), mandatory=True)
            self.ledger.poison += 1
        finally:
            await connection.close()

    def log(self, name: str) -> str:
        path = self.setups[name].log
        return path.read_text(errors="replace") if path.exists() else ""
