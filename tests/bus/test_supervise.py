"""Supervision: nothing ends in silence but what was asked to."""

import asyncio

import pytest

from shared.supervise import Supervisor, growing, keep_running, told
from tests.bus.wire import running, until


async def test_every_end_is_followed_by_a_new_beginning() -> None:
    ends = [ValueError("x"), asyncio.CancelledError(), None, OSError("y")]
    seen: list[str] = []

    async def run() -> None:
        if not ends:
            await asyncio.Event().wait()
        if end := ends.pop(0):
            raise end

    async with running(lambda: keep_running("it", run, first=0.001, failed=seen.append)) as task:
        await until(lambda: len(seen) == 4)
        assert not task.done()
    assert [words.split()[0] for words in seen] == ["ValueError", "CancelledError", "it", "OSError"]
    assert task.cancelled()


async def test_a_supervisor_ends_what_it_started(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    async def run(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    supervisor = Supervisor()
    supervisor.start("a", lambda: run("a"))
    supervisor.start("b", lambda: run("b"))
    with pytest.raises(ValueError, match="already running"):
        supervisor.start("a", lambda: run("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert supervisor.running
    await supervisor.stop()
    assert ended == ["b", "a"]
    assert not caplog.records


async def test_problems_are_told_by_name() -> None:
    async def run() -> None:
        raise KeyError("Ivanova")

    supervisor = Supervisor()
    supervisor.start("broken", run)
    await until(lambda: "broken" in supervisor.problems)
    await supervisor.stop()
    assert supervisor.problems["broken"].startswith("KeyError at test_supervise.py:")
    assert "Ivanova" not in supervisor.problems["broken"]


def test_pauses_grow_to_a_limit() -> None:
    pause = growing(0.1, 0.5)
    assert [pause() for _ in range(5)] == [0.1, 0.2, 0.4, 0.5, 0.5]


def test_an_error_never_raised_has_only_a_name() -> None:
    assert told(ValueError("secret")) == "ValueError"
