"""What another service made of the promises it heard, and the way there."""

from collections import Counter
from collections.abc import Iterator

from tests.faults import words
from tests.faults.invariants.register import invariant
from tests.faults.snapshot import View


@invariant
def each_effect_once(view: View) -> Iterator[str]:
    """Every promise that could be taken has its effect, once, and no effect is without its promise."""
    traps = view.ledger.traps
    promised = {str(fact.id) for fact in view.writing.of_kind("claim.noted") if fact.said["mark"] not in traps}
    effects = Counter(fact.cause for fact in view.hearing.of_kind("mirror.mirrored"))
    if lost := promised - effects.keys():
        yield f"{len(lost)} of {len(promised)} notes have no effect"
    if strange := effects.keys() - promised:
        yield f"{len(strange)} effects of nothing that was promised"
    if doubled := [cause for cause, times in effects.items() if times > 1]:
        yield f"{len(doubled)} notes have their effect more than once"


@invariant
def order_per_stream(view: View) -> Iterator[str]:
    """Effects stand in the order of what caused them."""
    versions = {str(fact.id): fact.version for fact in view.writing.facts}
    for stream, facts in view.hearing.streams().items():
        if stream.startswith("mirror-"):
            order = [versions.get(fact.cause or "", 0) for fact in facts]
            if order != sorted(order):
                yield f"{stream} was mirrored in the order {order}"


@invariant
def one_certificate_per_decision(view: View) -> Iterator[str]:
    """Every decision has its certificate, one, and there is no certificate without a decision."""
    decisions = {f"certificate-{fact.said['decision']}" for fact in view.writing.of_kind("claim.decided")}
    issued = Counter(fact.stream for fact in view.hearing.of_kind("certificate.issued"))
    if decisions != issued.keys():
        yield f"{len(decisions - issued.keys())} decisions without, {len(issued.keys() - decisions)} without decision"
    if doubled := [stream for stream, times in issued.items() if times > 1]:
        yield f"{len(doubled)} decisions have several certificates"


@invariant
def one_notice_per_key(view: View) -> Iterator[str]:
    """However many notes carry a key, one notice is told for it, and none for a key that no note carries."""
    traps = view.ledger.traps
    noted = [fact.said for fact in view.writing.of_kind("claim.noted") if fact.said["mark"] not in traps]
    keys = {f"notice-{words.notice_id(said['key'])}" for said in noted if said["key"]}
    notices = Counter(fact.stream for fact in view.hearing.of_kind("notice.told"))
    if keys != notices.keys():
        yield f"{len(keys - notices.keys())} keys without a notice, {len(notices.keys() - keys)} notices without a key"
    if doubled := [stream for stream, times in notices.items() if times > 1]:
        yield f"{len(doubled)} keys have several notices"


@invariant
def inbox_matches_effects(view: View) -> Iterator[str]:
    """What was heard is written down with its effect: neither without the other."""
    written = set(view.hearing.inbox)
    for fact in view.hearing.facts:
        if (fact.cause, fact.stream) not in written:
            yield f"{fact.kind} {fact.id}: its message is not in the inbox"
    effects = {(fact.cause, fact.stream) for fact in view.hearing.of_kind("mirror.mirrored")}
    mirrored = {entry for entry in written if entry[1].startswith("mirror-")}
    if without := mirrored - effects:
        yield f"{len(without)} messages are in the inbox without their effect"


@invariant
def relay_is_through(view: View) -> Iterator[str]:
    """The relay's checkpoint has reached the end of the log and not gone beyond."""
    for kept in view.services:
        if kept.relayed != len(kept.positions):
            yield f"{kept.service}: the relay stands at {kept.relayed} of {len(kept.positions)}"


@invariant
def dead_letters_are_the_bad_ones(view: View) -> Iterator[str]:
    """What cannot be read or kills its reader is among the dead letters, and nothing else."""
    traps = view.ledger.traps
    bad = {str(fact.id) for fact in view.writing.of_kind("claim.noted") if fact.said["mark"] in traps}
    readable = Counter(id for id, readable in view.dead if readable)
    unreadable = sum(not readable for _, readable in view.dead)
    if wrong := readable.keys() - bad:
        yield f"{len(wrong)} good messages died"
    if lost := bad - readable.keys():
        yield f"{len(lost)} bad messages are nowhere"
    if unreadable != view.ledger.poison:
        yield f"{unreadable} of {view.ledger.poison} unreadable messages are kept"
