"""A parcel: the smallest category that has everything a store must keep."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec

from shared.domain import Decider, Gone, Personal, Refusal, Row, message
from shared.store import Append, Category, Context, Heard, Receipt

NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)

SCHEMA = """
CREATE TABLE IF NOT EXISTS parcels (
    id uuid PRIMARY KEY, version integer NOT NULL, places text[] NOT NULL, notes jsonb, stamp bytea, seen timestamptz
);
CREATE TABLE IF NOT EXISTS stops (parcel uuid, n integer, place text NOT NULL, PRIMARY KEY (parcel, n));
"""


@message
class Send:
    place: str


@message
class Move:
    place: str


# Facts
@message
class Sent:
    place: str


@message
class Moved:
    place: str
    note: str = ""


@message
class Signed:
    by: Personal
    remark: Personal | None = None


@message
class Weighed:  # an old form: grams as a text with its unit
    weight: str


@message
class Measured:
    grams: int


@message
class Parcel:
    places: tuple[str, ...] = ()


class NotSent(Refusal):
    """Only a parcel that was sent can move."""

    clause = "1.1"


class SentAlready(Refusal):
    """A parcel is sent once."""


def decide(command: Send | Move, state: Parcel) -> list[Sent | Moved]:
    match command:
        case Send(place=place):
            if state.places:
                raise SentAlready
            return [Sent(place=place)]
        case Move(place=place):
            if not state.places:
                raise NotSent
            return [] if state.places[-1] == place else [Moved(place=place)]


def evolve(state: Parcel, fact: object) -> Parcel:
    match fact:
        case Sent(place=place) | Moved(place=place):
            return replace(state, places=(*state.places, place))
        case _:
            return state


def view(id: UUID, version: int, state: Parcel) -> Iterable[Row | Gone]:
    yield Row(table="parcels", values={"id": id, "version": version, "places": state.places})
    yield Gone(table="stops", key={"parcel": id})
    for n, place in enumerate(state.places):
        yield Row(table="stops", values={"parcel": id, "n": n, "place": place})


parcel: Category = Category(
    name="parcel",
    decider=Decider(initial=Parcel(), decide=decide, evolve=evolve),
    facts=(Sent, Moved, Signed, Weighed, Measured),
    view=view,
    upcasters={Weighed: lambda old: Measured(grams=int(old.weight.removesuffix(" g")))},
)


def context(**changes: object) -> Context:
    plain = Context(
        actor=UUID(int=7),
        role="courier",
        scope="own",
        command=UUID(int=8),
        command_name="Send",
        causation=None,
        correlation="c-1",
        occurred_at=NOON,
    )
    return msgspec.structs.replace(plain, **changes)


def stream() -> str:
    return parcel.stream(uuid4())


def append(
    stream: str,
    *facts: object,
    expected: int | None = None,
    rows: Iterable[Row | Gone] = (),
    receipt: Receipt | None = None,
    heard: Heard | None = None,
) -> Append:
    return Append(
        stream=stream,
        expected=expected,
        facts=facts,
        context=context(),
        rows=tuple(rows),
        receipt=receipt,
        heard=heard,
    )


def receipt(id: UUID | None = None, result: bytes = b"first") -> Receipt:
    return Receipt(id=id or uuid4(), fingerprint=b"same", result=result)


def heard(message: str = "m-1") -> Heard:
    return Heard(message=message, contract="others.thing_done.v1", stream="thing-1", version=1)


def card(id: object, version: int = 1, **values: object) -> Row:
    return Row(table="parcels", values={"id": id, "version": version, "places": ["Ust"], **values})
