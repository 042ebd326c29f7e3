"""The check digits catch what people do to numbers when they copy them."""

from hypothesis import given
from hypothesis import strategies as st

from services.certificates.domain.number import is_number, number

years, serials = st.integers(2000, 2999), st.integers(1, 9_999_999)


def digits(text: str) -> str:
    return text.replace("-", "")


def shaped(body: str) -> str:
    return f"{body[:4]}-{body[4:-2]}-{body[-2:]}"


@given(years, serials)
def test_a_given_number_is_a_number(year: int, serial: int) -> None:
    assert is_number(number(year, serial))
    assert number(year, serial).startswith(f"{year}-{serial:06d}-")


@given(years, serials, st.data())
def test_a_mistyped_digit_is_caught(year: int, serial: int, data: st.DataObject) -> None:
    body = digits(number(year, serial))
    place = data.draw(st.integers(0, len(body) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != body[place]]))
    assert not is_number(shaped(body[:place] + wrong + body[place + 1 :]))


@given(years, serials, st.data())
def test_two_swapped_neighbours_are_caught(year: int, serial: int, data: st.DataObject) -> None:
    body = digits(number(year, serial))
    place = data.draw(st.integers(0, len(body) - 2))
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert swapped == body or not is_number(shaped(swapped))


@given(st.text())
def test_other_texts_are_not_numbers(text: str) -> None:
    assert not is_number(text) or text == number(int(text[:4]), int(text[5:-3]))


def test_a_known_number() -> None:
    assert number(2026, 123) == "2026-000123-38"
    assert not is_number("2026-000123-39")
