"""Numbers as they stand in facts: decimal text with three digits, never a float."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

PLACES = Decimal("0.001")


def fixed(value: float | Decimal) -> str:
    """Three digits after the point, halves to the even digit, and no negative nought."""
    return _text(Decimal(value).quantize(PLACES, ROUND_HALF_EVEN))


def truncated(value: Decimal) -> str:
    """Three digits cut towards nought, so that what is printed passes a threshold only if the number itself does."""
    return _text(value.quantize(PLACES, ROUND_DOWN))


def _text(value: Decimal) -> str:
    return str(abs(value) if value == 0 else value)
