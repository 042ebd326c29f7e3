"""What every store promises."""

import asyncio
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from shared.domain import Personal
from shared.store import Appended, Recorded, Repeated, StaleVersion, Store
from shared.store.keys import KeyRing
from tests.store.conftest import Settle
from tests.store.parcel import (
    Measured,
    Moved,
    Sent,
    Signed,
    Weighed,
    append,
    context,
    heard,
    receipt,
    stream,
)


async def events(store: Store, name: str) -> list[object]:
    return [fact.event for fact in await store.read(name)]


def without_position(facts: list[Recorded[Any]]) -> list[Recorded[Any]]:
    """A store may have given positions already, or not yet."""
    return [msgspec.structs.replace(fact, position=None) for fact in facts]


async def test_what_was_appended_is_read_back_whole(store: Store) -> None:
    name = stream()
    done = await store.append(append(name, Sent(place="Ust"), Moved(place="Bor", note="по реке")))
    assert isinstance(done, Appended)
    assert done.version == 2
    read = await store.read(name)
    assert without_position(read) == done.facts
    assert [(f.stream, f.version, f.kind) for f in read] == [(name, 1, "parcel.sent"), (name, 2, "parcel.moved")]
    assert read[0].context == context()
    assert str(read[0].stream_id) == name.removeprefix("parcel-")
    assert read[0].recorded_at.tzinfo is not None


@pytest.mark.parametrize(("expected", "written"), [(None, True), (1, True), (0, False), (2, False), (7, False)])
async def test_an_append_names_the_version_it_expects(store: Store, expected: int | None, written: bool) -> None:
    name = stream()
    await store.append(append(name, Sent(place="Ust"), expected=0))
    if written:
        done = await store.append(append(name, Moved(place="Bor"), expected=expected))
        assert isinstance(done, Appended)
        assert done.version == 2
    else:
        with pytest.raises(StaleVersion):
            await store.append(append(name, Moved(place="Bor"), expected=expected))
        assert len(await store.read(name)) == 1


async def test_a_new_stream_is_not_at_a_later_version(store: Store) -> None:
    name = stream()
    with pytest.raises(StaleVersion):
        await store.append(append(name, Sent(place="Ust"), expected=1))
    assert await store.read(name) == []


async def test_a_stream_is_read_in_parts(store: Store) -> None:
    name = stream()
    await store.append(append(name, *(Moved(place=str(n)) for n in range(10))))
    assert [f.version for f in await store.read(name, after=3)] == [4, 5, 6, 7, 8, 9, 10]
    assert [f.version for f in await store.read(name, after=3, limit=2)] == [4, 5]
    assert await store.read(name, after=10) == []


async def test_a_command_has_its_effect_once(store: Store) -> None:
    name, kept = stream(), receipt()
    await store.append(append(name, Sent(place="Ust"), receipt=kept))
    again = await store.append(append(name, Moved(place="Bor"), receipt=receipt(kept.id, b"second")))
    assert again == Repeated(result=b"first")
    assert await events(store, name) == [Sent(place="Ust")]
    assert await store.receipt(kept.id) == kept
    assert await store.receipt(uuid4()) is None


async def test_a_repeat_is_told_before_its_version_is_judged(store: Store) -> None:
    name, kept = stream(), receipt()
    await store.append(append(name, Sent(place="Ust"), expected=0, receipt=kept))
    assert await store.append(append(name, Sent(place="Ust"), expected=0, receipt=kept)) == Repeated(result=b"first")


async def test_a_stale_command_keeps_no_receipt(store: Store) -> None:
    name, kept = stream(), receipt()
    with pytest.raises(StaleVersion):
        await store.append(append(name, Sent(place="Ust"), expected=4, receipt=kept, heard=heard()))
    assert await store.receipt(kept.id) is None
    done = await store.append(append(name, Sent(place="Ust"), expected=0, receipt=kept, heard=heard()))
    assert isinstance(done, Appended)


async def test_a_command_without_facts_is_remembered_too(store: Store) -> None:
    name, kept = stream(), receipt()
    done = await store.append(append(name, receipt=kept))
    assert done == Appended(version=0, facts=[])
    assert await store.append(append(name, Sent(place="Ust"), receipt=kept)) == Repeated(result=b"first")


