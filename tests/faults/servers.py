"""A PostgreSQL and a RabbitMQ of one test's own, which may be killed, stopped, wiped and filled up."""

import asyncio
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.paths import local
from deploy.servers import postgres, rabbitmq
from deploy.servers.postgres import Postgres
from deploy.servers.process import Program
from deploy.servers.rabbitmq import RabbitMQ


def descendants(pid: int) -> list[int]:
    """The process and all that came of it, the parents first."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(child) for child in path.read_text().split()] if path.exists() else []
    return [pid, *(each for child in children for each in descendants(child))]


@dataclass(slots=True)
class Servers:
    """Both servers; a start returns when the server takes connections again, on the same port and with its data."""

    postgres: Postgres
    rabbitmq: RabbitMQ
    folder: Path

    @classmethod
    def start(cls, folder: Path) -> "Servers":
        folder.mkdir(mode=0o711)
        database = postgres.start(folder / "postgres", folder / "postgres.log", lasting=False)
        try:
            broker = rabbitmq.start(
                folder / "rabbitmq", folder / "rabbitmq.log", cache=local() / "packages", lasting=False
            )
        except BaseException:
            database.stop()
            raise
        return cls(database, broker, folder)

    def stop(self) -> None:
        for name in ("broker", "database"):
            self.thaw(name)
        self.rabbitmq.stop()
        self.postgres.stop()

    def program(self, name: str) -> Program:
        found = self.rabbitmq.programs[-1] if name == "broker" else self.postgres.program
        assert found is not None, "a server whose address was given is not ours to kill"
        return found

    def kill(self, name: str) -> None:
        """SIGKILL; returns when the server and its children are gone."""
        program = self.program(name)
        os.kill(program.pid, signal.SIGKILL)
        program.close()

    async def start_again(self, name: str) -> None:
        self.program(name).start()
        if name == "broker":
            await asyncio.to_thread(rabbitmq.wait_until_ready, self.rabbitmq)
        else:
            await asyncio.to_thread(postgres.wait_until_ready, self.postgres, self.postgres.port)

    def freeze(self, name: str) -> None:
        for pid in descendants(self.program(name).pid):
            os.kill(pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        if self.program(name).running:
            for pid in descendants(self.program(name).pid):
                os.kill(pid, signal.SIGCONT)

    def wipe_broker(self) -> None:
        """Kill it, and take everything that it ever kept."""
        self.kill("broker")
        shutil.rmtree(self.folder / "rabbitmq" / "mnesia")

    async def streams_are_known(self) -> bool:
        """Whether the broker has on its disk that it has streams. For a second after its first one it has not, and if
        it is killed then, finds none of them again: its own fault, see docs/broker.md."""
        kept = (self.folder / "rabbitmq" / "mnesia").glob("*/coordination/*/names.dets")
        return any([b"rabbit_stream_coordinator" in path.read_bytes() for path in kept])

    async def rabbitmqctl(self, *arguments: str) -> None:
        program = self.program("broker")
        tool = Path(str(program.command[0])).with_name("rabbitmqctl")
        command = [tool, "-n", program.environment["RABBITMQ_NODENAME"], *arguments]
        said = await asyncio.to_thread(
            subprocess.run, command, env=dict(program.environment), capture_output=True, text=True, check=False
        )
        assert said.returncode == 0, said.stderr

    async def fill_the_disk(self) -> None:
        """The broker believes that its disk is full, and takes no message from anybody."""
        await self.rabbitmqctl("set_disk_free_limit", "100000GB")

    async def empty_the_disk(self) -> None:
        await self.rabbitmqctl("set_disk_free_limit", "100MB")
