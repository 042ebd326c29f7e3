"""A rebuild that is killed: the live tables are as they were, and the next run clears what it left."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from shared.rebuild.rebuild import begun
from shared.store.postgres import PostgresStore
from tests.architecture.source import ROOT
from tests.databases import connected
from tests.rebuild.depot import found, rebuilt, rows_of, shadows, source, walk


def runs(pid: int) -> bool:
    """Whether the process is there and no corpse that nobody buried."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def free(url: str) -> bool:
    """Whether the server has noticed that who held the lock is gone."""
    async with connected(url) as connection:
        held = await connection.fetchval(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
    return not held


@asynccontextmanager
async def stopped_at(url: str, stage: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[int]]]:
    """A process that rebuilds and stays at *stage*, leader of a group of its own; and its workers."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.rebuild.killed", url, stage),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        yield process, [int(pid) for pid in (await process.stdout.readline()).split()]
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def gone(url: str, workers: list[int]) -> None:
    """Returns when nothing of the process is left, and the server knows it."""
    async with asyncio.timeout(20):
        while any(map(runs, workers)) or not await free(url):  # noqa: ASYNC110 - it is outside this process
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("stage", ["folding", "indexing", "swapping"])
async def test_a_killed_rebuild_leaves_the_live_tables_alone(store: PostgresStore, stage: str) -> None:
    for _ in range(3):
        await walk(store)
    before = await rows_of(store.url)
    async with stopped_at(store.url, stage) as (process, workers):
        assert bool(workers) == (stage == "folding")
        left = await shadows(store.url)
        assert len(left) == 1
        process.kill()
        await process.wait()
    await gone(store.url, workers)
    assert await rows_of(store.url) == before
    assert await shadows(store.url) == left
    async with begun(source(store.url), lambda _: None) as run:
        assert await shadows(store.url) == [run.shadow.schema]  # cleared before anything is done
    await rebuilt(store.url)
    assert await shadows(store.url) == []
    assert await found(store.url) == []
    assert await rows_of(store.url) == before


async def test_ctrl_c_ends_it_with_nothing_left_and_nothing_said(store: PostgresStore) -> None:
    await walk(store)
    before = await rows_of(store.url)
    async with stopped_at(store.url, "folding") as (process, workers):
        os.killpg(process.pid, signal.SIGINT)  # the terminal tells the workers too
        async with asyncio.timeout(30):
            _, said = await process.communicate()
        assert (process.returncode, said) == (130, b"")
    await gone(store.url, workers)
    assert (await rows_of(store.url), await shadows(store.url)) == (before, [])