async def test_a_message_has_one_effect_on_each_stream(store: Store) -> None:
    one, other = stream(), stream()
    assert isinstance(await store.append(append(one, Sent(place="Ust"), heard=heard())), Appended)
    assert await store.append(append(one, Moved(place="Bor"), heard=heard())) == Repeated(result=b"")
    assert isinstance(await store.append(append(other, Sent(place="Ust"), heard=heard())), Appended)
    assert isinstance(await store.append(append(one, Moved(place="Bor"), heard=heard("m-2"))), Appended)
    assert await events(store, one) == [Sent(place="Ust"), Moved(place="Bor")]


async def test_it_is_told_how_far_a_stream_was_heard(store: Store) -> None:
    name, theirs = stream(), f"route-{uuid4()}"
    assert await store.heard_up_to(theirs) == 0
    for number, version in enumerate((7, 0, 3), 1):  # one has more to come, one came late
        told = msgspec.structs.replace(heard(f"m-{number}"), stream=theirs, version=version)
        assert isinstance(await store.append(append(name, Moved(place="Bor"), heard=told)), Appended)
    assert await store.heard_up_to(theirs) == 7
    told = msgspec.structs.replace(heard("m-4"), stream=theirs, version=9)
    assert isinstance(await store.append(append("heard-m-4", heard=told)), Appended), "a name of its own, no facts"
    assert await store.append(append("heard-m-4", heard=told)) == Repeated(result=b"")
    assert await store.heard_up_to(theirs) == 9
    assert await store.heard_up_to(f"route-{uuid4()}") == 0


async def test_what_was_not_appended_was_not_heard(store: Store) -> None:
    theirs = f"route-{uuid4()}"
    told = msgspec.structs.replace(heard(), stream=theirs, version=5)
    with pytest.raises(StaleVersion):
        await store.append(append(stream(), Sent(place="Ust"), expected=4, heard=told))
    assert await store.heard_up_to(theirs) == 0


async def test_a_repeated_message_leaves_no_receipt(store: Store) -> None:
    name, kept = stream(), receipt()
    await store.append(append(name, Sent(place="Ust"), heard=heard()))
    assert await store.append(append(name, Moved(place="Bor"), heard=heard(), receipt=kept)) == Repeated(result=b"")
    assert await store.receipt(kept.id) is None


async def test_positions_are_dense_and_keep_each_streams_order(store: Store, settle: Settle) -> None:
    names = [stream() for _ in range(5)]

    async def write(name: str) -> None:
        for n in range(12):
            await store.append(append(name, Moved(place=f"{n}a"), Moved(place=f"{n}b")))

    await asyncio.gather(*(write(name) for name in names))
    await settle()
    log = await store.read_log(0)
    assert [fact.position for fact in log] == list(range(1, 121))
    for name in names:
        assert [fact.version for fact in log if fact.stream == name] == list(range(1, 25))


async def test_several_streams_are_read_up_to_a_version_each(store: Store, settle: Settle) -> None:
    one, other, unasked = (stream() for _ in range(3))
    for name in (one, other, unasked):
        await store.append(append(name, *(Moved(place=f"{n}") for n in range(5))))
    await settle()
    found = await store.read_many({one: 3, other: 9, stream(): 4})
    assert {fact.stream for fact in found} == {one, other}
    assert [fact for fact in found if fact.stream == one] == await store.read(one, limit=3)
    assert [fact for fact in found if fact.stream == other] == await store.read(other)
    assert await store.read_many({}) == []


async def test_the_log_is_read_on_from_any_position(store: Store, settle: Settle) -> None:
    await store.append(append(stream(), *(Moved(place=str(n)) for n in range(10))))
    await settle()
    assert [f.position for f in await store.read_log(4, limit=3)] == [5, 6, 7]
    assert await store.read_log(10) == []


async def test_the_log_is_filtered_by_kind(store: Store, settle: Settle) -> None:
    for _ in range(3):
        await store.append(append(stream(), Sent(place="Ust"), Moved(place="Bor")))
    await settle()
    moved = await store.read_log(0, kinds={"parcel.moved"})
    assert [fact.position for fact in moved] == [2, 4, 6]
    assert [fact.position for fact in await store.read_log(2, limit=1, kinds={"parcel.moved"})] == [4]
    assert await store.read_log(0, kinds={"parcel.lost"}) == []


