"""As root the database runs as another user: places and programs that user may use, with no folder opened to it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from deploy.paths import elsewhere, local
from deploy.say import say
from deploy.servers.process import Account


def run_as(account: Account, command: list[str | Path], **more: Any) -> "subprocess.CompletedProcess[str]":
    drop: dict[str, Any] = {}
    if account.other:
        drop = {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **drop, **more)  # noqa: S603


def may_enter(folder: Path, account: Account) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    return run_as(account, ["/bin/sh", "-c", 'cd -- "$0"', folder]).returncode == 0


def may_run(program: Path, account: Account) -> bool:
    try:
        return run_as(account, [program, "--version"]).returncode == 0
    except PermissionError:
        return False


def moved(data: Path) -> Path:
    """The data's place outside; what an earlier, since removed project folder left there is not taken for ours."""
    place, marker = elsewhere(data.parent, data.name), data.with_name(f"{data.name}.elsewhere")
    if not marker.exists():
        shutil.rmtree(place, ignore_errors=True)
        marker.write_text(f"{place}\n")
    return place


def copied(programs: Path, account: Account) -> Path:
    """A copy of a wheel's `…/pginstall/bin`, with the libraries that lie beside the package."""
    package = programs.parent.parent
    copy = elsewhere(local(), package.name)
    result = copy / package.name / programs.parent.name / programs.name
    if not result.exists():
        say(f"PostgreSQL: copying its programs to {copy}, where user {account.name} may run them")
        unfinished = copy.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(programs.parent, unfinished / package.name / programs.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        _open_to_readers(unfinished)
        unfinished.rename(copy)
    return result


def _open_to_readers(folder: Path) -> None:
    """Only ever called on a copy of public programs."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
