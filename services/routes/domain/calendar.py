"""Terms as the regulation counts them: calendar months, clamped to the month's end, the last day included."""

from calendar import monthrange
from datetime import date

from shared.domain import local_day as local_day  # a term is counted in days of the school's zone


def add_months(day: date, months: int) -> date:
    """The same day *months* later, or that month's last day when it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def within(day: date, start: date, months: int) -> bool:
    """Whether *day* lies between *start* and *months* later, both included."""
    return start <= day <= add_months(start, months)