async def test_a_fact_may_be_large(store: Store, settle: Settle) -> None:
    name, large = stream(), Moved(place="Ust", note="ы" * 500_000)
    await store.append(append(name, large))
    await settle()
    assert await events(store, name) == [large]
    assert [fact.event for fact in await store.read_log(0)] == [large]


async def test_a_stream_may_be_long(store: Store) -> None:
    name = stream()
    for start in range(0, 10_000, 2_500):
        await store.append(append(name, *(Moved(place=str(n)) for n in range(start, start + 2_500)), expected=start))
    read = await store.read(name)
    assert [fact.version for fact in read] == list(range(1, 10_001))
    assert read[-1].event == Moved(place="9999")


async def test_of_writers_who_expect_one_version_one_wins(store: Store) -> None:
    name = stream()
    results = await asyncio.gather(
        *(store.append(append(name, Sent(place=str(n)), Moved(place=str(n)), expected=0)) for n in range(20)),
        return_exceptions=True,
    )
    won = [result for result in results if isinstance(result, Appended)]
    assert len(won) == 1
    assert sum(isinstance(result, StaleVersion) for result in results) == 19
    assert without_position(await store.read(name)) == won[0].facts


async def test_writers_who_expect_nothing_all_write(store: Store, settle: Settle) -> None:
    name = stream()
    done = await asyncio.gather(*(store.append(append(name, Moved(place=str(n)))) for n in range(40)))
    assert sorted(one.version for one in done if isinstance(one, Appended)) == list(range(1, 41))
    await settle()
    assert [fact.version for fact in await store.read_log(0)] == list(range(1, 41))


async def test_a_reader_remembers_how_far_it_came(store: Store) -> None:
    assert await store.checkpoint("relay") == 0
    await store.move_checkpoint("relay", 5)
    await store.move_checkpoint("relay", 9)
    assert await store.checkpoint("relay") == 9
    assert await store.checkpoint("other") == 0


async def test_a_persons_texts_are_read_until_they_are_forgotten(store: Store, keys: KeyRing, settle: Settle) -> None:
    name, anna, boris = stream(), uuid4(), uuid4()
    by_anna = Signed(by=Personal(subject=anna, text="Анна"), remark=Personal(subject=boris, text="для Бориса"))
    await store.append(append(name, by_anna))
    await settle()
    assert await events(store, name) == [by_anna]
    await keys.destroy(anna)
    forgotten = Signed(by=Personal(subject=anna, text=None), remark=Personal(subject=boris, text="для Бориса"))
    assert await events(store, name) == [forgotten]
    assert [fact.event for fact in await store.read_log(0)] == [forgotten]


async def test_a_forgotten_person_may_come_back(store: Store, keys: KeyRing) -> None:
    name, anna = stream(), uuid4()
    await store.append(append(name, Signed(by=Personal(subject=anna, text="Анна"))))
    await keys.destroy(anna)
    await store.append(append(name, Signed(by=Personal(subject=anna, text="снова Анна"))))
    read = await events(store, name)
    assert read == [Signed(by=Personal(subject=anna, text=text)) for text in (None, "снова Анна")]


async def test_an_old_fact_is_read_as_its_successor(store: Store) -> None:
    name = stream()
    await store.append(append(name, Weighed(weight="250 g")))
    read = await store.read(name)
    assert [(fact.kind, fact.event) for fact in read] == [("parcel.weighed", Measured(grams=250))]


async def test_a_fact_of_no_category_is_refused(store: Store) -> None:
    with pytest.raises(TypeError, match="no fact of category"):
        await store.append(append("letter-1", Sent(place="Ust")))
    with pytest.raises(TypeError, match="no fact of category"):
        await store.append(append(stream(), "not a fact"))


async def test_listeners_hear_of_every_append_that_wrote(store: Store) -> None:
    heard_of: list[int] = []
    store.listeners.append(lambda: heard_of.append(1))  # type: ignore[attr-defined]
    await store.append(append(stream(), receipt=receipt()))
    assert heard_of == []
    await store.append(append(stream(), Sent(place="Ust")))
    assert heard_of == [1]
