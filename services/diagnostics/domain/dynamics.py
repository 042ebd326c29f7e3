"""Whether a teacher changed between the initial and the final diagnostics, or only the score did.

A higher raw score alone proves nothing: many who did not change score higher the second time. What counts is the
difference of abilities measured on one scale, against the errors of both. Forms of different calibrations are brought
onto one scale by their anchors, whose own error then counts too.
"""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.diagnostics.domain.instrument import Taken
from services.diagnostics.domain.linking import Link, link
from services.diagnostics.domain.numbers import fixed, truncated
from shared.domain import message

Verdict = Literal["improved", "no_reliable_change", "declined", "not_comparable"]
Obstacle = Literal["", "kind", "calibration", "anchors"]


@message
class Policy:
    """The published reading of "positive dynamics" (clauses 1.13 and 1.14)."""

    version: str
    reliable_z: str
    anchor_share: str  # more than this share of the longer form must be shared anchor items


@message
class Result:
    """One scored session, reduced to what a comparison needs."""

    session: UUID
    kind: Taken
    calibration: str
    theta: str
    se: str
    items: tuple[str, ...]
    anchors: tuple[str, ...]
    difficulties: tuple[str, ...] = ()  # of the items, in their order; results of the first days have none
    right: tuple[bool, ...] = ()  # whether each was answered right
    method: str = ""

    def anchored(self) -> dict[str, Decimal]:
        """Each anchor's difficulty in this calibration; empty where it was not kept."""
        known = dict(zip(self.items, self.difficulties, strict=False))
        return {code: Decimal(known[code]) for code in self.anchors if code in known}


@message
class Judgement:
    verdict: Verdict
    obstacle: Obstacle  # why the two are not comparable
    z: str  # empty when they are not
    shared_anchors: tuple[str, ...]  # those the comparison rests on
    shift: str = ""  # from the later calibration to the earlier, where they differ
    shift_error: str = ""


def judge(initial: Result, final: Result, policy: Policy) -> Judgement:
    bridge = bridged(initial, final)
    if obstacle := _obstacle(initial, final, bridge, policy):
        return Judgement(verdict="not_comparable", obstacle=obstacle, z="", shared_anchors=bridge.anchors)
    linked = initial.calibration != final.calibration
    shift, error = (fixed(bridge.shift), fixed(bridge.error)) if linked else ("", "")
    z = reliable_difference(initial, final, shift or "0", error or "0")
    return Judgement(
        verdict=_verdict(z, Decimal(policy.reliable_z)),
        obstacle="",
        z=truncated(z),
        shared_anchors=bridge.anchors,
        shift=shift,
        shift_error=error,
    )


def bridged(initial: Result, final: Result) -> Link:
    """The anchors both share. Within one calibration an anchor whose difficulty was changed is none."""
    earlier, later = initial.anchored(), final.anchored()
    if initial.calibration != final.calibration:
        return link(earlier, later)
    shared = sorted(set(initial.anchors) & set(final.anchors))
    same = tuple(code for code in shared if earlier.get(code, later.get(code)) == later.get(code, earlier.get(code)))
    return Link(shift=Decimal(0), error=Decimal(0), anchors=same)


def reliable_difference(initial: Result, final: Result, shift: str = "0", shift_error: str = "0") -> Decimal:
    """z = Δθ/√(SE₁²+SE₂²), from the numbers as they stand in the facts, so that anybody gets the same.

    Across calibrations the shift between the scales is taken off, and its error joins the two others.
    """
    error = (Decimal(initial.se) ** 2 + Decimal(final.se) ** 2 + Decimal(shift_error) ** 2).sqrt()
    return (Decimal(final.theta) - Decimal(shift) - Decimal(initial.theta)) / error


def _obstacle(initial: Result, final: Result, bridge: Link, policy: Policy) -> Obstacle:
    if initial.kind != final.kind:
        return "kind"
    if initial.calibration != final.calibration and not (initial.anchored() and final.anchored()):
        return "calibration"
    if Decimal(len(bridge.anchors)) <= Decimal(policy.anchor_share) * max(len(initial.items), len(final.items)):
        return "anchors"
    return ""


def _verdict(z: Decimal, threshold: Decimal) -> Verdict:
    if z >= threshold:
        return "improved"
    if z <= -threshold:
        return "declined"
    return "no_reliable_change"
