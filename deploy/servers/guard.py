"""A watcher that runs one program and ends it, with all its descendants, when whoever started the watcher is gone.

Run as `python guard.py STOP_SIGNAL GRACE_SECONDS UID GID PROGRAM ARGUMENT…` with a pipe as its standard input, which
the parent holds open. It uses the standard library only and prints the program's process id as its first line.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):  # Linux only; elsewhere the pipe alone does the work
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _children() -> list[int]:
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _end_stragglers() -> None:
    """Kill what the program left behind; orphans have become children of this process."""
    until = time.monotonic() + 5
    while (left := _children()) and time.monotonic() < until:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
        _reap()


def _start(program: list[str], uid: int, gid: int) -> "subprocess.Popen[bytes]":
    def die_with_guard() -> None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # runs after the change of user, which would clear it

    drop = {"user": uid, "group": gid, "extra_groups": []} if uid != os.getuid() else {}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]  # noqa: S603 - our own argument list
        program, stdin=subprocess.DEVNULL, stdout=2, stderr=2, preexec_fn=die_with_guard, **drop
    )


def _wait(child: "subprocess.Popen[bytes]", wake: int) -> bool:
    """True when the program ended by itself, False when it is to be ended."""
    while child.poll() is None:
        ready, _, _ = select.select([0, wake], [], [])
        if 0 in ready and not os.read(0, 64):
            return False
        if wake in ready and set(os.read(wake, 64)) & {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}:
            return False
    return True


def main(stop: int, grace: float, uid: int, gid: int, program: list[str]) -> int:
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    wake, signalled = os.pipe()
    os.set_blocking(signalled, False)
    signal.set_wakeup_fd(signalled)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    child = _start(program, uid, gid)
    print(child.pid, flush=True)
    with contextlib.suppress(OSError):
        os.close(1)
    if not _wait(child, wake):
        child.send_signal(stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace)
        if child.poll() is None:
            child.kill()
            child.wait()
    _end_stragglers()
    return child.returncode


if __name__ == "__main__":
    _stop, _grace, _uid, _gid, *_program = sys.argv[1:]
    code = main(int(_stop), float(_grace), int(_uid), int(_gid), _program)
    sys.exit(code if code >= 0 else 128 - code)
