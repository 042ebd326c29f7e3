"""How diagnostics are conducted where the regulation leaves room: readings that a region publishes as data."""

from typing import Literal

from services.diagnostics.domain.instrument import Kind
from shared.domain import message

Combining = Literal["median", "mean"]


@message
class Conduct:
    version: str
    own_approval: bool  # whether an author may approve an instrument of their own
    least_raters: dict[Kind, int]  # how many experts must have rated before a procedure is concluded
    combining: Combining  # how the points of several experts for one criterion become one number
    least_agreement: str  # share of pairs of ratings within one grade; below it a further expert is advised
    precedence: tuple[Kind, ...]  # whose level stands where procedures differ; self-diagnosis is never among them
