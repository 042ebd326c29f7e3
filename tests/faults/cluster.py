"""Three RabbitMQ nodes, each in a network namespace of its own behind one bridge, to be parted and killed.

Needs root and `ip` of iproute2; `lacking()` says what is not there.
"""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from deploy.paths import local
from deploy.servers import rabbitmq
from deploy.servers.admin import Management
from deploy.servers.process import Program, stop_together
from deploy.servers.rabbitmq import RabbitMQ

PORTS = {"amqp": 5672, "management": 15672, "distribution": 25672, "epmd": 4369}  # the same in each namespace
SIZE = 3
TICK = 5  # seconds after which a silent node counts as gone; the default of 60 would be felt as a minute's gap


def lacking() -> str:
    """Why there can be no cluster here; "" when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "network namespaces need `ip` of iproute2"
    tried = subprocess.run(["ip", "netns", "add", "iom-try"], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"network namespaces are not allowed here: {tried.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", "iom-try"], check=True)
    return ""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass(slots=True)
class Network:
    """A bridge and a namespace for each node; addresses lie in a range that is kept for tests of networks."""

    name: str
    third: int

    def address(self, node: int) -> str:
        return f"198.18.{self.third}.{10 + node}"

    def namespace(self, node: int) -> str:
        return f"{self.name}-{node}"

    @property
    def nodes(self) -> range:
        return range(1, SIZE + 1)

    def make(self) -> None:
        ip("link", "add", self.name, "type", "bridge")
        ip("addr", "add", f"198.18.{self.third}.1/24", "dev", self.name)
        ip("link", "set", self.name, "up")
        for node in self.nodes:
            space, outside = self.namespace(node), f"{self.name}v{node}"
            ip("netns", "add", space)
            ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", space)
            ip("link", "set", outside, "master", self.name, "up")
            ip("-n", space, "addr", "add", f"{self.address(node)}/24", "dev", "eth0")
            ip("-n", space, "link", "set", "eth0", "up")
            ip("-n", space, "link", "set", "lo", "up")

    def remove(self) -> None:
        for node in self.nodes:
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", self.namespace(node))
        with suppress(subprocess.CalledProcessError):
            ip("link", "del", self.name)

    def unplug(self, node: int) -> None:
        """Nobody reaches the node any more, and connections to it stay half open."""
        ip("link", "set", f"{self.name}v{node}", "down")

    def plug_in(self, node: int) -> None:
        ip("link", "set", f"{self.name}v{node}", "up")

    def part(self, node: int) -> None:
        """The node and the others do not reach each other; clients reach them all."""
        for one, other in self._pairs(node):
            ip("-n", self.namespace(one), "route", "add", "blackhole", f"{self.address(other)}/32")

    def join(self, node: int) -> None:
        for one, other in self._pairs(node):
            ip("-n", self.namespace(one), "route", "del", "blackhole", f"{self.address(other)}/32")

    def _pairs(self, node: int) -> list[tuple[int, int]]:
        return [pair for other in self.nodes if other != node for pair in ((node, other), (other, node))]


@dataclass(slots=True)
class Cluster(RabbitMQ):
    """A broker of three nodes: its address is a list of all of them."""

    network: Network = field(default_factory=lambda: Network("", 0))
    password: str = ""

    def url(self, vhost: str | None = None) -> str:
        path = quote(vhost or "", safe="")
        hosts = [self.network.address(node) for node in self.network.nodes]
        return ",".join(f"amqp://iom:{self.password}@{host}:{PORTS['amqp']}/{path}" for host in hosts)

    def node(self, number: int) -> Program:
        return next(program for program in self.programs if program.name == f"node-{number}")

    def kill(self, number: int) -> None:
        os.kill(self.node(number).pid, signal.SIGKILL)
        self.node(number).close()

    def whole(self) -> bool:
        """Whether every node knows every other as running; False also where one does not answer."""
        for number in self.network.nodes:
            admin = f"http://iom:{self.password}@{self.network.address(number)}:{PORTS['management']}"
            try:
                nodes = Management(RabbitMQ("", admin, ""), seconds=2).call("GET", "/nodes") or []
            except OSError:
                return False
            if sum(bool(node.get("running")) for node in nodes) != SIZE:
                return False
        return True


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """The cluster, in *folder*; it is not whole at once."""
    network = Network(f"iom{os.getpid() % 10_000}", os.getpid() % 250 + 1)
    password, cookie = secrets.token_urlsafe(24), secrets.token_hex(20)
    admin = f"http://iom:{password}@{network.address(1)}:{PORTS['management']}"
    cluster = Cluster(address="", admin_url=admin, way="cluster", network=network, password=password)
    found = rabbitmq.find("", local() / "packages")
    network.make()
    try:
        for number in network.nodes:
            cluster.programs += node(found, network, number, folder / str(number), password, cookie)
        for program in cluster.programs:
            program.start()
        yield cluster
    finally:
        stop_together(cluster.programs)
        network.remove()


def node(
    found: rabbitmq.Installation, network: Network, number: int, data: Path, password: str, cookie: str
) -> list[Program]:
    """A node's port mapper and the node itself, in their namespace."""
    data.mkdir(mode=0o700, parents=True)
    (data / ".erlang.cookie").touch(mode=0o400)
    (data / ".erlang.cookie").chmod(0o600)
    (data / ".erlang.cookie").write_text(cookie)
    (data / ".erlang.cookie").chmod(0o400)
    rabbitmq._write_configuration(data, password, PORTS)
    settings = (data / "rabbitmq.conf").read_text().replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - in a namespace
    peers = [f"cluster_formation.classic_config.nodes.{n} = iom@{network.address(n)}" for n in network.nodes]
    settings += "\n".join(
        ["cluster_formation.peer_discovery_backend = classic_config", *peers,
         "cluster_partition_handling = pause_minority"]
    )  # fmt: skip
    (data / "rabbitmq.conf").write_text(settings + "\n")
    known = rabbitmq._environment(found, data, PORTS)
    del known["ERL_EPMD_ADDRESS"]  # any, within the namespace
    environment = {
        **known,
        "RABBITMQ_USE_LONGNAME": "true",
        "RABBITMQ_NODENAME": f"iom@{network.address(number)}",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel net_ticktime {TICK}",
    }
    inside = ["ip", "netns", "exec", network.namespace(number)]
    return [
        Program(name=f"epmd-{number}", command=[*inside, found.erlang / "epmd", "-port", str(PORTS["epmd"])],
                log=data / "epmd.log", environment=environment, grace=2),
        Program(name=f"node-{number}", command=[*inside, found.home / "sbin" / "rabbitmq-server"],
                log=data / "node.log", environment=environment, stop_signal=signal.SIGKILL, folder=data),
    ]  # fmt: skip
