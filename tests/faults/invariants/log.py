"""Positions, versions, hashes and signatures: the one order of facts, and the proof of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from shared.store.merkle import Frontier
from shared.store.notes import BadNote, Checkpoint, Signer
from tests.faults.child import SEED
from tests.faults.invariants.register import invariant
from tests.faults.snapshot import Fact, Kept, View

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@invariant
def dense_positions(view: View) -> Iterator[str]:
    """Every fact has one position, and positions have no hole."""
    for kept in view.services:
        if kept.positions != list(range(1, len(kept.positions) + 1)):
            yield f"{kept.service}: {len(kept.positions)} positions, the last is {kept.positions[-1]}"
        if without := sum(fact.position is None for fact in kept.facts):
            yield f"{kept.service}: {without} facts without a position, {kept.pending} pending"
        if len(kept.positions) > len(kept.facts):
            yield f"{kept.service}: {len(kept.positions)} positions for {len(kept.facts)} facts"


@invariant
def dense_versions(view: View) -> Iterator[str]:
    """Versions of a stream are 1, 2, 3 …"""
    for kept in view.services:
        for stream, facts in kept.streams().items():
            if [fact.version for fact in facts] != list(range(1, len(facts) + 1)):
                yield f"{kept.service}: {stream} has versions {[fact.version for fact in facts]}"


@invariant
def positions_follow_versions(view: View) -> Iterator[str]:
    """In the log a stream's facts stand in the order of their versions."""
    for kept in view.services:
        for stream, facts in kept.streams().items():
            positions = [fact.position for fact in facts if fact.position is not None]
            if positions != sorted(positions):
                yield f"{kept.service}: {stream} stands at {positions}"


def leaf(fact: Fact) -> bytes:
    """RFC 6962's leaf hash over every column, written a third time: neither the kit's Python nor its SQL is trusted."""
    microseconds = (fact.recorded_at - EPOCH) // timedelta(microseconds=1)
    hashed = sha256(b"\x00")
    for part in (
        fact.id.bytes, fact.stream.encode(), fact.version.to_bytes(8), fact.kind.encode(), fact.data, fact.meta,
        microseconds.to_bytes(8),
    ):  # fmt: skip
        hashed.update(len(part).to_bytes(4) + part)
    return hashed.digest()


@invariant
def leaves_match(view: View) -> Iterator[str]:
    """Each leaf of the log is the hash of its fact, all columns of it."""
    for kept in view.services:
        wrong = [fact for fact in kept.facts if fact.leaf is not None and fact.leaf != leaf(fact)]
        if wrong:
            yield f"{kept.service}: {len(wrong)} leaves do not fit their facts, the first at {wrong[0].position}"


@invariant
def tree_verifies(view: View) -> Iterator[str]:
    """Every checkpoint ever signed or heard of is signed by the service and fits the log; the last covers all of it."""
    for kept in view.services:
        roots = roots_of(kept)
        heads = {size: note for size, _, note in kept.heads}
        heard = view.ledger.heads.setdefault(kept.service, {})
        for size, note in [*heads.items(), *heard.items()]:
            yield from (f"{kept.service}: {problem}" for problem in contradiction(kept.service, size, note, roots))
        heard.update(heads)
        if kept.facts and max(heads, default=0) != len(kept.facts):
            yield f"{kept.service}: the last checkpoint covers {max(heads, default=0)} of {len(kept.facts)} facts"


def roots_of(kept: Kept) -> list[bytes]:
    """The root of the first n facts, by n."""
    frontier = Frontier()
    roots = [frontier.root()]
    for fact in sorted((each for each in kept.facts if each.position), key=lambda each: each.position or 0):
        frontier.add(leaf(fact))
        roots.append(frontier.root())
    return roots


def contradiction(service: str, size: int, note: str, roots: list[bytes]) -> Iterator[str]:
    try:
        checkpoint = Checkpoint.parse(Signer(f"iom-{service}", SEED).verifier.open(note))
    except BadNote as problem:
        yield f"checkpoint {size}: {problem}"
        return
    if checkpoint.size != size or size >= len(roots):
        yield f"checkpoint {size} is beyond the log's {len(roots) - 1} facts"
    elif checkpoint.root != roots[size]:
        yield f"checkpoint {size} has another root than the log"
