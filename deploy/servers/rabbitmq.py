"""A private RabbitMQ: an address given, an installed one, or the distribution's packages unpacked without root."""

import os
import secrets
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from deploy.say import Missing, say
from deploy.servers import packages
from deploy.servers.ports import answers, free_port
from deploy.servers.process import Program, stop_together

WAYS = ("address", "installed", "packages")
PORTS = ("amqp", "management", "distribution", "epmd")
HEARTBEAT = "heartbeat=10"  # the default of 60 s takes three minutes to notice a dead peer


@dataclass(frozen=True, slots=True)
class Installation:
    """The versioned folder of a RabbitMQ server, the folder of `erl`, and further library folders."""

    home: Path
    erlang: Path
    way: str
    libraries: tuple[Path, ...] = ()


@dataclass(slots=True)
class RabbitMQ:
    """A broker to use: its address without a vhost, its management API, and its programs when they are ours."""

    address: str
    admin_url: str
    way: str
    vhost: str = ""
    programs: list[Program] = field(default_factory=list)

    def url(self, vhost: str | None = None) -> str:
        chosen = self.vhost if vhost is None else quote(vhost, safe="")
        return f"{self.address}/{chosen}"

    def stop(self) -> None:
        stop_together(list(reversed(self.programs)))


def start(data: Path, log: Path, *, cache: Path, ports: dict[str, int] | None = None, lasting: bool = True) -> RabbitMQ:
    """A running broker with the management API; cache is where packages are unpacked.

    One that does not last is killed at its end instead of being asked to stop, which takes it six seconds.
    """
    forced = os.environ.get("IOM_RABBITMQ_FROM", "")
    if forced and forced not in WAYS:
        raise Missing(f"IOM_RABBITMQ_FROM={forced} is unknown: use one of {', '.join(WAYS)}.")
    address = os.environ.get("IOM_AMQP_URL", "")
    if forced == "address" or (address and not forced):
        return _given(address)
    return _private(find(forced, cache), data, log, ports if ports is not None else {}, lasting)


def _given(address: str) -> RabbitMQ:
    parts = urlsplit(address)
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
        raise Missing("IOM_AMQP_URL must be the broker's address: amqp://user:password@host:5672/vhost")
    port = parts.port or 5672
    if not answers(port, parts.hostname):
        raise Missing(f"No RabbitMQ answers at {parts.hostname}:{port}: start it or unset IOM_AMQP_URL.")
    say(f"RabbitMQ: using {parts.hostname}:{port}, as IOM_AMQP_URL says")
    return RabbitMQ(
        address=f"{parts.scheme}://{parts.netloc}",
        admin_url=os.environ.get("IOM_AMQP_ADMIN_URL", "").rstrip("/"),
        way="address",
        vhost=parts.path.removeprefix("/"),
    )


def find(forced: str, cache: Path) -> Installation:
    """The installed server, or the packages' one; unpacking happens only when it must."""
    if forced != "packages":
        installed = _installed()
        if installed is not None:
            return installed
        if forced == "installed":
            raise Missing("No installed RabbitMQ with Erlang was found: install rabbitmq-server or set IOM_AMQP_URL.")
    root = packages.unpacked(cache)
    home = _newest(root / "usr/lib/rabbitmq/lib")
    if home is None:
        raise Missing(f"The distribution's RabbitMQ package has an unknown layout in {root}: set IOM_AMQP_URL instead.")
    libraries = tuple(
        sorted({path.parent for path in root.glob("usr/lib/*/*.so*")} | set(root.glob("lib/*-linux-gnu")))
    )
    return Installation(home=home, erlang=root / "usr/bin", way="packages", libraries=libraries)


def _installed() -> Installation | None:
    erl = shutil.which("erl") or ("/usr/bin/erl" if Path("/usr/bin/erl").exists() else None)
    home = _newest(Path("/usr/lib/rabbitmq/lib"))
    on_path = shutil.which("rabbitmq-server")
    if home is None and on_path and (Path(on_path).resolve().parent / "rabbitmq-env").exists():
        home = Path(on_path).resolve().parent.parent
    return Installation(home=home, erlang=Path(erl).parent, way="installed") if home and erl else None


