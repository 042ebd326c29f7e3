"""Terms of whole routes, whatever day they begin: a year, six months more, both ends included (pp. 1.9, 1.10, 1.14)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.routes.domain.calendar import add_months, local_day
from services.routes.domain.route import adjusting
from services.routes.domain.route.adjusting import BelongsToAdjustment, ExtensionTooLong, ExtensionTooShort
from services.routes.domain.route.designing import TermTooLong
from services.routes.domain.route.records import Term
from services.routes.domain.route.rules import EndBeforeStart
from shared.domain import Refusal
from tests.routes import path as p

LEAP, MONTHS_END = date(2028, 2, 29), date(2026, 8, 31)
DAYS = st.dates(date(2001, 1, 1), date(2080, 12, 31))
FURTHER = st.integers(-400, 800)
ONE = timedelta(days=1)
PLANNED = p.facts(p.leaving_out(p.PLANNED, p.plan_term))


def agreed(start: date, end: date):
    """A route agreed with this term."""
    planned = p.ROUTE.decide(p.but(p.plan_term, term=Term(start=start, end=end)), p.ROUTE.fold(PLANNED))
    submitted = p.ROUTE.decide(p.submit, p.ROUTE.fold((*PLANNED, *planned)))
    state = p.ROUTE.fold((*PLANNED, *planned, *submitted))
    return p.ROUTE.fold(p.ROUTE.decide(p.but(p.agree, today=start), state), state)


def started(start: date, end: date):
    state = agreed(start, end)
    return p.ROUTE.fold(p.ROUTE.decide(p.but(p.start, on=start, today=start), state), state)


def tried(state, command) -> type[Refusal] | None:
    """The refusal, or None when it is taken."""
    try:
        p.ROUTE.decide(command, state)
    except Refusal as refusal:
        return type(refusal)
    return None


def extension(end: date):
    return p.but(p.extend, end=end)


@given(DAYS)
@example(LEAP)
@example(MONTHS_END)
def test_1_9_the_first_years_last_day_is_allowed_and_the_next_is_not(start: date):
    past = p.ROUTE.fold(p.facts(p.DIAGNOSED))
    last = add_months(start, 12)
    for end, refusal in ((last, None), (last + ONE, TermTooLong), (start, None), (start - ONE, EndBeforeStart)):
        assert tried(past, p.but(p.plan_term, term=Term(start=start, end=end))) == refusal


@given(DAYS)
@example(LEAP)
@example(MONTHS_END)
def test_1_10_and_1_14_the_last_possible_day_is_eighteen_months_after_the_start(start: date):
    state = started(start, start)
    year, last = add_months(start, 12), add_months(start, 18)
    assert tried(state, extension(year)) is BelongsToAdjustment
    assert tried(state, extension(year + ONE)) is None
    assert tried(state, extension(last)) is None
    assert tried(state, extension(last + ONE)) is ExtensionTooLong


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2026, 9, 14), date(2028, 3, 14)),
        (MONTHS_END, date(2028, 2, 29)),
        (date(2027, 8, 31), date(2029, 2, 28)),
        (LEAP, date(2029, 8, 29)),
    ],
)
def test_1_10_eighteen_months_are_counted_in_one_piece_from_the_start(start: date, last: date):
    """Not as twelve and then six: a leap day would lose a day on the way."""
    state = started(start, start)
    assert tried(state, extension(last)) is None
    assert tried(state, extension(last + ONE)) is ExtensionTooLong


@given(DAYS, st.lists(FURTHER, max_size=6))
@example(LEAP, [366, 500, 547])
def test_1_10_and_1_14_no_path_of_changes_leads_past_the_budget(start: date, wishes: list[int]):
    """Adjustments, extensions and an accepted offer, in any order: one budget of six months for all of them."""
    state = started(start, add_months(start, 6))
    negative = p.but(p.assess, developed=False, deficits_removed=False, dynamics=False)
    offered = [p.submit_product, p.but(p.present, on=start, today=start), negative]
    offered += [
        p.reflecting.OfferAdjustment(**p.TUTOR, text="продлите"),
        p.reflecting.AnswerOffer(**p.TUTEE, accepted=True),
    ]
    for command in offered:
        state = p.ROUTE.fold(p.ROUTE.decide(command, state), state)
    for days in wishes:
        end, before = start + timedelta(days=days), state.run.term
        for command in (
            adjusting.Adjust(**p.TUTEE, reason="interim_result", end=end),
            adjusting.AgreeAdjustment(**p.SCHOOL),
            extension(end),
        ):
            if tried(state, command) is None:
                state = p.ROUTE.fold(p.ROUTE.decide(command, state), state)
        assert start <= state.run.term.end <= add_months(start, 18)
        assert state.run.term.start == start
        assert state.run.term.end in (end, before.end)


@given(DAYS, st.integers(1, 180), st.integers(1, 180))
def test_1_10_an_extension_never_shortens_the_route(start: date, one: int, other: int):
    year, last = add_months(start, 12), add_months(start, 18)
    early, late = sorted((min(year + timedelta(days=one), last), min(year + timedelta(days=other), last)))
    state = started(start, start)
    state = p.ROUTE.fold(p.ROUTE.decide(extension(late), state), state)
    assert tried(state, extension(early)) is (None if early == late else ExtensionTooShort)


@given(DAYS, st.integers(0, 365))
def test_1_9_a_route_begun_late_is_counted_from_the_day_it_began(start: date, late: int):
    """The year begins with the implementation: the plan's last day stays, the possible last day moves."""
    end = add_months(start, 12)
    on = min(start + timedelta(days=late), end)
    state = agreed(start, end)
    state = p.ROUTE.fold(p.ROUTE.decide(p.but(p.start, on=on, today=on), state), state)
    assert state.run.term == Term(start=on, end=end)
    assert tried(state, extension(add_months(on, 18))) is None
    assert tried(state, extension(add_months(on, 18) + ONE)) is ExtensionTooLong


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2080, 1, 1)), st.sampled_from(["Asia/Irkutsk", "Europe/Kaliningrad"])
)
def test_1_9_the_day_is_the_schools_and_not_the_servers(moment: datetime, zone: str):
    at = moment.replace(tzinfo=UTC)
    day = local_day(at, zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    assert midnight <= at < midnight + timedelta(days=1, hours=2)  # a clock put back makes a longer day
    assert local_day(at.astimezone(ZoneInfo("Pacific/Auckland")), zone) == day


async def test_1_9_a_route_may_begin_when_the_day_has_begun_at_the_school(walk, clock):
    """22:30 in Greenwich on the fourteenth is half past six on the fifteenth in Irkutsk."""
    await walk.opened()
    await walk.prepared()
    await walk.planned(await walk.diagnosed())
    await walk.anna.do(walk.at("submission"))
    await walk.director.do(walk.at("agreement"))
    clock.now = datetime(2026, 9, 14, 15, 59, tzinfo=UTC)
    refused = await walk.anna.post(walk.at("start"), {"start": "2026-09-15"})
    assert refused.json()["type"] == "/problems/in-the-future"
    clock.now = datetime(2026, 9, 14, 16, 0, tzinfo=UTC)
    await walk.anna.do(walk.at("start"), {"start": "2026-09-15"})
    assert (await walk.anna.see(f"/routes/{walk.id}"))["term"]["start"] == "2026-09-15"
