"""A program started under the watcher: it cannot outlive this process, and Ctrl-C reaches it only through us."""

import os
import pwd
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")

# Descriptors every watcher keeps open. A lock among them is free only when the last program has ended, so nobody
# starts a second server on data that a dying one still has open.
held_by_guards: set[int] = set()


@dataclass(frozen=True, slots=True)
class Account:
    """The user a program runs as."""

    uid: int
    gid: int
    name: str

    @property
    def other(self) -> bool:
        return self.uid != os.getuid()


def myself() -> Account:
    return Account(os.getuid(), os.getgid(), str(os.getuid()))


def unprivileged() -> Account:
    """Ourselves, or as root an unprivileged user of this machine."""
    if os.getuid() != 0:
        return myself()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    return Account(65534, 65534, "65534")


@dataclass(slots=True)
class Program:
    """What is to be run; start() may be called again after it ended."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account = field(default_factory=myself)
    stop_signal: int = signal.SIGTERM
    grace: float = 10.0
    folder: Path | None = None
    pid: int = 0
    _guard: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        if self.running:
            return
        self.close()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        arguments = [str(int(self.stop_signal)), str(self.grace), str(self.account.uid), str(self.account.gid)]
        with self.log.open("ab") as log:
            self._guard = subprocess.Popen(  # noqa: S603 - our own argument list
                [sys.executable, "-I", "-S", str(GUARD), *arguments, *map(str, self.command)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=dict(self.environment) or None,
                cwd=self.folder,
                pass_fds=tuple(held_by_guards),
                start_new_session=True,  # the terminal's Ctrl-C must not reach it before we decide
            )
        assert self._guard.stdout is not None  # noqa: S101 - it was asked for
        self.pid = int(self._guard.stdout.readline() or 0)

    @property
    def running(self) -> bool:
        return self._guard is not None and self._guard.poll() is None

    @property
    def code(self) -> int | None:
        return None if self._guard is None else self._guard.poll()

    def ask_to_stop(self) -> None:
        """Begin the end without waiting, so that several programs end at the same time."""
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()

    def stop(self) -> None:
        self.ask_to_stop()
        self.close()

    def close(self) -> None:
        if self._guard is None:
            return
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait()
        if self._guard.stdout is not None:
            self._guard.stdout.close()
        self._guard = None
        self.pid = 0

    def last_words(self, lines: int = 3) -> str:
        """The end of its log in one line, for an error message."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return " | ".join(line.strip() for line in text.splitlines()[-lines:] if line.strip())


def stop_together(programs: Sequence[Program]) -> None:
    """End several programs, all at once, and wait for every one."""
    for program in programs:
        program.ask_to_stop()
    waiting = [threading.Thread(target=program.stop) for program in programs]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
