"""The listener: what it writes down of each message, and the order in which messages have their effects."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.bus.envelope import envelope
from shared.bus.hearing import Hearing, Listener, Wish
from shared.bus.suspects import Company
from shared.bus.turns import Abandoned
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from shared.store.types import Append, Heard, StoreUnavailable
from tests.bus.wire import until
from tests.bus.words import HEARINGS, TALLY, Add, Counted, Failing, recorded

HERE, THERE = uuid4(), uuid4()


class Inbox(MemoryStore):
    """Keeps what was written down of messages, in order: (message, effect, version)."""

    def __init__(self) -> None:
        super().__init__([TALLY])
        self.written: list[tuple[str, str, int]] = []

    async def append(self, append: Append) -> Any:
        done = await super().append(append)
        if append.heard:
            self.written.append((append.heard.message, append.stream, append.heard.version))
        return done


@pytest.fixture
def store() -> Inbox:
    return Inbox()


def listener(executor: Executor, hearings: Iterable[Hearing] = HEARINGS, look: float = 0.02) -> Listener:
    it = Listener("reader", executor, tuple(hearings), first_pause=0.01, longest_pause=0.05)
    it.turns._look = look
    return it


def message(number: int, id: UUID, version: int = 1, follows: int = 0) -> tuple[bytes, str, str]:
    """A message, its id and its stream."""
    fact = recorded(number, id=id, version=version)
    promise = Counted(tally_id=id, number=number)
    return envelope(fact, promise, "sums", f"counted.v1={follows}" if follows else ""), str(fact.id), fact.stream


async def numbers(store: MemoryStore, id: UUID) -> list[int]:
    return [fact.event.number for fact in await store.read(TALLY.stream(id))]


def wishing(*ids: UUID) -> tuple[Hearing]:
    def react(promise: Counted, _: Heard) -> Iterable[Wish]:
        for id in ids:
            yield Wish(category=TALLY, id=id, command=Add(number=promise.number))

    return (Hearing(reads=Counted, react=react),)


async def test_a_message_nothing_is_wished_for_is_written_down(store: Inbox) -> None:
    body, id, stream = message(1, uuid4(), version=3)
    for _ in range(2):
        assert await listener(Executor(store), wishing()).hear(body, "test")
    assert store.position == 0
    assert store.written[0] == (id, f"heard-{id}", 3)
    assert await store.heard_up_to(stream) == 3


async def test_a_message_with_one_effect_is_written_down_with_it_alone(store: Inbox) -> None:
    body, id, _ = message(1, HERE, version=3)
    assert await listener(Executor(store)).hear(body, "test")
    assert store.written == [(id, TALLY.stream(HERE), 3)]


async def test_a_stream_is_settled_with_the_last_of_several_effects(store: Inbox) -> None:
    body, _, stream = message(1, uuid4(), version=3)

    class Dying(Executor):
        async def execute(self, category: Any, id: UUID, *args: Any, **more: Any) -> Any:
            if id == THERE:
                raise SystemExit  # the process is gone
            return await super().execute(category, id, *args, **more)

    with pytest.raises(SystemExit):
        await listener(Dying(store), wishing(HERE, THERE)).hear(body, "test")
    assert await store.heard_up_to(stream) == 0, "it has an effect to come"
    assert await listener(Executor(store), wishing(HERE, THERE)).hear(body, "test")
    assert await store.heard_up_to(stream) == 3
    assert (await numbers(store, HERE), await numbers(store, THERE)) == ([1], [1])


async def test_a_refused_message_is_refused_for_ever(store: Inbox) -> None:
    body, _, stream = message(1, HERE, version=3)

    class Strict(Executor):
        strict = True

        async def execute(self, category: Any, id: UUID, command: Any, *args: Any, **more: Any) -> Any:
            command = Add(number=1001) if self.strict else command
            return await super().execute(category, id, command, *args, **more)

    executor = Strict(store)
    it = listener(executor)
    assert await it.hear(body, "test")
    assert (it.refused, await store.heard_up_to(stream)) == (1, 3)
    for executor.strict in (True, False):  # judged as before, and on another state
        assert await it.hear(body, "test")
    assert (it.refused, store.position) == (1, 0), "a copy is no second refusal, and is not granted"


@pytest.mark.parametrize("number", [-1, "seven"])
async def test_what_goes_to_the_dead_letters_is_settled_and_may_still_have_its_effect(
    store: Inbox, number: Any
) -> None:
    good, id, stream = message(7, HERE, version=3)
    bad = good.replace(b'"number":7', b'"number":' + (b'"seven"' if number == "seven" else b"-1"))
    it = listener(Executor(store))
    assert not await it.hear(bad, "test")
    assert it.rejected == 1
    assert store.written == [(id, f"heard-{id}", 3)]
    assert await store.heard_up_to(stream) == 3
    assert await it.hear(good, "test"), "given back, its cause is gone"
    assert await numbers(store, HERE) == [7]


async def test_who_follows_a_dead_letter_does_not_wait_for_it(store: Inbox) -> None:
    it = listener(Executor(store), look=5)
    dead, _, _ = message(-1, HERE, version=1)
    after, _, _ = message(2, HERE, version=2, follows=1)
    async with asyncio.timeout(3):
        assert await asyncio.gather(it.hear(after, "2"), it.hear(dead, "1")) == [True, False]
        assert await listener(Executor(store), look=5).hear(message(3, HERE, 3, follows=2)[0], "3")
    assert (await numbers(store, HERE), it.gaps) == ([2, 3], 0)


async def test_first_deliveries_that_were_turned_around_have_their_effects_in_order(store: Inbox) -> None:
    it = listener(Executor(store), look=1)
    bodies = [message(n, HERE, version=2 * n, follows=2 * n - 2)[0] for n in range(1, 51)]
    assert all(await asyncio.gather(*(it.hear(body, "test") for body in reversed(bodies))))
    assert (await numbers(store, HERE), it.gaps) == (list(range(1, 51)), 0)


async def test_a_new_process_knows_what_was_settled_before(store: Inbox) -> None:
    assert await listener(Executor(store)).hear(message(1, HERE, 4)[0], "4")
    it = listener(Executor(store), look=5)
    async with asyncio.timeout(3):
        assert await it.hear(message(2, HERE, 6, follows=4)[0], "6")
    assert it.gaps == 0


async def test_what_does_not_come_is_waited_for_a_while(store: Inbox) -> None:
    it = listener(Executor(store), look=0.01)
    assert await it.hear(message(2, HERE, 2, follows=1)[0], "2")
    assert await it.hear(message(1, HERE, 1)[0], "1")
    assert (await numbers(store, HERE), it.gaps) == ([2, 1], 1)


async def test_a_store_that_cannot_tell_is_waited_for(store: Inbox) -> None:
    class Silent(Failing):
        silent = 4

        async def heard_up_to(self, stream: str) -> int:
            self.silent -= 1
            if self.silent >= 0:
                raise StoreUnavailable
            return 1

    it = listener(executor := Silent(store), look=5)
    async with asyncio.timeout(3):
        assert await it.hear(message(2, HERE, 2, follows=1)[0], "2")
    assert (executor.silent, it.gaps, it.last_error) == (-1, 0, "")


async def test_leaving_ends_a_wait_for_what_is_missing_at_once(store: Inbox) -> None:
    it = listener(Executor(store), look=60)
    waiting = asyncio.create_task(it.hear(message(2, HERE, 2, follows=1)[0], "2"))
    await until(lambda: bool(it.turns._lines))
    await asyncio.sleep(0.01)
    it.leave()
    with pytest.raises(Abandoned):
        await asyncio.wait_for(waiting, 1)
    assert (store.position, store.written) == (0, [])


async def test_leaving_in_a_fault_leaves_what_follows_too(store: Inbox) -> None:
    """The first is between two tries; the second comes from a maker that does not tell what it follows."""
    it = listener(Failing(store, StoreUnavailable()))
    it._pauses = (60, 60)
    both = [asyncio.create_task(it.hear(message(n, HERE, n)[0], str(n))) for n in (1, 2)]
    await until(lambda: bool(it.last_error))
    it.leave()
    assert [type(end) for end in await asyncio.gather(*both, return_exceptions=True)] == [Abandoned, Abandoned]
    assert store.position == 0


async def test_a_hopeless_message_is_not_read_and_nobody_waits_for_it(store: Inbox) -> None:
    read: list[int] = []

    class Hopeless(Company):
        def is_hopeless(self) -> bool:
            return True

    def react(promise: Counted, _: Heard) -> Iterable[Wish]:
        read.append(promise.number)
        return ()

    it = listener(Executor(store), [Hearing(reads=Counted, react=react)])
    assert not await it.hear(message(1, HERE, 1)[0], "1", Hopeless())
    assert await it.hear(message(2, HERE, 2, follows=1)[0], "2")
    assert (read, it.gaps) == ([2], 0)
