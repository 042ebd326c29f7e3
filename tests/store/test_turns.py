"""Commands on one stream go one after another, and nobody waits for ever."""

import asyncio

import pytest

from shared.store import turns as streams
from shared.store.turns import StreamTurns
from shared.store.types import StoreUnavailable


async def test_one_stream_in_order_of_arrival_and_others_side_by_side() -> None:
    turns, order, going = StreamTurns(), list[str](), asyncio.Event()

    async def take(stream: str, name: str) -> None:
        async with turns.turn(stream):
            order.append(name)
            await going.wait()

    tasks = [asyncio.create_task(take(stream, stream + str(n))) for n in (1, 2, 3) for stream in ("a", "b")]
    await asyncio.sleep(0)
    assert order == ["a1", "b1"]
    going.set()
    await asyncio.gather(*tasks)
    assert [name for name in order if name[0] == "a"] == ["a1", "a2", "a3"]
    assert not turns._locks
    assert not turns._waiting


async def test_who_waits_too_long_is_told_to_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PATIENCE", 0.01)
    turns = StreamTurns()
    async with turns.turn("a"):
        with pytest.raises(StoreUnavailable):
            async with turns.turn("a"):
                raise AssertionError("it is not this one's turn")
    async with turns.turn("a"):
        pass
