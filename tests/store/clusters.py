"""Further PostgreSQL servers beside the run's own one, each told which binaries it is to be made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.servers import postgres


def binaries(way: str) -> postgres.Binaries | None:
    """What this machine has of "installed" or "wheel"."""
    return next((found for found in postgres.candidates() if found.way == way), None)


@contextmanager
def cluster(way: str, folder: Path, name: str, *, fsync: bool = False) -> Iterator[postgres.Postgres]:
    """A fresh cluster of its own in *folder*, gone at the end; an address in the environment is left aside."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("IOM_POSTGRES_FROM", way)
        server = postgres.start(folder / name, folder / f"{name}.log", lasting=False, fsync=fsync)
    try:
        yield server
    finally:
        server.stop()
