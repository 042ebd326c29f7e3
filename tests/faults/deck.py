"""Chance that leaves nobody out."""

import random
from collections.abc import Sequence
from typing import Any, TypeVar

Card = TypeVar("Card")


class Deck:
    """Draws in an order that a seed decides, and everything once before anything again.

    What is drawn for one purpose does not change what is drawn for another.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._chances: dict[str, random.Random] = {}
        self._left: dict[str, list[Any]] = {}

    def draw(self, purpose: str, cards: Sequence[Card]) -> Card:
        """The next of *cards*, which are the same at every draw for this purpose."""
        left = self._left.setdefault(purpose, [])
        if not left:
            chance = self._chances.setdefault(purpose, random.Random(f"{self._seed} {purpose}"))  # noqa: S311 - to be repeated
            left += chance.sample(cards, len(cards))
        return left.pop()
