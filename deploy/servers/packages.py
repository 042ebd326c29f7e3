"""The distribution's RabbitMQ and Erlang packages, downloaded and unpacked into a private folder without root."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from deploy.paths import elsewhere
from deploy.say import Missing, say

SERVER = "rabbitmq-server"
ADVICE = "install rabbitmq-server, or set IOM_AMQP_URL to a broker's address"


def unpacked(cache: Path) -> Path:
    """The folder that looks like `/` and holds the server; filled at the first call, kept afterwards."""
    if re.search(r"\s", str(cache.resolve())):
        cache = elsewhere(cache, "packages")
        say(f"RabbitMQ's scripts cannot live in a path with spaces: its packages are unpacked in {cache}")
    root = cache / "rabbitmq"
    if (root / ".complete").exists():
        return root
    _require_tools()
    cache.mkdir(parents=True, exist_ok=True)
    archives = cache / "archives"
    names, options = _closure(cache)
    say(f"RabbitMQ is not installed: downloading {len(names)} packages of the distribution into {archives}")
    _download(names, archives, options)
    shutil.rmtree(root, ignore_errors=True)
    for archive in sorted(archives.glob("*.deb")):
        say(f"  unpacking {archive.name}")
        _run(["dpkg-deb", "-x", str(archive), str(root)], f"{archive.name} could not be unpacked")
    _move_erlang(root)
    (root / ".complete").touch()
    shutil.rmtree(archives, ignore_errors=True)
    return root


def _require_tools() -> None:
    lacking = [tool for tool in ("apt-get", "apt-cache", "dpkg-deb") if shutil.which(tool) is None]
    if lacking:
        raise Missing(f"RabbitMQ is not installed and {lacking[0]} is missing, so no package can be fetched: {ADVICE}.")


def _run(command: list[str], failure: str, folder: Path | None = None) -> str:
    environment = {**os.environ, "LC_ALL": "C"}
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)  # noqa: S603
    if said.returncode != 0:
        reason = (said.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Missing(f"{failure} ({reason}): {ADVICE}.")
    return said.stdout


def _closure(cache: Path) -> tuple[list[str], list[str]]:
    """The packages to fetch, and apt's options: the system's package lists, or fresh ones of our own if it has none."""
    names = _depends([])
    if names:
        return names, []
    options = _own_lists(cache)
    say("The package manager has no package lists: fetching them into a private folder")
    _run(["apt-get", *options, "-q", "update"], "The package lists could not be fetched; is there a network?")
    names = _depends(options)
    if not names:
        raise Missing(f"This distribution has no package {SERVER}: {ADVICE}.")
    return names, options


def _own_lists(cache: Path) -> list[str]:
    state, store = cache / "apt" / "state", cache / "apt" / "cache"
    for folder in (state / "lists" / "partial", store / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": store,
        "APT::Sandbox::User": "root" if os.getuid() == 0 else "",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def _depends(options: list[str]) -> list[str]:
    """The server, every Erlang package it needs, and the libraries named by these that the machine lacks."""
    core = [name for name in _asked(options, [SERVER], "--recurse") if name.startswith("erlang-") or name == SERVER]
    if SERVER not in core:
        return []
    libraries = [name for name in _asked(options, core) if name.startswith("lib") and not _is_installed(name)]
    return sorted({*core, *libraries})


def _asked(options: list[str], names: list[str], *more: str) -> set[str]:
    """The packages themselves and what they depend on."""
    skipped = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    command = ["apt-cache", *options, "depends", *more, *(f"--no-{kind}" for kind in skipped), *names]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})  # noqa: S603
    found = set()
    for line in said.stdout.splitlines():
        if not line.startswith(" "):
            found.add(line.strip())
        elif match := re.match(r"  (?:Pre)?Depends: ([a-z0-9][^\s:]*)", line):  # not `|`: one of several would do
            found.add(match.group(1))
    return found


def _is_installed(name: str) -> bool:
    command = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", name]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return said.stdout.startswith("ii")


def _download(names: list[str], archives: Path, options: list[str]) -> None:
    shutil.rmtree(archives, ignore_errors=True)
    archives.mkdir(parents=True)
    sandbox = ["-o", "APT::Sandbox::User=root"] if os.getuid() == 0 else []
    command = ["apt-get", *options, *sandbox, "-q", "download", *names]
    _run(command, "RabbitMQ's packages could not be downloaded; is there a network?", archives)


def _move_erlang(root: Path) -> None:
    """Erlang's start scripts name the folder they were built for; tell them where they are."""
    erlang = root / "usr/lib/erlang"
    for script in [*erlang.glob("bin/*"), *erlang.glob("erts-*/bin/*")]:
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        if content.startswith(b"#!"):
            script.write_bytes(content.replace(b"ROOTDIR=/usr/lib/erlang", b"ROOTDIR=" + os.fsencode(erlang.resolve())))
