"""Terms: calendar months, clamped to the month's end, the last day included, in the school's time zone (p. 1.9)."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routes.domain.calendar import add_months, local_day, within

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(0, 40)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_1_9_months_are_calendar_months_clamped_to_the_end(day, months, expected):
    assert add_months(day, months) == expected


@given(DAYS, MONTHS)
def test_1_9_the_day_is_the_same_or_the_months_last(day: date, months: int):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, monthrange(later.year, later.month)[1])


@given(DAYS, DAYS, MONTHS)
def test_1_9_more_days_never_end_earlier(one: date, other: date, months: int):
    early, late = sorted((one, other))
    assert add_months(early, months) <= add_months(late, months)


@given(DAYS, st.integers(1, 24))
def test_1_9_both_ends_belong_to_the_term(start: date, months: int):
    last = add_months(start, months)
    assert within(start, start, months)
    assert within(last, start, months)
    assert not within(last + timedelta(days=1), start, months)
    assert not within(start - timedelta(days=1), start, months)


def test_1_9_a_day_begins_at_the_schools_midnight():
    late = datetime(2026, 9, 14, 16, 30, tzinfo=UTC)
    assert local_day(late, "Asia/Irkutsk") == date(2026, 9, 15)
    assert local_day(late, "Europe/Moscow") == date(2026, 9, 14)
