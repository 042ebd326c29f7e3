"""What a message follows: told alike by whoever goes through the log, and read by each reader in its own way."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
import pytest
from pydantic import BaseModel

from shared.bus.envelope import Envelope, envelope, parse
from shared.bus.trail import Trail, predecessor
from shared.store.memory import MemoryStore
from shared.store.types import Recorded
from tests.bus.words import TALLY, Counted, publish, record, recorded

EVEN, COUNTED = "sums.even_counted.v2", "sums.counted.v1"


class EvenCounted(BaseModel):
    contract: ClassVar[str] = EVEN
    number: int


def tell(fact: Recorded[Any]) -> BaseModel | None:
    """Zero is private, even numbers have a contract of their own."""
    number = fact.event.number
    return EvenCounted(number=number) if number and number % 2 == 0 else publish(fact)


class Reading(MemoryStore):
    """Counts what is read of single streams."""

    reads = 0
    asked: Mapping[str, int] | None = None  # of several at once

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded[Any]]:
        self.reads += 1
        return await super().read(stream, after, limit)

    async def read_many(self, versions: Mapping[str, int]) -> list[Recorded[Any]]:
        assert self.asked is None, "a page is met by one look into the store"
        self.asked = versions
        return [fact for name in versions for fact in await MemoryStore.read(self, name, limit=versions[name])]


@pytest.fixture
def store() -> Reading:
    return Reading([TALLY])


async def told(trail: Trail, facts: list[Recorded[Any]]) -> list[str]:
    return [await trail.follows(fact, tell(fact)) for fact in facts]


async def test_each_contract_is_told_with_its_last_version(store: Reading) -> None:
    await record(store, [1, 0, 3, 2, 4, 0, 5])
    said = await told(Trail(store, tell), await store.read_log(0))
    assert said[0] == ""
    assert said[2:5] == ["counted.v1=1", "counted.v1=3", "counted.v1=3 even_counted.v2=4"]
    assert said[6] == "counted.v1=3 even_counted.v2=5"
    assert store.reads == 0, "what passed by need not be read"


async def test_streams_do_not_follow_each_other(store: Reading) -> None:
    one, other = uuid4(), uuid4()
    for number in (1, 3):
        await record(store, [number], one)
        await record(store, [number], other)
    assert await told(Trail(store, tell), await store.read_log(0)) == ["", "", "counted.v1=1", "counted.v1=1"]


async def test_who_begins_in_the_middle_says_the_same(store: Reading) -> None:
    ids = [uuid4() for _ in range(3)]
    for number in range(8):
        for id in ids:
            await record(store, [number], id)
    log = await store.read_log(0)
    whole = await told(Trail(store, tell), log)
    promised = [place for place, fact in enumerate(log) if tell(fact)]
    for begin in range(len(log)):
        again = await told(Trail(store, tell), log[begin:])
        assert [again[place - begin] for place in promised if place >= begin] == [
            whole[place] for place in promised if place >= begin
        ]


async def test_a_stream_is_read_once_and_only_when_there_is_something_to_tell(store: Reading) -> None:
    await record(store, [1, 0, 0, 3, 5, 7])
    trail, log = Trail(store, tell), await store.read_log(0)
    await told(trail, log[1:3])
    assert store.reads == 0
    assert await told(trail, log[3:]) == ["counted.v1=1", "counted.v1=4", "counted.v1=5"]
    assert store.reads == 1


async def test_a_page_is_met_by_one_look_into_the_store(store: Reading) -> None:
    ids = [uuid4() for _ in range(4)]
    for number in (1, 3):
        for id in ids[:3]:
            await record(store, [number], id)
    await record(store, [0, 0], ids[2])
    await record(store, [5], ids[0])
    await record(store, [7], ids[3])
    log = await store.read_log(0)
    whole = await told(Trail(store, tell), log)
    trail = Trail(store, tell)
    await trail.meet(log[4:6])
    assert store.asked == {TALLY.stream(ids[1]): 1, TALLY.stream(ids[2]): 1}
    assert await told(trail, log[4:6]) == whole[4:6]
    store.asked = None
    await trail.meet(log[6:])
    assert store.asked == {TALLY.stream(ids[0]): 2}, "the third is at hand, and its news are private; the last is new"
    assert await told(trail, log[6:]) == whole[6:]
    assert store.reads == 0


async def test_who_goes_back_does_not_tell_of_the_future(store: Reading) -> None:
    await record(store, [1, 3, 5, 7])
    trail, log = Trail(store, tell), await store.read_log(0)
    first = await told(trail, log)
    assert await told(trail, log[1:]) == first[1:] == ["counted.v1=1", "counted.v1=2", "counted.v1=3"]


async def test_no_more_streams_are_kept_than_are_allowed(store: Reading) -> None:
    ids = [uuid4() for _ in range(3)]
    for number in (1, 3):
        for id in ids:
            await record(store, [number], id)
    trail = Trail(store, tell, streams=2)
    assert (await told(trail, await store.read_log(0)))[3:] == ["counted.v1=1"] * 3
    assert len(trail._pasts) == 2
    assert store.reads == 3


def message(follows: str, version: int = 9) -> Envelope:
    fact = recorded(1, version=version)
    promise = publish(fact)
    assert promise is not None
    return parse(envelope(fact, promise, "sums", follows))


@pytest.mark.parametrize(
    ("follows", "last"),
    [
        ("", 0),
        ("counted.v1=3", 3),
        ("counted.v1=3 even_counted.v2=7", 7),
        ("counted.v1=3 secret.v1=8", 3),  # a contract that is not heard
        ("secret.v1=8", 0),
        ("counted.v2=8", 0),
        ("sums.counted.v1=8", 0),
        # What no maker of ours says.
        ("counted.v1=9 counted.v1=10 counted.v1=4", 4),
        ("counted.v1=-3 counted.v1=x counted.v1= counted.v1 = ===", 0),
        (f"counted.v1={'9' * 5000}", 0),
        ("counted.v1=\u0663", 3),
    ],
)
def test_a_reader_waits_for_the_last_that_it_is_given(follows: str, last: int) -> None:
    assert predecessor(message(follows), {COUNTED, EVEN, "other.secret.v1"}) == last


def test_a_contract_of_the_same_name_from_another_service_is_not_meant() -> None:
    assert predecessor(message("counted.v1=3"), {"others.counted.v1"}) == 0


async def test_chains_of_predecessors_lead_through_all_that_is_heard(store: Reading) -> None:
    """By induction one predecessor is enough, whatever the reader hears."""
    await record(store, [1, 0, 2, 4, 3, 0, 5, 6, 8])
    log = await store.read_log(0)
    trail, messages = Trail(store, tell), []
    for fact in log:
        promise = tell(fact)
        follows = await trail.follows(fact, promise)
        if promise is not None:
            messages.append(parse(envelope(fact, promise, "sums", follows)))
    for heard in ({COUNTED}, {EVEN}, {COUNTED, EVEN}):
        given = [one for one in messages if one.type in heard]
        assert [predecessor(one, heard) for one in given] == [0, *(one.streamversion for one in given[:-1])]


def test_a_promise_need_not_say_what_it_follows() -> None:
    fact = msgspec.structs.replace(recorded(1), stream=TALLY.stream(UUID(int=1)))
    assert b"follows" not in envelope(fact, Counted(tally_id=UUID(int=1), number=1), "sums")
    assert message("").follows == ""
