"""Bytes on disk: what they look like, and what may never become one."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.domain import Decider, Personal, message
from shared.store import Category, LogBroken
from shared.store.codec import Codec
from shared.store.keys import KeyRing, MemoryKeyTable
from shared.store.leaf import Stored, encoding
from tests.store.parcel import NOON, Signed, context, parcel

ID = UUID(int=1)


def category(*facts: type) -> Category[Any, Any, Any]:
    decider: Decider[Any, Any, Any] = Decider(initial=None, decide=lambda c, s: [], evolve=lambda s, e: s)
    return Category(name="thing", decider=decider, facts=facts, view=lambda id, version, state: [])


def stored(kind: str, data: bytes, id: UUID = ID) -> Stored:
    meta = Codec([], KeyRing(bytes(32))).encode_context(context())
    return Stored(id=id, stream="thing-1", version=1, kind=kind, data=data, meta=meta, recorded_at=NOON)


@message
class Rich:
    id: UUID
    at: datetime
    price: Decimal
    steps: tuple[int, ...]
    by: Personal | None = None


@message
class Floating:
    score: float


@message
class Inner:
    who: Personal


@message
class Nested:
    inner: Inner


@message
class Many:
    people: tuple[Personal, ...]


async def test_every_plain_type_comes_back_equal() -> None:
    codec = Codec([category(Rich)], KeyRing(bytes(32)))
    fact = Rich(id=ID, at=datetime(2026, 1, 9, 12, 0, 0, 123456, tzinfo=UTC), price=Decimal("1.10"), steps=(1, 2))
    ((kind, data),) = await codec.encode("thing-1", [ID], [fact])
    assert kind == "thing.rich"
    assert data == (
        b'{"id":"00000000-0000-0000-0000-000000000001","at":"2026-01-09T12:00:00.123456Z","price":"1.10",'
        b'"steps":[1,2],"by":null}'
    )
    assert (await codec.decode([(stored(kind, data), 4)]))[0].event == fact


async def test_a_fact_written_before_a_field_existed_has_its_default() -> None:
    codec = Codec([parcel], KeyRing(bytes(32)))
    (read,) = await codec.decode([(stored("parcel.moved", b'{"place":"Ust","later":1}'), None)])
    assert read.event.note == ""


@pytest.mark.parametrize(("fact", "why"), [(Floating, "float"), (Nested, "personal"), (Many, "personal")])
def test_what_would_be_wrong_for_ever_is_refused_at_the_start(fact: type, why: str) -> None:
    with pytest.raises(TypeError, match=why):
        Codec([category(fact)], KeyRing(bytes(32)))


def test_two_facts_cannot_share_a_kind() -> None:
    with pytest.raises(TypeError, match="two facts"):
        Codec([category(Rich, Rich)], KeyRing(bytes(32)))


@pytest.mark.parametrize(("kind", "data"), [("thing.unknown", b"{}"), ("thing.rich", b"{"), ("thing.rich", b"{}")])
async def test_an_unreadable_fact_stops_the_reader(kind: str, data: bytes) -> None:
    with pytest.raises(LogBroken, match=str(ID)):
        await Codec([category(Rich)], KeyRing(bytes(32))).decode([(stored(kind, data), 1)])


async def test_a_text_forgotten_before_it_was_written_stays_so() -> None:
    codec = Codec([parcel], KeyRing(bytes(32)))
    fact = Signed(by=Personal(subject=ID, text=None))
    ((kind, data),) = await codec.encode("parcel-1", [ID], [fact])
    assert (await codec.decode([(stored(kind, data), 1)]))[0].event == fact


async def test_a_sealed_text_names_its_subject_and_key() -> None:
    codec = Codec([parcel], KeyRing(bytes(32)))
    ((_, data),) = await codec.encode("parcel-1", [ID], [Signed(by=Personal(subject=ID, text="Анна"))])
    assert data.startswith(b'{"by":{"subject":"00000000-0000-0000-0000-000000000001","key":"')
    assert b'"sealed":"' in data


async def test_a_destroyed_key_is_felt_elsewhere_within_a_minute() -> None:
    now, table, anna = 0.0, MemoryKeyTable(), uuid4()
    here = KeyRing(bytes(32), table)
    there = KeyRing(bytes(32), table, clock=lambda: now)
    key = (await here.for_sealing([anna]))[anna]
    assert (await there.for_opening([key.id])).keys() == {key.id}
    await here.destroy(anna)
    assert await here.for_opening([key.id]) == {}
    now = 60.0
    assert await there.for_opening([key.id]) == {}


async def test_processes_agree_on_a_persons_key() -> None:
    table, anna = MemoryKeyTable(), uuid4()
    rings = [KeyRing(bytes(32), table) for _ in range(2)]
    ids = {(await ring.for_sealing([anna]))[anna].id for ring in rings}
    assert len(ids) == 1


async def test_another_master_key_opens_nothing() -> None:
    table, anna = MemoryKeyTable(), uuid4()
    await KeyRing(bytes(32), table).for_sealing([anna])
    with pytest.raises(ValueError, match="master key"):
        await KeyRing(b"\x01" * 32, table).for_sealing([anna])
    with pytest.raises(ValueError, match="32 bytes"):
        KeyRing(b"short")


def test_no_two_facts_have_one_encoding() -> None:
    one = stored("a", b"bc")
    other = Stored(
        id=one.id,
        stream=one.stream,
        version=one.version,
        kind="ab",
        data=b"c",
        meta=one.meta,
        recorded_at=one.recorded_at,
    )
    assert encoding(one) != encoding(other)


def test_the_encoding_is_the_documented_one() -> None:
    fact = Stored(id=ID, stream="s", version=2, kind="k", data=b"d", meta=b"", recorded_at=NOON)
    assert encoding(fact).hex() == (
        "00000010" + ID.hex + "0000000173" + "00000008" + "0000000000000002" + "000000016b" + "0000000164" + "00000000"
        "00000008" + f"{int(NOON.timestamp()) * 1_000_000:016x}"
    )
