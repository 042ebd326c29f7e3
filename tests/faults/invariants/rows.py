"""What people read, against what the facts say."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from shared.domain import Row
from shared.store.codec import Sealed, unseal
from shared.store.keys import KeyRing, WrappedKey
from tests.faults import words
from tests.faults.child import MASTER
from tests.faults.invariants.register import invariant
from tests.faults.snapshot import Fact, View

CATEGORIES = {each.name: each for each in (words.claims, words.mirrors, words.certificates, words.notices)}
FORMS = {
    "claim.noted": words.Noted,
    "claim.decided": words.Decided,
    "mirror.mirrored": words.Mirrored,
    "certificate.issued": words.Issued,
    "notice.told": words.Told,
}


@invariant
def read_model_is_replay(view: View) -> Iterator[str]:
    """The rows people read are those a fold of the facts shows."""
    for kept in view.services:
        expected: dict[str, list[dict[str, Any]]] = {table: [] for table in kept.rows}
        for stream, facts in kept.streams().items():
            category = CATEGORIES[stream.partition("-")[0]]
            state = category.decider.fold(event(fact) for fact in facts)
            for row in category.view(UUID(stream.partition("-")[2]), facts[-1].version, state):
                if isinstance(row, Row):
                    expected[row.table].append(dict(row.values))
        for table, rows in kept.rows.items():
            here, there = Counter(map(plain, rows)), Counter(map(plain, expected[table]))
            if here != there:
                more, less = (here - there).total(), (there - here).total()
                example = next(iter((here - there) | (there - here)))
                yield f"{kept.service}: {table} has {more} rows too many, {less} are missing, such as {example}"


def event(fact: Fact) -> Any:
    if fact.kind == "claim.opened":
        return words.Opened(mark=fact.said["mark"], by=words.Personal(subject=UUID(int=0), text=None))
    return msgspec.json.decode(fact.data, type=FORMS[fact.kind])


def plain(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, str(list(value) if isinstance(value, tuple | list) else value)) for name, value in sorted(row.items())
    )


@invariant
def personal_texts_open(view: View) -> Iterator[str]:
    """A person's text is readable with the one key kept for them, and in no other way."""
    ring = KeyRing(MASTER)
    keys = {}
    for row in view.writing.keys:
        keys[row["id"]] = ring._unwrap(WrappedKey(**row))  # the table is read past the store
    for fact in view.writing.of_kind("claim.opened"):
        ask = view.ledger.asks.get(fact.said["mark"])
        text = unseal(fact.id, "by", Sealed(**{**fact.said["by"], "subject": UUID(fact.said["by"]["subject"])}), keys)
        if ask is not None and text.text != ask.values["by"]:
            yield f"fact {fact.id}: the text is {'gone' if text.text is None else 'another'}"
        if ask is not None and ask.values["by"].encode() in fact.data:
            yield f"fact {fact.id}: the text lies open"
