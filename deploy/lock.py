"""Who runs the suite of a folder: a lock that the kernel releases when the last process of the suite has ended."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from deploy.servers.process import held_by_guards


class Lock:
    """A lock file with the holder's process id in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def take(self) -> bool:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        held_by_guards.add(file.fileno())
        return True

    def take_within(self, seconds: float) -> bool:
        """Waits for what a killed runner left to end; never for a living one."""
        until = time.monotonic() + seconds
        while not self.take():
            if self.holder(alive=True) is not None or time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def release(self) -> None:
        if self._file is not None:
            held_by_guards.discard(self._file.fileno())
            self._file.close()
            self._file = None

    def holder(self, *, alive: bool = False) -> int | None:
        """The process id of whoever took it; None when it is free, or when only a living holder is asked for."""
        if not self._path.exists():
            return None
        with self._path.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                text = file.read().strip()
                pid = int(text) if text.isdigit() else None
                return None if pid is not None and alive and not _lives(pid) else pid
            return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
