"""What people write: kept as it is, or refused because nobody could read or keep it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from shared.http.problems import field_error, pointer, told_limit
from shared.http.words import readable, shows, visible, visible_line, visible_or_empty

WRITTEN = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\r\t"))
UNSEEN = st.text(st.sampled_from(" \n\t\u200b\u200d\u202e\ufeff\u3164\u2800\u0301\ufe0f"))


@given(WRITTEN)
def test_what_can_be_read_is_kept_as_it_is(text: str):
    assert readable(text) == text
    if shows(text):
        assert visible(text) == visible_or_empty(text) == text


@given(WRITTEN, st.sampled_from("\x00\x07\x0b\x1b\x7f\x85\ud800\udfff"), WRITTEN)
def test_what_no_store_can_keep_is_refused_wherever_it_stands(before: str, bad: str, after: str):
    for check in (readable, visible, visible_or_empty):
        with pytest.raises(PydanticCustomError) as caught:
            check(before + bad + after)
        assert caught.value.type == ("broken_text" if unicodedata.category(bad) == "Cs" else "control_character")


@pytest.mark.parametrize("text", ["одна\nдве", "а\tб", "а\u2028б", "а\u2029б", "а\x00б"])
def test_a_name_stands_in_one_line(text: str):
    with pytest.raises(PydanticCustomError) as caught:
        visible_line(text)
    assert caught.value.type == "control_character"
    assert visible_line("👩‍🏫 Урок № 1") == "👩‍🏫 Урок № 1"


@given(UNSEEN)
def test_a_text_in_which_nothing_is_seen_is_none(text: str):
    assert visible_or_empty(text) == ""
    with pytest.raises(PydanticCustomError, match="nothing to be seen"):
        visible(text)


@given(UNSEEN, st.sampled_from("я1?👩خ"), UNSEEN)
def test_one_sign_is_enough(before: str, sign: str, after: str):
    assert visible(before + sign + after) == before + sign + after


@pytest.mark.parametrize(
    ("value", "told"), [(500, "500"), (10_000, "10\u00a0000"), ("2000-01-31", "31.01.2000"), ("a", "a"), (0.5, "0.5")]
)
def test_a_limit_is_told_as_people_write_it(value: object, told: str):
    assert told_limit(value) == told


def test_a_field_is_called_what_people_call_it():
    error = {"type": "greater_than_equal", "loc": ("body", "added", 3, "day"), "ctx": {"ge": "2000-01-01"}}
    assert field_error(error, {"day": "День"}) == {
        "pointer": "#/added/3/day",
        "detail": "Укажите дату не раньше 01.01.2000.",
        "name": "День",
    }
    assert "name" not in field_error(error | {"type": "surprise", "ctx": {}}, {})


def test_a_name_that_the_sender_made_up_is_told_back_only_as_far_as_it_can_be():
    assert pointer(("body", "a\ud800")) == "#/a?"
    assert len(pointer(("body", "x" * 10_000))) == 102
