"""What people write in a field: kept as it is, unless nobody could read or keep it."""

from __future__ import annotations

import unicodedata
from typing import Final

from pydantic_core import PydanticCustomError

LAYOUT: Final = frozenset("\n\r\t")  # the control characters that a text is laid out with
# Letters and marks that show nothing: Hangul and Khmer fillers, the empty Braille cell, joiners, variation selectors.
BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})
UNSEEN: Final = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp", "Mn", "Me"})


def readable(text: str) -> str:
    """The text as it is; raises for control characters and for halves of characters, which no store can keep."""
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Cs":
            raise PydanticCustomError("broken_text", "half of a character")
        if kind == "Cc" and character not in LAYOUT:
            raise PydanticCustomError("control_character", "a control character")
    return text


def visible(text: str) -> str:
    """As `readable`; raises as well for a text in which there is nothing to be seen."""
    if not shows(readable(text)):
        raise PydanticCustomError("blank_text", "nothing to be seen")
    return text


def visible_line(text: str) -> str:
    """As `visible`, for a name: it stands in one line."""
    if any(unicodedata.category(each) in BREAKS for each in text):
        raise PydanticCustomError("control_character", "a line break or a control character")
    return visible(text)


def visible_or_empty(text: str) -> str:
    """As `readable`; a text in which there is nothing to be seen is none."""
    return text if shows(readable(text)) else ""


def shows(text: str) -> bool:
    return any(each not in BLANK and unicodedata.category(each) not in UNSEEN for each in text)
