"""The whole suite on one machine: its servers, its six services, and the file that says where they are."""

import asyncio
import json
import os
import sys
import time
import urllib.error
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from aio_pika.exceptions import ChannelPreconditionFailed

from deploy.databases import Databases
from deploy.environment import Addresses, environment
from deploy.lock import Lock
from deploy.paths import ROOT, local
from deploy.rabbitmq.definitions import known
from deploy.say import Missing, say
from deploy.secrets import SERVICES, STORING, Secrets, kept_secrets, write_private
from deploy.servers.admin import DIRECT, Management
from deploy.servers.ports import free_port
from deploy.servers.postgres import Postgres
from deploy.servers.postgres import start as start_postgres
from deploy.servers.process import Program, stop_together
from deploy.servers.rabbitmq import PORTS, RabbitMQ
from deploy.servers.rabbitmq import start as start_rabbitmq
from deploy.supervise import Supervisor
from shared.bus.connect import connect
from shared.bus.republish import republish
from shared.bus.topology import declare_known

VHOST = "iom"


@dataclass(slots=True)
class Suite:
    """Everything of one folder; services listed in `without` are left out, to see the others live on.

    `dropping` removes the databases at the end also from a server that goes on living because its address was given.
    `republishing` sends every promise again, to a broker that has lost them.
    """

    folder: Path
    lasting: bool = True
    without: frozenset[str] = frozenset()
    module: str = field(default_factory=lambda: os.environ.get("IOM_SERVICE_MODULE", "services.{name}"))
    prefix: str = "iom"
    dropping: bool = False
    republishing: bool = False
    secrets: Secrets = field(init=False)
    ports: dict[str, int] = field(default_factory=dict)
    databases: Databases = field(init=False)
    postgres: Postgres = field(init=False)
    rabbitmq: RabbitMQ = field(init=False)
    mail: Program = field(init=False)
    services: dict[str, Program] = field(default_factory=dict)
    supervisor: Supervisor = field(init=False)
    _lock: Lock = field(init=False)

    @property
    def names(self) -> list[str]:
        return [name for name in SERVICES if name not in self.without]

    @property
    def run_file(self) -> Path:
        return self.folder / "run.json"

    @property
    def mail_folder(self) -> Path:
        return self.folder / "mail"

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def start(self) -> None:
        """Servers, databases, mail catcher, services; ends what it started when one of them fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(self.folder / "run.lock")
        if not self._lock.take_within(30):
            raise Missing(f"The suite of {self.folder} is run by process {self._lock.holder()} already.")
        self.supervisor = Supervisor(on_restart=self._write_run_file)
        try:
            self._start_servers()
            self._start_services()
        except BaseException:
            self.stop()
            raise

    def _start_servers(self) -> None:
        self.secrets = kept_secrets(self.folder)
        before = self._ports_before()
        log = self.folder / "log"
        self.postgres = start_postgres(
            self.folder / "postgres", log / "postgres.log", port=before.get("postgres"), lasting=self.lasting
        )
        self.databases = Databases(self.postgres, self.secrets, self.prefix)
        self._own([self.postgres.program] if self.postgres.program else [])
        broker_ports = {name: before[f"rabbitmq_{name}"] for name in PORTS if f"rabbitmq_{name}" in before}
        self.rabbitmq = start_rabbitmq(
            self.folder / "rabbitmq",
            log / "rabbitmq.log",
            cache=local() / "packages",
            ports=broker_ports,
            lasting=self.lasting,
        )
        self._own(self.rabbitmq.programs)
        if self.rabbitmq.programs:
            Management(self.rabbitmq).make_vhost(VHOST)
            self.rabbitmq.vhost = VHOST
        self.ports = {f"rabbitmq_{name}": port for name, port in broker_ports.items()}
        if self.postgres.port:
            self.ports["postgres"] = self.postgres.port
        for name in ("mail", *SERVICES):
            self.ports[name] = free_port(before.get(name))

    def _own(self, programs: list[Program]) -> None:
        for program in programs:
            self.supervisor.add(program)

    def _ports_before(self) -> dict[str, int]:
        """Where everything was the last time: bookmarks and printed codes go on working where they can."""
        if not self.run_file.exists():
            return {}
        return {name: int(port) for name, port in json.loads(self.run_file.read_text()).get("ports", {}).items()}

    def _start_services(self) -> None:
        say("Making a database and roles for each service")
        asyncio.run(self.databases.make())
        asyncio.run(declare_queues(self.rabbitmq.url()))
        if self.republishing:
            asyncio.run(self._republish())
        self.mail = self._python(
            "mail", ["deploy.mail", "--folder", str(self.mail_folder), "--port", self._port("mail")]
        )
        addresses = Addresses(
            databases=self.databases,
            broker_url=self.rabbitmq.url(),
            smtp_url=f"smtp://127.0.0.1:{self.ports['mail']}",
            ports=self.ports,
        )
        say(f"Starting {', '.join(self.names)}; their logs lie in {self.folder / 'log'}")
        for name in self.names:
            told = environment(name, addresses)
            self.services[name] = self._python(name, [self.module.format(name=name)], told)
        self._write_run_file()
        self.supervisor.begin()

    async def _republish(self) -> None:
        for service in STORING:
            try:
                facts = await republish(self.databases.owner_url(service))
            except asyncpg.UndefinedTableError:
                continue  # it was never started
            say(f"  {service}: {facts:,} facts to go through")

    def _port(self, name: str) -> str:
        return str(self.ports[name])

    def _python(self, name: str, module: list[str], told: dict[str, str] | None = None) -> Program:
        program = Program(
            name=name,
            command=[sys.executable, "-m", *module],
            log=self.folder / "log" / f"{name}.log",
            environment=told or {},
            folder=ROOT,
        )
        program.start()
        self.supervisor.add(program)
        return program

    def wait_until_ready(self, seconds: float = 90) -> None:
        """Returns when every service says it is ready; tells each as it comes."""
        until = time.monotonic() + seconds
        waiting = list(self.names)
        while waiting:
            for name in [name for name in waiting if is_ready(self.url(name))]:
                waiting.remove(name)
                say(f"  {name} is ready at {self.url(name)}")
            self._look_for_failure(waiting, late=time.monotonic() > until)
            time.sleep(0.1)
        self._write_run_file()

    def _look_for_failure(self, waiting: list[str], *, late: bool) -> None:
        for name in waiting:
            program = self.services[name]
            if late or self.supervisor.hopeless(program):
                what = "was not ready in time" if late else "ends again and again"
                raise Missing(f"Service {name} {what}: {program.last_words(1)} (see {program.log})")

    def stop(self) -> None:
        """Services first, so that they can still finish what they do; then what they stand on."""
        self.supervisor.end()
        mail = [self.mail] if hasattr(self, "mail") else []
        stop_together([*self.services.values(), *mail])
        if self.dropping and hasattr(self, "databases") and self.postgres.program is None:
            asyncio.run(self.databases.drop())
        for server in ("rabbitmq", "postgres"):
            if hasattr(self, server):
                getattr(self, server).stop()
        if self.services:
            self._write_run_file(state="stopped")
        self._lock.release()

    def _write_run_file(self, state: str = "running") -> None:
        write_private(self.run_file, json.dumps(self._described(state), indent=2))

    def _described(self, state: str) -> dict[str, Any]:
        broker = self.rabbitmq.programs[-1] if self.rabbitmq.programs else None
        database = self.postgres.program
        return {
            "state": state,
            "written_at": datetime.now(UTC).isoformat(),
            "postgres": {
                "url": self.postgres.url,
                "from": self.postgres.way,
                "pid": database.pid if database else None,
            },
            "rabbitmq": {
                "url": self.rabbitmq.url(),
                "admin_url": self.rabbitmq.admin_url,
                "from": self.rabbitmq.way,
                "pid": broker.pid if broker else None,
            },
            "mail": {
                "url": f"smtp://127.0.0.1:{self.ports['mail']}",
                "folder": str(self.mail_folder),
                "pid": self.mail.pid,
            },
            "services": {name: self._service(name) for name in self.services},
            "administrator": {"email": self.secrets.admin_email, "password": self.secrets.admin_password},
            "ports": self.ports,
        }

    def _service(self, name: str) -> dict[str, Any]:
        program = self.services[name]
        about: dict[str, Any] = {"url": self.url(name), "pid": program.pid, "log": str(program.log)}
        if name in STORING:
            about["database"] = self.databases.admin_url(name)
        return about


async def declare_queues(url: str) -> None:
    """Of all services, also those left out: what is promised before a reader's first start waits for it."""
    connection = await connect(url)
    try:
        await declare_known(await connection.channel(), known())
    except ChannelPreconditionFailed as fault:
        raise Missing(
            "The broker has a queue of an earlier version, with other arguments: see docs/broker.md"
        ) from fault
    finally:
        await connection.close()


def is_ready(url: str, path: str = "/readyz") -> bool:
    try:
        with DIRECT.open(url + path, timeout=3) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False
