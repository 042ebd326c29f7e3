"""Bundled acknowledgements: nothing is acknowledged that is not done, and nothing done waits for a slow neighbour."""

import asyncio

import pytest

from shared.bus.acks import Acks


class Told:
    """A message that notes what its broker is told."""

    def __init__(self, frames: list[tuple[int, bool]], tag: int) -> None:
        self.delivery_tag = tag
        self._frames = frames

    async def ack(self, multiple: bool = False) -> None:
        self._frames.append((self.delivery_tag, multiple))


@pytest.fixture
def frames() -> list[tuple[int, bool]]:
    return []


async def test_an_unbroken_row_goes_in_one_frame(frames: list[tuple[int, bool]]) -> None:
    acks = Acks()
    for tag in (2, 1, 4, 3):
        acks.done(Told(frames, tag))
    await acks.flush()
    assert frames == [(4, True)]


async def test_a_slow_message_does_not_hold_up_those_behind_it(frames: list[tuple[int, bool]]) -> None:
    acks = Acks()
    for tag in (1, 3, 4):
        acks.done(Told(frames, tag))
    await acks.flush()
    assert frames == [(1, True), (3, False), (4, False)]
    acks.done(Told(frames, 2))
    acks.done(Told(frames, 5))
    await acks.flush()
    assert frames[3:] == [(5, True)]


async def test_what_was_rejected_is_not_acknowledged_but_passed_over(frames: list[tuple[int, bool]]) -> None:
    acks = Acks()
    acks.done(Told(frames, 1))
    acks.rejected(Told(frames, 2))
    await acks.flush()
    acks.rejected(Told(frames, 3))
    acks.done(Told(frames, 4))
    await acks.flush()
    acks.rejected(Told(frames, 5))
    await acks.flush()
    assert frames == [(1, True), (4, True)]


async def test_what_is_done_during_a_flush_is_told_too(frames: list[tuple[int, bool]]) -> None:
    acks = Acks(seconds=0)

    class Slow(Told):
        async def ack(self, multiple: bool = False) -> None:
            acks.done(Told(frames, 2))
            await super().ack(multiple)

    acks.done(Slow(frames, 1))
    async with asyncio.timeout(5):
        while len(frames) < 2:  # noqa: ASYNC110 - the frames are noted by a task of the object under test
            await asyncio.sleep(0)
    assert [tag for tag, _ in frames] == [1, 2]


async def test_two_flushes_at_once_tell_each_message_once(frames: list[tuple[int, bool]]) -> None:
    acks, slow = Acks(seconds=60), asyncio.Event()

    class Slow(Told):
        async def ack(self, multiple: bool = False) -> None:
            await slow.wait()
            await super().ack(multiple)

    acks.done(Slow(frames, 3))  # by itself, for 1 and 2 are under way
    acks.done(Told(frames, 4))
    first = asyncio.create_task(acks.flush())
    await asyncio.sleep(0)
    acks.done(Told(frames, 1))
    acks.done(Told(frames, 2))
    second = asyncio.create_task(acks.flush())
    await asyncio.sleep(0)
    slow.set()
    await asyncio.gather(first, second)
    assert frames == [(3, False), (4, False), (2, True)]
