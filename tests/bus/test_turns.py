"""Turns: whatever order messages come in, those of a stream go in the order of their versions."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from shared.bus.turns import HASTY, Abandoned, Turns
from tests.bus.wire import until

A, B = "claim-a", "claim-b"


class Rig:
    """Turns over a database that knows `heard`; `went` is who had a turn, in order."""

    def __init__(self, look: float = 0.005, looks: int = 20, **more: int) -> None:
        self.heard: dict[str, int] = {}
        self.asked: list[str] = []
        self.went: list[tuple[str, int]] = []
        self.abandoned: list[int] = []
        self.now = 0.0
        self.turns = Turns(self.heard_up_to, look=look, looks=looks, clock=lambda: self.now, **more)
        self.tasks: list[asyncio.Task[None]] = []

    async def heard_up_to(self, stream: str) -> int:
        self.asked.append(stream)
        await asyncio.sleep(0)
        return self.heard.get(stream, 0)

    def come(
        self, version: int, follows: int, stream: str = A, work: Callable[[], Awaitable[object]] | None = None
    ) -> "asyncio.Task[None]":
        async def handle() -> None:
            try:
                async with self.turns.turn(stream, version, follows):
                    self.went.append((stream, version))
                    await (work or (lambda: asyncio.sleep(0)))()
            except Abandoned:
                self.abandoned.append(version)

        self.tasks.append(asyncio.create_task(handle()))
        return self.tasks[-1]

    async def all_gone(self) -> None:
        async with asyncio.timeout(10):
            await asyncio.gather(*self.tasks)
        assert self.turns._lines == {}

    def order(self, stream: str = A) -> list[int]:
        return [version for name, version in self.went if name == stream]


@pytest.mark.parametrize("seed", range(20))
async def test_any_disorder_is_healed(seed: int) -> None:
    """Streams with gaps between the versions that are heard, copies among them, arriving bit by bit."""
    rig, chance = Rig(look=0.2), random.Random(seed)  # noqa: S311 - to be repeated
    arriving: list[tuple[str, int, int]] = []
    heard: dict[str, list[int]] = {}
    for stream in (A, B):
        heard[stream] = versions = sorted(chance.sample(range(1, 60), 25))
        arriving += [(stream, version, last) for version, last in zip(versions, [0, *versions], strict=False)]
    arriving += chance.sample(arriving, 10)
    chance.shuffle(arriving)
    for stream, version, follows in arriving:
        rig.come(version, follows, stream)
        if chance.random() < 0.3:
            await asyncio.sleep(0.001 * chance.random())
    await rig.all_gone()
    for stream in (A, B):
        first = list(dict.fromkeys(rig.order(stream)))
        assert first == heard[stream]
    assert (rig.turns.gaps, len(rig.went)) == (0, 60)


async def test_who_waits_holds_up_only_its_own_stream() -> None:
    rig = Rig(look=5)
    rig.come(3, 2)
    rig.come(7, 0, B)
    await until(lambda: rig.went == [(B, 7)])
    rig.come(2, 0)
    await rig.all_gone()
    assert (rig.went, rig.turns.gaps) == ([(B, 7), (A, 2), (A, 3)], 0)


async def test_one_at_a_time_and_nobody_overtakes_one_that_takes_long() -> None:
    rig, done = Rig(), asyncio.Event()
    rig.come(1, 0, work=done.wait)
    rig.come(3, 2)
    rig.come(2, 1)
    rig.come(4, 0)  # from a maker that does not tell
    await asyncio.sleep(0.2)  # longer than any wait for what is missing: what it waits for is in hand
    assert (rig.order(), rig.turns.gaps) == ([1], 0)
    done.set()
    await rig.all_gone()
    assert rig.order() == [1, 2, 3, 4]


async def test_a_message_that_fails_without_leaving_is_not_settled() -> None:
    rig = Rig()

    async def fails() -> None:
        raise ValueError

    first = rig.come(1, 0, work=fails)
    rig.come(2, 1)
    with suppress(ValueError):
        await first
    assert rig.order() == [1]
    rig.come(1, 0)
    rig.tasks.remove(first)
    await rig.all_gone()
    assert rig.order() == [1, 1, 2]


async def test_the_database_is_asked_only_where_memory_cannot_tell() -> None:
    rig = Rig()
    rig.heard = {B: 4}
    for version, follows in ((1, 0), (2, 1), (5, 2), (2, 1)):
        await rig.come(version, follows)
    assert rig.asked == []
    await rig.come(6, 4, B)
    await rig.come(8, 6, B)
    await rig.come(3, 0, B)
    assert rig.asked == [B]
    assert rig.turns.gaps == 0


async def test_what_was_settled_by_another_process_counts() -> None:
    """Memory is behind: a copy of the first message is all that this process met."""
    rig = Rig(look=5)
    await rig.come(1, 0)
    rig.heard = {A: 7}
    await rig.come(9, 7)
    assert (rig.asked, rig.turns.gaps) == ([A], 0)


async def test_no_more_streams_are_known_than_are_allowed() -> None:
    rig = Rig(streams=2)
    for stream in (A, B, "claim-c"):
        await rig.come(1, 0, stream)
    rig.heard = {A: 1}
    await rig.come(2, 1, B)
    assert rig.asked == []
    await rig.come(2, 1, A)
    assert rig.asked == [A]
    assert len(rig.turns._settled) == 2


async def test_what_does_not_come_is_not_waited_for_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    rig.come(5, 4)
    rig.come(6, 5)
    await rig.all_gone()
    assert (rig.order(), rig.turns.gaps) == ([5, 6], 1)
    assert "version 5 goes on without version 4" in caplog.text
    await rig.come(4, 3)  # it came late: nothing waits any more, and it has its effect
    assert (rig.order(), rig.turns.gaps) == ([5, 6, 4], 1)


async def test_after_a_wait_in_vain_there_is_haste_for_a_minute() -> None:
    rig = Rig(look=0.05, looks=4)

    async def waited(version: int) -> float:
        before = asyncio.get_running_loop().time()
        await rig.come(version, version - 1, f"claim-{version}")
        return asyncio.get_running_loop().time() - before

    assert await waited(2) >= 0.19
    assert rig.turns.hasty
    assert 0.04 <= await waited(3) < 0.15
    rig.now += HASTY + 1
    assert not rig.turns.hasty
    assert await waited(4) >= 0.19
    assert rig.turns.gaps == 3


async def test_what_is_in_hand_is_put_in_order_in_haste_too() -> None:
    rig = Rig(look=0.1)
    await rig.come(9, 8, B)
    assert rig.turns.hasty
    for version in (4, 2, 3, 1):
        rig.come(version, version - 1)
        await asyncio.sleep(0.01)
    await rig.all_gone()
    assert (rig.order(), rig.turns.gaps) == ([1, 2, 3, 4], 1)


async def test_copies_that_come_and_go_do_not_shorten_a_wait() -> None:
    rig = Rig(look=1, looks=2)
    rig.come(5, 4)
    for _ in range(10):
        await rig.come(1, 0)
        await asyncio.sleep(0.005)
    await rig.come(4, 0)
    await rig.all_gone()
    assert (rig.order()[-2:], rig.turns.gaps) == ([4, 5], 0)


async def test_a_process_that_was_stopped_has_not_waited_meanwhile() -> None:
    rig = Rig(look=0.05, looks=4)
    rig.come(2, 1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    time.sleep(0.5)  # noqa: ASYNC251 - nothing of this process goes on
    await asyncio.sleep(0.01)
    rig.come(1, 0)
    await rig.all_gone()
    assert (rig.order(), rig.turns.gaps) == ([1, 2], 0)


async def test_leaving_ends_waits_for_what_is_missing_and_lets_the_others_end() -> None:
    rig, done = Rig(look=60), asyncio.Event()
    rig.come(2, 1)
    rig.come(3, 0)  # behind it, whatever it says itself
    rig.come(1, 0, B, work=done.wait)
    rig.come(2, 1, B)
    rig.come(5, 4, B)
    await until(lambda: (B, 1) in rig.went)
    rig.turns.leave()
    await until(lambda: rig.abandoned == [2, 3])
    assert rig.went == [(B, 1)]
    done.set()
    await rig.all_gone()
    assert (rig.order(B), rig.abandoned) == ([1, 2], [2, 3, 5])
    assert rig.turns.gaps == 0


async def test_what_is_behind_a_message_that_was_left_is_left_too() -> None:
    rig, leaves = Rig(), asyncio.Event()

    async def left() -> None:
        await leaves.wait()
        raise Abandoned

    rig.come(1, 0, work=left)
    rig.come(2, 0)
    rig.come(3, 2)
    await until(lambda: rig.order() == [1])
    rig.turns.leave()
    again = rig.come(2, 0)  # of the next connection
    leaves.set()
    await rig.all_gone()
    assert (rig.order(), sorted(rig.abandoned)) == ([1, 2], [1, 2, 3])
    assert again.done()


async def test_leaving_while_the_database_is_asked() -> None:
    rig, answer = Rig(), asyncio.Event()

    async def slow(stream: str) -> int:
        await answer.wait()
        return 0

    rig.turns._heard_up_to = slow
    rig.come(2, 1)
    await asyncio.sleep(0)
    rig.turns.leave()
    answer.set()
    await rig.all_gone()
    assert (rig.went, rig.abandoned) == ([], [2])


async def test_who_is_cancelled_makes_room() -> None:
    rig = Rig(look=5)
    waiting = rig.come(2, 1)
    rig.come(3, 0)
    await asyncio.sleep(0.01)
    waiting.cancel()
    rig.tasks.remove(waiting)
    await rig.all_gone()
    assert rig.order() == [3]
