"""The code of a certificate's public page: it cannot be guessed, and a person can type it from paper."""

import re
import secrets
from typing import Final

# Crockford's letters: without i, l, o and u, which are taken for other signs.
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH: Final = 26  # 5 bits a letter: 130 random bits
_SHAPE: Final = re.compile(rf"[{_LETTERS}]{{{_LENGTH}}}")
_TAKEN_FOR: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})


def new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def read_code(typed: str) -> str | None:
    """The code that was meant, or None when *typed* cannot be one."""
    code = typed.strip().replace("-", "").lower().translate(_TAKEN_FOR)
    return code if _SHAPE.fullmatch(code) else None
