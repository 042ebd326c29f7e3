"""The readable number on the paper: year, serial and two check digits.

The check is ISO 7064 MOD 97-10, the one of IBAN: it catches every single mistyped digit, every swap of two
neighbours and 99 of 100 other slips, with digits only, so a number can be dictated over the telephone.
"""

import re

_SHAPE = re.compile(r"([0-9]{4})-([0-9]{6,})-([0-9]{2})")
_MODULUS = 97


def number(year: int, serial: int) -> str:
    """`2026-000123-15`: serials past 999999 only make it longer."""
    body = f"{year:04d}{serial:06d}"
    check = _MODULUS + 1 - int(body) * 100 % _MODULUS
    return f"{body[:4]}-{body[4:]}-{check:02d}"


def is_number(text: str) -> bool:
    """Whether *text* is a number that this service could have given."""
    found = _SHAPE.fullmatch(text)
    return found is not None and int("".join(found.groups())) % _MODULUS == 1
