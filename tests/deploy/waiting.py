"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable, Collection
from pathlib import Path


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process exists and is more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def survivors(pids: Collection[int], seconds: float = 20) -> list[int]:
    """Those that have not ended in time."""
    end = time.monotonic() + seconds
    while (found := [pid for pid in pids if alive(pid)]) and time.monotonic() < end:
        time.sleep(0.02)
    return found


LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


def listening(port: int) -> set[str]:
    """The local addresses, as the kernel writes them, on which somebody listens at a port."""
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    found = {line[1] for line in lines if line[3] == "0A"}
    return {address.split(":")[0] for address in found if int(address.split(":")[1], 16) == port}
