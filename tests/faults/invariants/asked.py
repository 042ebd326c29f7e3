"""What was asked of the writing service, against what it keeps."""

from collections.abc import Iterator

from tests.faults.invariants.register import invariant
from tests.faults.ledger import Ask
from tests.faults.snapshot import Fact, View


def by_mark(view: View) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = {}
    for fact in sorted(view.writing.facts, key=lambda fact: (fact.stream, fact.version)):
        found.setdefault(fact.said["mark"], []).append(fact)
    return found


def size(ask: Ask) -> int:
    """How many facts the wish makes when it is granted."""
    return len(ask.values["numbers"]) if ask.command == "Note" else 1


@invariant
def no_acknowledged_loss(view: View) -> Iterator[str]:
    """What was acknowledged is there, at the version that was told."""
    marks = by_mark(view)
    for ask in view.ledger.acknowledged():
        done = next(value for kind, value in ask.answers if kind == "done")
        there = marks.get(ask.mark, [])
        if [str(fact.id) for fact in there] != done["facts"]:
            yield f"{ask.command} {ask.mark} was acknowledged with {len(done['facts'])} facts, {len(there)} are there"
        elif there[-1].version != done["version"]:
            yield f"{ask.command} {ask.mark} was told version {done['version']}, it is {there[-1].version}"


@invariant
def no_ghost(view: View) -> Iterator[str]:
    """Nothing is there that was not asked, and nothing of what was refused."""
    for mark, facts in by_mark(view).items():
        ask = view.ledger.asks.get(mark)
        if ask is None or not ask.tried:
            yield f"mark {mark} was never asked"
        elif ask.refused:
            yield f"{ask.command} {mark} was refused and left {len(facts)} facts"
        elif {fact.stream for fact in facts} != {ask.stream}:
            yield f"{ask.command} {mark} was done to another stream"


@invariant
def each_command_once(view: View) -> Iterator[str]:
    """A wish was granted whole or not at all, and once, however often it was asked under its key."""
    for mark, facts in by_mark(view).items():
        ask = view.ledger.asks.get(mark)
        if ask is not None and len(facts) != size(ask) and (ask.key is not None or len(facts) % size(ask)):
            yield f"{ask.command} {mark} has {len(facts)} facts instead of {size(ask)}"


@invariant
def receipts_match(view: View) -> Iterator[str]:
    """A key has its receipt when and only when its command is done, and the receipt says what was done."""
    marks = by_mark(view)
    asks = {ask.key: ask for ask in view.ledger.asks.values() if ask.key}
    for key in view.writing.receipts.keys() - asks.keys():
        yield f"receipt {key} of a key that nobody used"
    for key, ask in asks.items():
        receipt, there = view.writing.receipts.get(key), marks.get(ask.mark, [])
        if (receipt is not None) != bool(there):
            yield f"{ask.command} {ask.mark}: {len(there)} facts and {'a' if receipt else 'no'} receipt"
        elif receipt and (receipt["version"], receipt["facts"]) != (there[-1].version, len(there)):
            yield f"{ask.command} {ask.mark}: the receipt tells another outcome"


@invariant
def repeats_answer_alike(view: View) -> Iterator[str]:
    """Whoever asks again under one key hears the first answer."""
    for ask in view.ledger.asks.values():
        told = {(value["version"], *value["facts"]) for kind, value in ask.answers if kind == "done"}
        if len(told) > 1 and ask.key is not None:
            yield f"{ask.command} {ask.mark} was answered in {len(told)} ways"


@invariant
def answers_are_right(view: View) -> Iterator[str]:
    """Where only one answer can be right, it was given, or none."""
    for ask in view.ledger.asks.values():
        for kind, value in ask.answers:
            if ask.must and kind not in (ask.must, "unavailable"):
                yield f"{ask.command} {ask.mark} was answered {kind} ({value}) instead of {ask.must}"


@invariant
def decided_in_order(view: View) -> Iterator[str]:
    """No stream holds what its own rules refuse: every fact was decided on all that stood before it."""
    for stream, facts in view.writing.streams().items():
        kinds = [fact.kind for fact in facts]
        numbers = [fact.said["number"] for fact in facts if fact.kind == "claim.noted"]
        if kinds[0] != "claim.opened" or kinds.count("claim.opened") > 1 or "claim.decided" in kinds[:-1]:
            yield f"{stream}: {' '.join(kinds)}"
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{stream}: numbers {numbers}"


@invariant
def no_failure(view: View) -> Iterator[str]:
    """A fault of the world is answered as such, not as an error that nobody foresaw."""
    for ask in view.ledger.asks.values():
        for kind, value in ask.answers:
            if kind == "failed":
                yield f"{ask.command} {ask.mark} failed: {value}"
