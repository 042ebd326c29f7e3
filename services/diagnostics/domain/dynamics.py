"""Whether a teacher changed between the initial and the final diagnostics, or only the score did.

A higher raw score alone proves nothing: many who did not change score higher the second time. What counts is the
difference of abilities measured on one scale, against the errors of both.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.diagnostics.domain.instrument import Kind
from services.diagnostics.domain.numbers import truncated
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
    kind: Kind
    calibration: str
    theta: str
    se: str
    items: tuple[str, ...]
    anchors: tuple[str, ...]


@message
class Judgement:
    verdict: Verdict
    obstacle: Obstacle  # why the two are not comparable
    z: str  # empty when they are not
    shared_anchors: tuple[str, ...]


def judge(initial: Result, final: Result, policy: Policy) -> Judgement:
    anchors = tuple(sorted(set(initial.anchors) & set(final.anchors)))
    if obstacle := _obstacle(initial, final, anchors, policy):
        return Judgement(verdict="not_comparable", obstacle=obstacle, z="", shared_anchors=anchors)
    z = reliable_difference(initial, final)
    return Judgement(
        verdict=_verdict(z, Decimal(policy.reliable_z)), obstacle="", z=truncated(z), shared_anchors=anchors
    )


def reliable_difference(initial: Result, final: Result) -> Decimal:
    """z = Δθ/√(SE₁²+SE₂²), from the numbers as they stand in the facts, so that anybody gets the same."""
    error = (Decimal(initial.se) ** 2 + Decimal(final.se) ** 2).sqrt()
    return (Decimal(final.theta) - Decimal(initial.theta)) / error


def _obstacle(initial: Result, final: Result, anchors: Sequence[str], policy: Policy) -> Obstacle:
    if initial.kind != final.kind:
        return "kind"
    if initial.calibration != final.calibration:
        return "calibration"
    if Decimal(len(anchors)) <= Decimal(policy.anchor_share) * max(len(initial.items), len(final.items)):
        return "anchors"
    return ""


def _verdict(z: Decimal, threshold: Decimal) -> Verdict:
    if z >= threshold:
        return "improved"
    if z <= -threshold:
        return "declined"
    return "no_reliable_change"
