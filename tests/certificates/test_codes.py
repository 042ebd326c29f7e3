"""Codes cannot be guessed and can be typed from paper."""

import math

from services.certificates.codes import new_code, read_code


def test_a_code_has_at_least_128_random_bits() -> None:
    code = new_code()
    assert len(code) * math.log2(32) >= 128
    assert len({new_code() for _ in range(1000)}) == 1000


def test_a_code_is_read_as_people_type_it() -> None:
    code = "0123456789abcdefghjkmnpqrs"
    assert read_code(code.upper()) == code
    assert read_code(" OI23-4567-89ab-cdef-ghjk-mnpq-rs ") == code


def test_what_cannot_be_a_code_is_none() -> None:
    for typed in ("", "0", "0123456789abcdefghjkmnpqr", "../../etc/passwd", "0123456789abcdefghjkmnpq<>", "й" * 26):
        assert read_code(typed) is None