def _newest(folder: Path) -> Path | None:
    def version(path: Path) -> list[int]:
        return [int(part) for part in path.name.partition("-")[2].split(".") if part.isdigit()]

    found = sorted(folder.glob("rabbitmq_server-*/sbin/rabbitmq-server"), key=lambda p: version(p.parent.parent))
    return found[-1].parent.parent if found else None


def _private(found: Installation, data: Path, log: Path, ports: dict[str, int], lasting: bool) -> RabbitMQ:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = _password(data)
    for purpose in PORTS:
        ports[purpose] = free_port(ports.get(purpose))
    _write_configuration(data, password, ports)
    environment = _environment(found, data, ports)
    epmd = Program(
        name="epmd",
        command=[found.erlang / "epmd", "-port", str(ports["epmd"]), "-address", "127.0.0.1"],
        log=log.with_name("epmd.log"),
        environment=environment,
        grace=2,
    )
    broker = Program(
        name="rabbitmq",
        command=[found.home / "sbin" / "rabbitmq-server"],
        log=log,
        environment=environment,
        grace=20,
        stop_signal=signal.SIGTERM if lasting else signal.SIGKILL,
        folder=data,
    )
    server = RabbitMQ(
        address=f"amqp://iom:{password}@127.0.0.1:{ports['amqp']}",
        admin_url=f"http://iom:{password}@127.0.0.1:{ports['management']}",
        way=found.way,
        programs=[epmd, broker],
    )
    say(f"RabbitMQ ({found.way}: {found.home}): starting on 127.0.0.1:{ports['amqp']}, about ten seconds")
    epmd.start()
    _await_port(server, epmd, ports["epmd"], 10)
    broker.start()
    wait_until_ready(server)
    return server


def wait_until_ready(server: RabbitMQ, seconds: float = 120) -> None:
    """Returns when AMQP and the management API accept connections; a start that fails ends in one line."""
    for url in (server.address, server.admin_url):
        port = urlsplit(url).port
        if port and server.programs:
            _await_port(server, server.programs[-1], port, seconds)


def _await_port(server: RabbitMQ, program: Program, port: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not answers(port):
        if not program.running:
            words = program.last_words(5)
            server.stop()
            raise Missing(f"{program.name} ended at once: {words}")
        if time.monotonic() > until:
            server.stop()
            raise Missing(
                f"{program.name} did not answer on 127.0.0.1:{port} within {seconds:.0f} s; see {program.log}"
            )
        time.sleep(0.05)


def _password(data: Path) -> str:
    kept = data / "password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(24))
    return kept.read_text()


def _write_configuration(data: Path, password: str, ports: dict[str, int]) -> None:
    lines = [
        f"listeners.tcp.1 = 127.0.0.1:{ports['amqp']}",
        "management.tcp.ip = 127.0.0.1",
        f"management.tcp.port = {ports['management']}",
        "default_user = iom",
        f"default_pass = {password}",
        "disk_free_limit.absolute = 100MB",
        "collect_statistics_interval = 1000",
        "heartbeat = 10",
    ]
    (data / "rabbitmq.conf").touch(mode=0o600)
    (data / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
    (data / "enabled_plugins").write_text("[rabbitmq_management].\n")
    (data / "empty.env").write_text("")


def _environment(found: Installation, data: Path, ports: dict[str, int]) -> dict[str, str]:
    """Everything RabbitMQ would otherwise look for in the system's or the user's own places."""
    tools = os.pathsep.join([str(found.erlang), os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/bin", "/bin"])
    libraries = os.pathsep.join(map(str, found.libraries))
    return {
        "PATH": tools,
        "HOME": str(data),
        "LANG": "C.UTF-8",
        **({"LD_LIBRARY_PATH": libraries} if libraries else {}),
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": "iom@localhost",
        "RABBITMQ_DIST_PORT": str(ports["distribution"]),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_CONF_ENV_FILE": str(data / "empty.env"),
        "RABBITMQ_CONFIG_FILE": str(data / "rabbitmq.conf"),
        "RABBITMQ_CONFIG_FILES": str(data / "conf.d"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(data / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(data / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(data / "mnesia"),
        "RABBITMQ_LOG_BASE": str(data / "log"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(data / "generated"),
        "RABBITMQ_PID_FILE": str(data / "pid"),
        "detached": "1",  # the script then becomes the server instead of waiting beside it
    }
